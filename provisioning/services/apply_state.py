"""What an attempt of an apply knows, and whether its approval still covers what is left to do."""

from dataclasses import dataclass, field
from uuid import UUID

from access.roles import Permission
from access.services.standing import still_may
from provisioning.aws.call_context import CallCounter
from provisioning.core.change import ResourceKey
from provisioning.core.desired import Mode
from provisioning.core.errors import AwsError, ErrorClass, FirstlineError
from provisioning.core.permissions.effects import CHECK_FAILS, culprits
from provisioning.core.plan import Plan, PlannedChange, in_safe_order, unapproved
from provisioning.models import Decision, PlanRecord, Run, Write
from provisioning.services.leases import Claim
from provisioning.services.observe import Observation
from provisioning.services.work import Work, load_work

PASSES = frozenset({ErrorClass.THROTTLED, ErrorClass.TRANSIENT})


class StalePlanError(FirstlineError):
    """What the plan was made from, or for, has moved."""

    code = "stale"


class RefusedError(FirstlineError):
    """A guard, or the plan's own seal, forbids it."""

    code = "refused"


class StoppedError(FirstlineError):
    """A person asked for the run to stop."""

    code = "cancelled"


class PausedError(FirstlineError):
    """A pause is on: the run waits."""

    code = "paused"


@dataclass
class Applying:
    """One attempt.

    `started`: resources this plan has sent a write for; `created`: those whose creation it has begun.
    """

    claim: Claim
    plan: Plan
    plan_id: UUID
    work: Work
    started: set[ResourceKey]
    created: set[ResourceKey]
    calls: CallCounter = field(default_factory=CallCounter)
    earlier_calls: int = 0

    @property
    def aws_calls(self) -> int:
        """Calls of this run, earlier attempts included."""
        return self.earlier_calls + self.calls.made


def load_applying(claim: Claim) -> Applying:
    """Everything an attempt starts from."""
    run = Run.objects.select_related("plan").get(pk=claim.run_id)
    if run.plan is None:
        raise ValueError(f"apply {run.pk} has no plan")
    sent = [write for write in run.writes.all() if write.outcome != Write.Outcome.ERROR]
    return Applying(
        claim=claim,
        plan=Plan.from_plain(run.plan.data),
        plan_id=run.plan.pk,
        work=load_work(claim.account_id),
        started={_key(write) for write in sent},
        created={_key(write) for write in sent if write.creates},
        earlier_calls=run.aws_calls,
    )


def _key(write: Write) -> ResourceKey:
    return ResourceKey(write.kind, write.name)


def bind(applying: Applying, seen: Observation) -> None:
    """Hold what is left to do against what was approved. Raises StalePlanError, RefusedError or AwsError."""
    check_seal(applying)
    if applying.work.not_renderable:
        raise RefusedError("The desired state can't be rendered, so nothing is written.", code="not_renderable")
    keys = {change.key for change in applying.plan.changes}
    put_off_unread(applying, seen)
    if kinds := {key.kind for key in keys} & seen.assessment.unread.keys():
        raise StalePlanError(f"{', '.join(sorted(kinds))} could not be read, so the plan can't be checked.")
    if gone := keys - {item.key for item in seen.assessment.items}:
        raise StalePlanError(f"{min(gone)} is no longer declared.")
    if violations := [violation for violation in seen.violations if violation.key in keys]:
        raise RefusedError("; ".join(f"{violation.key}: {violation.reason}" for violation in violations))
    if observed_only := [
        item.key for item in seen.assessment.items if item.key in keys and item.item.mode is Mode.OBSERVE
    ]:
        raise StalePlanError(f"{observed_only[0]} is in mode observe now.")
    left = changes_to_make(applying, seen)
    if moved := unapproved(left, applying.plan, frozenset(applying.started)):
        raise StalePlanError("; ".join(moved))
    if failing := culprits(applying.work.desired.checks, seen.world, left) - _known_to_fail(applying.plan):
        raise StalePlanError(f"{min(failing)}: a check would fail after it now, which was not so when it was approved.")


def _known_to_fail(plan: Plan) -> frozenset[ResourceKey]:
    return frozenset(change.key for change in plan.changes if CHECK_FAILS in change.reasons)


def put_off_unread(applying: Applying, seen: Observation) -> None:
    """Raise AwsError, so that the apply waits, when a kind of the plan could not be read for a reason that passes."""
    for kind in sorted({change.key.kind for change in applying.plan.changes} & seen.assessment.unread.keys()):
        reason = seen.assessment.unread[kind]
        if reason in PASSES:
            raise AwsError(ErrorClass(reason), reason, f"{kind} could not be read ({reason}).")


def changes_to_make(applying: Applying, seen: Observation) -> tuple[PlannedChange, ...]:
    """The planned changes that are still to be made, in a safe order. Changes elsewhere don't matter."""
    planned = {change.key for change in applying.plan.changes}
    items = [item for item in seen.assessment.items if item.key in planned and item.change is not None]
    return in_safe_order([item.change for item in items if item.change], {item.key: item.references for item in items})


def check_seal(applying: Applying) -> None:
    """The stored plan is the one approved, by a person who may still approve or by rule. Raises RefusedError."""
    record = PlanRecord.objects.select_related("account").get(pk=applying.plan_id)
    decision = record.decisions.filter(verb=Decision.Verb.APPROVED).last()
    approved = decision.digest if decision else record.digest
    if Plan.from_plain(record.data).digest != approved or applying.plan.digest != approved:
        raise RefusedError("The stored plan is not the one that was approved.", code="seal_broken")
    if decision is None and record.lane != PlanRecord.Lane.AUTO:
        raise RefusedError("Nobody approved this plan.", code="not_approved")
    if decision and not still_may(decision.by, Permission.APPROVE, record.account):
        raise RefusedError(f"{decision.by}, who approved this plan, may no longer approve.", code="rights_withdrawn")
