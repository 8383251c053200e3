"""What every step of a hand-over stands on: the pass, sessions narrowed to one user, and calls under the lease."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction

from access.roles import SYSTEM
from provisioning.aws.call_context import CallCounter, lease_deadline
from provisioning.aws.session import AwsSession
from provisioning.aws.user_credentials import AccessKey, User, deactivate_key, delete_key
from provisioning.core.errors import FirstlineError
from provisioning.core.role_policies import HAND_OVER_WRITES
from provisioning.core.session_policy import session_policy
from provisioning.models import HandOver
from provisioning.services.entry import enter_to_hand_over
from provisioning.services.hand_over_events import tell
from provisioning.services.leases import Claim, hold, progress
from provisioning.services.work import Work


class SpentError(FirstlineError):
    """Nothing more is done about this hand-over; the message says what a person can do."""


@dataclass
class Handing:
    """One pass. `answered`: AWS refused the call that makes something, so that nothing was made."""

    claim: Claim
    work: Work
    reading: AwsSession
    calls: CallCounter
    answered: bool = False


@contextmanager
def writing_to(handing: Handing, user: User) -> Iterator[AwsSession]:
    """The hand-over role, narrowed to this one user."""
    policy = session_policy((action, user.arn) for action in HAND_OVER_WRITES)
    with enter_to_hand_over(handing.work, handing.claim, policy, handing.calls) as session:
        yield session


def under_lease(handing: Handing, send: Callable[[], None]) -> None:
    """A call that takes something away: harmless when it is sent again."""
    deadline = time.monotonic() + settings.FIRSTLINE.lease_seconds
    with transaction.atomic():
        hold(handing.claim)
    with lease_deadline(deadline):
        send()
    progress(handing.claim)


@transaction.atomic
def note(handing: Handing, row: HandOver, verb: str, *, how: str = "", removed: str = "", **fields: Any) -> None:
    """Store what became of the hand-over, and tell the history."""
    hold(handing.claim)
    if fields:
        HandOver.objects.filter(pk=row.pk).update(**fields)
    told = {name: value for name, value in {"how": how, "removed": removed}.items() if value}
    if fields.get("reason_code"):
        told["reason"] = fields["reason_code"]
    tell(row, verb, SYSTEM.name, run_id=handing.claim.run_id, **told)


def remove_key(handing: Handing, row: HandOver, user: User, key: AccessKey, verb: str) -> None:
    """Deactivate, then delete a key whose secret nobody has."""
    with writing_to(handing, user) as writing:
        if key.is_active:
            under_lease(handing, lambda: deactivate_key(writing, user, key.id))
        under_lease(handing, lambda: delete_key(writing, user, key.id))
    note(handing, row, verb, removed=key.id)
