"""Accounts that nothing is done in any more, and those that come back: said by a person, or by AWS."""

from collections.abc import Collection

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from access.roles import SYSTEM, Actor, Permission
from accounts.life import SET_ASIDE, Step
from accounts.models import Account
from accounts.services.move_account import move_account
from history.services.record import record
from provisioning.core.errors import ConflictError
from provisioning.models import PlanRecord, Run
from provisioning.services.require import require_account

BATCH = 1000
WORDS = {Step.SUSPENDED: "suspended", Step.LEFT: "said to have left", Step.RETURNED: "returned"}


def suspend_account(*, account_id: str, actor: Actor, reason: str) -> Account:
    """AWS or the organisation suspended it: stop all work there until it returns. Raises ConflictError."""
    return _set_aside(account_id, Step.SUSPENDED, actor, reason)


def leave_account(*, account_id: str, actor: Actor, reason: str) -> Account:
    """It left the organisation or was closed: stop all work, and no assignment reaches it. Raises ConflictError."""
    return _set_aside(account_id, Step.LEFT, actor, reason)


@transaction.atomic
def return_account(*, account_id: str, actor: Actor, reason: str) -> Account:
    """It is back: as if just registered, so its access is proven anew before anything is read. Raises ConflictError."""
    _account(account_id, actor)
    return bring_back(account_id=account_id, by=actor.name, reason=reason)


@transaction.atomic
def bring_back(*, account_id: str, by: str, reason: str) -> Account:
    """`return_account` for what AWS says: nobody's rights are asked. Raises ConflictError."""
    _move(
        account_id,
        Step.RETURNED,
        by,
        reason,
        apply_role=Account.ApplyRole.UNTESTED,
        check_due_at=Now(),
        checks_tried=0,
        next_due_at=None,
    )
    return _fresh(account_id)


def _set_aside(account_id: str, step: Step, actor: Actor, reason: str) -> Account:
    _account(account_id, actor)
    return set_aside(account_id=account_id, step=step, by=actor.name, reason=reason)


@transaction.atomic
def set_aside(*, account_id: str, step: Step, by: str, reason: str) -> Account:
    """Suspended or left, for what AWS says: nobody's rights are asked. Raises ConflictError."""
    # Runs first, then the account, then its plans: the order in which a worker that records takes these rows.
    _end_runs(Run.objects.filter(account_id=account_id, state__in=Run.OPEN), by)
    _move(account_id, step, by, reason)
    _supersede_plans([account_id], by)
    return _fresh(account_id)


@transaction.atomic
def end_what_was_set_aside() -> int:
    """End what came to be while an account was being set aside, or waited for a worker that died. Returns how many."""
    set_aside = {"account__state__in": SET_ASIDE}
    left = Run.objects.filter(state__in=Run.WAITING, **set_aside).values_list("pk", flat=True)[:BATCH]
    runs = _end_runs(Run.objects.filter(pk__in=list(left)), SYSTEM.name)
    plans = PlanRecord.objects.filter(state=PlanRecord.State.PROPOSED, **set_aside)
    return runs + _supersede_plans(
        list(plans.order_by().values_list("account_id", flat=True).distinct()[:BATCH]), SYSTEM.name
    )


def lock_open_runs(account_id: str) -> None:
    """For who locks the account before it is set aside: its runs come first."""
    runs = Run.objects.filter(account_id=account_id, state__in=Run.OPEN)
    list(runs.select_for_update().order_by("pk").values_list("pk"))


def _account(account_id: str, actor: Actor) -> Account:
    account = Account.objects.filter(pk=account_id).first()
    return require_account(actor, Permission.OPERATE, account, f"There is no account {account_id}.")


def _move(account_id: str, step: Step, by: str, reason: str, **fields: object) -> None:
    # A new `updated_at` has the desired state rendered anew: what left is reached by nothing.
    moved = move_account(account_id=account_id, step=step, by=by, reason=reason, updated_at=timezone.now(), **fields)
    if moved is None:
        state = _fresh(account_id).get_state_display().lower()
        raise ConflictError(f"Account {account_id} is {state}: it can't be {WORDS[step]} now.")


def _end_runs(runs: QuerySet[Run], by: str) -> int:
    """Cancel what waits and what only reads; an apply that works stops before its next write and ends itself."""
    locked = list(runs.select_for_update(skip_locked=by == SYSTEM.name).order_by("pk"))
    working = [run.pk for run in locked if run.kind == Run.Kind.APPLY and run.state in Run.WORKING]
    Run.objects.filter(pk__in=working).update(cancel_requested=True)
    ended = [run for run in locked if run.pk not in working]
    Run.objects.filter(pk__in=[run.pk for run in ended]).update(
        state=Run.State.CANCELLED,
        cancel_requested=True,
        finished_at=Now(),
        reason_code="set_aside",
        message="The account was suspended or left.",
    )
    plans = [run.plan_id for run in ended if run.plan_id]
    PlanRecord.objects.filter(pk__in=plans, state=PlanRecord.State.APPROVED).update(state=PlanRecord.State.STALE)
    for run in ended:
        record(actor=by, verb=f"{run.kind}.cancelled", account_id=run.account_id, subject=run.account_id, run_id=run.pk)
    return len(ended)


def _supersede_plans(account_ids: Collection[str], by: str) -> int:
    proposed = PlanRecord.objects.filter(account_id__in=account_ids, state=PlanRecord.State.PROPOSED)
    plans = list(proposed.select_for_update().order_by("pk").values_list("pk", "account_id"))
    PlanRecord.objects.filter(pk__in=[pk for pk, _ in plans]).update(state=PlanRecord.State.SUPERSEDED)
    for pk, account_id in plans:
        record(actor=by, verb="plan.superseded", account_id=account_id, subject=str(pk), plan_id=pk)
    return len(plans)


def _fresh(account_id: str) -> Account:
    found: Account = Account.objects.get(pk=account_id)
    return found
