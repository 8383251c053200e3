"""Asking of many accounts at once whether they can be entered: a set of access checks with one result."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models.functions import Now

from access.policy import visible
from access.roles import Actor, Permission
from accounts.life import CHECKED
from accounts.models import Account
from accounts.selectors import AccountSelector, accounts_of
from history.services.record import record
from provisioning.core.errors import ConflictError
from provisioning.models import AccessVerification, Lease, Run, VerifiedAccount
from provisioning.services.leases import ensure_lease
from provisioning.services.require import require

KINDS = (Run.Kind.CHECK, Run.Kind.CHECK_APPLY)
BATCH = 2000
TRIES = 5


@transaction.atomic
def verify_access(*, selector: AccountSelector, actor: Actor) -> AccessVerification:
    """Queue both checks of each account that is selected and that the actor operates; open checks are shared.

    Raises ConflictError when none is left: nothing selected, or only suspended and left accounts.
    """
    require(actor, Permission.OPERATE)
    chosen = accounts_of(selector, visible(Account.objects.all(), actor, Permission.OPERATE))
    states = dict(chosen.values_list("account_id", "state"))
    ids = [account_id for account_id, state in states.items() if state in CHECKED]
    if not ids:
        raise ConflictError(
            f"None of the {len(states)} accounts selected can be checked: "
            "select accounts you operate that are neither suspended nor left."
        )
    made: AccessVerification = AccessVerification.objects.create(
        selector=selector.to_plain(), requested_by=actor.name, left_out=len(states) - len(ids)
    )
    VerifiedAccount.objects.bulk_create(_rows(made, _open_checks(ids, actor.name)), batch_size=BATCH)
    record(
        actor=actor.name,
        verb="access.verification_requested",
        subject=str(made.pk),
        detail={"accounts": len(ids), "left_out": made.left_out},
    )
    return made


def _rows(verification: AccessVerification, checks: dict[tuple[str, str], Run]) -> list[VerifiedAccount]:
    ids = sorted({account_id for account_id, _ in checks})
    return [
        VerifiedAccount(
            verification=verification,
            account_id=account_id,
            look_check=checks[account_id, Run.Kind.CHECK],
            apply_check=checks[account_id, Run.Kind.CHECK_APPLY],
        )
        for account_id in ids
    ]


def _open_checks(ids: Sequence[str], by: str) -> dict[tuple[str, str], Run]:
    """The open check of each account and kind, made where there is none."""
    ensure_lease(ids)
    # Whoever asks wants an answer now, of accounts that were set aside after crashes too.
    Lease.objects.filter(pk__in=ids, backoff_until__gt=Now()).update(backoff_until=Now())
    wanted = {(account_id, str(kind)) for account_id in ids for kind in KINDS}
    found: dict[tuple[str, str], Run] = {}
    for _ in range(TRIES):  # an open one may end between the two statements
        missing = [
            Run(account_id=account_id, kind=kind, requested_by=by, cause="request", next_at=Now())
            for account_id, kind in sorted(wanted - found.keys())
        ]
        Run.objects.bulk_create(missing, batch_size=BATCH, ignore_conflicts=True)
        found |= _open(ids)
        if wanted <= found.keys():
            return found
    raise ConflictError("The checks of these accounts end as fast as they are asked for: try again.")


def _open(ids: Sequence[str]) -> dict[tuple[str, str], Run]:
    runs = Run.objects.filter(account_id__in=ids, kind__in=KINDS, state__in=Run.OPEN)
    return {(run.account_id, run.kind): run for run in runs}
