"""How an attempt of an apply ends: done and verified, put off, or ended for good."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Now

from access.roles import SYSTEM
from history.services.record import record
from provisioning.core.errors import FirstlineError
from provisioning.models import Lease, PlanRecord, Run, Write
from provisioning.services.apply_state import Applying, changes_to_make
from provisioning.services.leases import Claim, hold, release
from provisioning.services.move_run import move_run
from provisioning.services.observe import Observation
from provisioning.services.own_resource import own_applied
from provisioning.services.record_look import enter_managed, look_again_at, outcome_of, store_findings

FIRST_WAIT_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 300.0


@transaction.atomic
def end_verified(applying: Applying, seen: Observation) -> None:
    """Everything planned was made: the plan is applied, and what the last look saw is recorded."""
    hold(applying.claim)
    left = [str(change.key) for change in changes_to_make(applying, seen) if change.calls]
    outcome = outcome_of(seen) | {"not_yet_visible": left}
    # The generation that was compared, which may be newer than the one the plan was made for.
    done = {"aws_calls": applying.aws_calls, "outcome": outcome, "generation": applying.work.generation}
    move_run(applying.claim, Run.State.VERIFYING, Run.State.DONE, **done)
    planned = {change.key for change in applying.plan.changes}
    for item in seen.assessment.items:
        if item.key in planned:
            own_applied(applying, item)
    PlanRecord.objects.filter(pk=applying.plan_id).update(state=PlanRecord.State.APPLIED)
    _record(applying, "plan.applied", {"aws_calls": applying.aws_calls})
    enter_managed(applying.work.account_id)
    store_findings(claim=applying.claim, work=applying.work, seen=seen, repaired=frozenset(planned))
    release(applying.claim)


@transaction.atomic
def end_apply(
    applying: Applying,
    state: Run.State,
    error: FirstlineError,
    outcome: dict[str, Any] | None = None,
    *,
    keep_lease: bool = False,
) -> None:
    """End the run without having made everything; the plan is stale, and a look proposes what is left anew."""
    hold(applying.claim)
    _move(applying, state, error, outcome=outcome or {})
    PlanRecord.objects.filter(pk=applying.plan_id).update(state=PlanRecord.State.STALE)
    _record(applying, f"apply.{state}", {"reason": error.code, "message": error.message})
    look_again_at(applying.work.account_id, timedelta(0))
    if not keep_lease:
        release(applying.claim)


@transaction.atomic
def put_off(applying: Applying, error: FirstlineError, *, keep_lease: bool) -> None:
    """Try again later. After an unknown outcome the lease runs out first: AWS may still be carrying the call out."""
    hold(applying.claim)
    held_until = Lease.objects.get(pk=applying.work.account_id).lease_until
    later = Now() + timedelta(seconds=_wait(barren_attempts(applying.claim)))
    _move(applying, Run.State.RETRY_WAIT, error, next_at=held_until if keep_lease else later, hinted_at=None)
    _record(applying, "apply.put_off", {"reason": error.code, "message": error.message})
    if not keep_lease:
        release(applying.claim)


def barren_attempts(claim: Claim) -> int:
    """Attempts of the run, this one included, since the last that made a write: 1 when this one did."""
    made = Write.objects.filter(run_id=claim.run_id, outcome=Write.Outcome.OK).aggregate(fence=Max("fence"))["fence"]
    return claim.attempts if made is None else min(claim.attempts, claim.fence - int(made) + 1)


def _wait(attempts: int) -> float:
    return float(min(FIRST_WAIT_SECONDS * 2 ** (attempts - 1), LONGEST_WAIT_SECONDS))


def _move(applying: Applying, state: Run.State, error: FirstlineError, **fields: Any) -> None:
    now_in = Run.State(Run.objects.values_list("state", flat=True).get(pk=applying.claim.run_id))
    move_run(
        applying.claim,
        now_in,
        state,
        reason_code=error.code,
        message=error.message,
        aws_calls=applying.aws_calls,
        **fields,
    )


def _record(applying: Applying, verb: str, detail: dict[str, Any]) -> None:
    record(
        actor=SYSTEM.name,
        verb=verb,
        account_id=applying.work.account_id,
        subject=str(applying.plan_id),
        run_id=applying.claim.run_id,
        plan_id=applying.plan_id,
        detail=detail,
    )
