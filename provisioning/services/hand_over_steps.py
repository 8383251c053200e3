"""Making one credential: its intent committed before the one call, the secret encrypted before anything else."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from access.roles import SYSTEM, Permission
from access.services.standing import still_may
from accounts.models import Account
from provisioning.aws.call_context import lease_deadline
from provisioning.aws.session import AwsSession
from provisioning.aws.user_credentials import (
    MOST_KEYS,
    AccessKey,
    User,
    access_keys,
    is_used,
    login_profile,
    make_key,
    password_policy,
    read_user,
    set_password,
)
from provisioning.core.errors import AwsError, ErrorClass, FencedError
from provisioning.core.password import new_password, password_rules
from provisioning.core.secret import Secret
from provisioning.models import FleetPause, HandOver
from provisioning.services.apply_state import PausedError
from provisioning.services.hand_over_events import tell
from provisioning.services.hand_over_user import why_not_user
from provisioning.services.handing import Handing, SpentError, remove_key, writing_to
from provisioning.services.leases import hold, progress
from provisioning.services.record_look import look_again_at
from provisioning.services.secret_box import encrypted

CLOCKS_DIFFER = timedelta(seconds=60)
"""AWS dates a key in whole seconds by its own clock."""
What, State = HandOver.What, HandOver.State


def make(handing: Handing, row: HandOver) -> None:
    """Make the password or key and store it for its reader. Raises SpentError, PausedError, FencedError, AwsError."""
    handing.answered = False
    user = find_user(handing, row)
    if row.state == State.MAKING and row.what == What.ACCESS_KEY:
        _remove_what_nobody_holds(handing, row, user)
    if why := why_not_user(handing.work, row.user_name, row.what, user.path):
        raise SpentError(why, "not_ours")
    intent = _key_intent(handing, row) if row.what == What.ACCESS_KEY else _password_intent(handing, row)
    with writing_to(handing, user) as writing:
        key_id, secret = _make(handing, row, user, writing, intent)
        _store(handing, row, key_id, secret)


def find_user(handing: Handing, row: HandOver) -> User:
    """The user as AWS knows it. Raises SpentError when there is none."""
    user = read_user(handing.reading, row.user_name)
    if user is None:
        raise SpentError(f"There is no user {row.user_name} in the account: let its plan be applied first.", "no_user")
    return user


def _password_intent(handing: Handing, row: HandOver) -> dict[str, Any]:
    """Whether the user had a password before ours: known from the first try on, whatever came of it."""
    if row.state == State.MAKING and row.had_profile is not None:
        return {"had_profile": row.had_profile}
    return {"had_profile": login_profile(handing.reading, row.user_name) is not None}


def _key_intent(handing: Handing, row: HandOver) -> dict[str, Any]:
    """The keys that are there before ours."""
    before = [key.id for key in access_keys(handing.reading, row.user_name)]
    if row.replaces and row.replaces not in before:
        raise SpentError(f"{row.user_name} has no access key {row.replaces} to replace.", "no_old_key")
    if len(before) >= MOST_KEYS:
        raise SpentError(
            f"{row.user_name} has two access keys, the most AWS allows: delete one first.", "too_many_keys"
        )
    return {"keys_before": before}


def _make(
    handing: Handing, row: HandOver, user: User, writing: AwsSession, intent: dict[str, Any]
) -> tuple[str, Secret]:
    if row.what == What.ACCESS_KEY:
        with _call(handing, row, "CreateAccessKey", user_arn=user.arn, **intent):
            return make_key(writing, user)
    # Read at the last moment: another try may have made the profile that this one then replaces.
    is_first = login_profile(handing.reading, row.user_name) is None
    password = new_password(password_rules(password_policy(handing.reading)))
    operation = "CreateLoginProfile" if is_first else "UpdateLoginProfile"
    with _call(handing, row, operation, user_arn=user.arn, **intent):
        set_password(writing, user, password, is_first=is_first)
    return "", password


@contextmanager
def _call(handing: Handing, row: HandOver, operation: str, **intent: Any) -> Iterator[None]:
    """The one call that makes something: its intent is committed before it is sent."""
    deadline = time.monotonic() + settings.FIRSTLINE.lease_seconds
    _intend(handing, row, operation, intent)
    try:
        with lease_deadline(deadline):
            yield
    except AwsError as error:
        handing.answered = error.error_class is not ErrorClass.UNKNOWN_OUTCOME
        raise


@transaction.atomic
def _intend(handing: Handing, row: HandOver, operation: str, intent: dict[str, Any]) -> None:
    hold(handing.claim)
    _check_rights(row)
    mine = HandOver.objects.filter(pk=row.pk, state__in=HandOver.TO_MAKE)
    if not mine.update(state=State.MAKING, intended_at=Now(), **intent):
        raise SpentError("It was withdrawn meanwhile.", "withdrawn")
    tell(row, "intended", SYSTEM.name, run_id=handing.claim.run_id, operation=operation, fence=handing.claim.fence)


def _check_rights(row: HandOver) -> None:
    """Whoever asked, approved or reads must still be allowed to. Raises SpentError, PausedError."""
    account = Account.objects.get(pk=row.account_id)
    if account.paused or FleetPause.objects.exists():
        raise PausedError("The account or the fleet is paused.")
    needs = (
        (row.requested_by, Permission.HAND_OVER),
        (row.reader, Permission.VIEW),
        (row.decided_by, Permission.APPROVE),
    )
    for name, permission in needs:
        if name and not still_may(name, permission, account):
            raise SpentError(f"{name} may no longer do this here ({permission}): ask again.", "rights_withdrawn")


@transaction.atomic
def _store(handing: Handing, row: HandOver, key_id: str, secret: Secret) -> None:
    """Under the lease or not at all: whoever lost it must not be believed, and what it made is cleared by the next."""
    hold(handing.claim)
    expires_at = timezone.now() + timedelta(minutes=settings.FIRSTLINE.hand_over_minutes)
    mine = HandOver.objects.filter(pk=row.pk, state=State.MAKING)
    stored = mine.update(
        state=State.MADE,
        secret=encrypted(secret, row.pk, row.public_key),
        key_id=key_id,
        made_at=Now(),
        expires_at=expires_at,
        next_at=None,
        reason_code="",
        message="",
    )
    if not stored:
        raise FencedError(f"hand-over {row.pk} is no longer being made: stop")
    row.key_id = key_id
    tell(row, "made", SYSTEM.name, run_id=handing.claim.run_id, expires_at=expires_at.isoformat())
    look_again_at(row.account_id, timedelta(0))
    progress(handing.claim)


def _remove_what_nobody_holds(handing: Handing, row: HandOver, user: User) -> None:
    """A key that an earlier try may have made, whose secret is lost: found by the intent that was stored before."""
    known = {*row.keys_before, *_handed_over(row)}
    found = [key for key in access_keys(handing.reading, user.name) if key.id not in known and _is_of_try(key, row)]
    # Nobody has the secret of ours, so a key that was used is somebody's.
    lost = [key for key in found if not is_used(handing.reading, key.id)]
    if len(lost) > 1:
        ids = ", ".join(key.id for key in lost)
        raise SpentError(f"One of {ids} was made by Firstline and is lost; delete the right one by hand.", "which_key")
    for key in lost:
        remove_key(handing, row, user, key, "orphan_deleted")


def _handed_over(row: HandOver) -> set[str]:
    return set(HandOver.objects.filter(account_id=row.account_id).exclude(key_id="").values_list("key_id", flat=True))


def _is_of_try(key: AccessKey, row: HandOver) -> bool:
    assert row.intended_at is not None, "stored with the state"
    longest = timedelta(seconds=settings.FIRSTLINE.lease_seconds)
    return row.intended_at - CLOCKS_DIFFER <= key.created_at <= row.intended_at + longest + CLOCKS_DIFFER
