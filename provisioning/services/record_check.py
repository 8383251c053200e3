"""Recording what an access check found, and what follows from it for the account."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from access.roles import SYSTEM
from accounts.life import LOOKED_AT, Step
from accounts.models import Account
from accounts.services.move_account import move_account
from history.services.record import record
from provisioning.core.errors import AccessFailedError, FirstlineError
from provisioning.models import PlanRecord, Run
from provisioning.services.leases import Claim, hold, release
from provisioning.services.move_run import move_run
from provisioning.services.record_look import AGAIN_AFTER_FAILURE, look_again_at

NOT_THE_ACCOUNTS_FAULT = frozenset({"no_hub_credentials"})


@transaction.atomic
def record_check(*, claim: Claim, identity: str, aws_calls: int) -> None:
    """The account was entered, answered with its own id, and asks for the external id. `identity`: whom it saw."""
    hold(claim)
    outcome = {"causes": [], "identity": identity}
    move_run(claim, Run.State.LOOKING, Run.State.DONE, aws_calls=aws_calls, outcome=outcome)
    if claim.kind == Run.Kind.CHECK_APPLY:
        _set_apply_role(claim, Account.ApplyRole.PROVEN)
    else:
        move_account(account_id=claim.account_id, step=Step.ENTERED, by=SYSTEM.name, next_due_at=Now())
    _end_schedule(claim.account_id)
    release(claim)


@transaction.atomic
def record_failed_check(*, claim: Claim, error: FirstlineError, aws_calls: int) -> None:
    """It was not entered, or carelessly let in; or nothing is known, and it is asked again in a minute."""
    hold(claim)
    known = isinstance(error, AccessFailedError) and error.code not in NOT_THE_ACCOUNTS_FAULT
    causes = list(error.causes) if isinstance(error, AccessFailedError) else []
    state = Run.State.UNREACHABLE if isinstance(error, AccessFailedError) else Run.State.FAILED
    said: dict[str, Any] = {"reason_code": error.code, "message": error.message, "outcome": {"causes": causes}}
    move_run(claim, Run.State.LOOKING, state, aws_calls=aws_calls, **said)
    _record(claim, f"{claim.kind}.{state}", {"reason": error.code})
    if not known:
        again = Now() + AGAIN_AFTER_FAILURE
        Account.objects.filter(pk=claim.account_id, check_due_at__gt=again).update(check_due_at=again)
    elif claim.kind == Run.Kind.CHECK_APPLY:
        careless = error.code == Account.ApplyRole.CARELESS
        _set_apply_role(claim, Account.ApplyRole.CARELESS if careless else Account.ApplyRole.DENIED)
    else:
        move_account(account_id=claim.account_id, step=Step.REFUSED, by=SYSTEM.name, reason=error.code)
    release(claim)


def _set_apply_role(claim: Claim, found: Account.ApplyRole) -> None:
    account = Account.objects.select_for_update().get(pk=claim.account_id)
    if account.apply_role == found:
        return
    before, account.apply_role = account.apply_role, found
    if found != Account.ApplyRole.PROVEN and account.check_due_at is None:
        account.check_due_at = Now() + timedelta(minutes=settings.FIRSTLINE.check_interval_minutes)
    account.save(update_fields=["apply_role", "check_due_at"])
    _record(claim, "account.apply_role_changed", {"before": before, "after": str(found)})
    if found != Account.ApplyRole.PROVEN:
        _block_applies(claim, found)
    elif before != Account.ApplyRole.UNTESTED:
        # What was only shown meanwhile is proposed anew, for approval.
        look_again_at(claim.account_id, timedelta(0))


def _block_applies(claim: Claim, found: Account.ApplyRole) -> None:
    waiting = Run.objects.filter(account_id=claim.account_id, kind=Run.Kind.APPLY, state__in=Run.WAITING)
    plans = list(waiting.values_list("plan_id", flat=True))
    waiting.update(
        state=Run.State.BLOCKED,
        finished_at=Now(),
        reason_code="apply_role_denied",
        message=f"The apply role can't be used ({found}): see the newest check of it.",
    )
    PlanRecord.objects.filter(pk__in=plans, state=PlanRecord.State.APPROVED).update(state=PlanRecord.State.STALE)
    look_again_at(claim.account_id, timedelta(0))


def _end_schedule(account_id: str) -> None:
    """Both roles are proven: no check is due until somebody asks for one, or a role fails."""
    proven = Account.objects.filter(pk=account_id, state__in=LOOKED_AT, apply_role=Account.ApplyRole.PROVEN)
    proven.update(check_due_at=None, checks_tried=0)


def _record(claim: Claim, verb: str, detail: dict[str, Any]) -> None:
    record(
        actor=SYSTEM.name,
        verb=verb,
        account_id=claim.account_id,
        subject=claim.account_id,
        run_id=claim.run_id,
        detail=detail,
    )
