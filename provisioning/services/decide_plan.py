"""A person's decision about a plan: bound to the digest they saw."""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils import timezone

from access.roles import Actor, Permission
from history.services.record import record
from provisioning.core.errors import ConflictError, NotAllowedError
from provisioning.models import Decision, PlanRecord, Run
from provisioning.services.claimable import why_not_written_to
from provisioning.services.leases import ensure_lease
from provisioning.services.require import require_row


def approve_plan(*, plan_id: UUID, digest: str, actor: Actor, comment: str = "") -> PlanRecord:
    """Approve what was seen and queue its apply.

    Raises NotAllowedError for who asked for it or wrote a version behind it, ConflictError when the plan is no longer
    proposed, is shown only, or is not the one of this digest.
    """
    try:
        with transaction.atomic():
            return _approve(plan_id, digest, actor, comment)
    except IntegrityError as error:
        raise ConflictError("Another plan of this account is being applied: wait for it to end.") from error


def _approve(plan_id: UUID, digest: str, actor: Actor, comment: str) -> PlanRecord:
    plan = _decidable(plan_id, digest, actor)
    if plan.lane == PlanRecord.Lane.OBSERVE:
        raise ConflictError("This plan is shown only: its items are in mode observe, so nobody can approve it.")
    if why := why_not_written_to(plan.account):
        raise ConflictError(why, code="not_written_to")
    if who := why_not_approver(plan, actor.name):
        raise NotAllowedError(who)
    _decide(plan, Decision.Verb.APPROVED, PlanRecord.State.APPROVED, actor, comment)
    queue_apply(plan, by=actor.name, cause="approval")
    return plan


@transaction.atomic
def reject_plan(*, plan_id: UUID, digest: str, actor: Actor, comment: str = "") -> PlanRecord:
    """Reject what was seen; the same plan is not proposed again while it stays the same."""
    plan = _decidable(plan_id, digest, actor)
    _decide(plan, Decision.Verb.REJECTED, PlanRecord.State.REJECTED, actor, comment)
    return plan


def why_not_approver(plan: PlanRecord, name: str) -> str:
    """Why this person may not approve it; '' when they may. Nobody approves what they asked for or wrote."""
    if name == plan.requested_by:
        return "You asked for the look that proposed this plan; somebody else must approve it."
    if name in plan.authors:
        return "You wrote or assigned what is behind this plan; somebody else must approve it."
    return ""


def queue_apply(plan: PlanRecord, *, by: str, cause: str) -> Run:
    """Queue the apply of an approved plan. Raises IntegrityError while another apply of the account is open."""
    ensure_lease([plan.account_id])
    return Run.objects.create(
        account_id=plan.account_id,
        kind=Run.Kind.APPLY,
        plan=plan,
        requested_by=by,
        cause=cause,
        generation=plan.generation,
        next_at=Now(),
    )


def _decidable(plan_id: UUID, digest: str, actor: Actor) -> PlanRecord:
    rows = PlanRecord.objects.select_for_update(of=("self",)).select_related("account")
    found: PlanRecord | None = rows.filter(pk=plan_id).first()
    plan = require_row(actor, Permission.APPROVE, found, f"There is no plan {plan_id}.")
    if plan.state != PlanRecord.State.PROPOSED or plan.expires_at <= timezone.now():
        raise ConflictError(f"The plan is {_state_now(plan)}; only a proposed plan can be decided.")
    if plan.digest != digest:
        raise ConflictError("This is not the plan you saw: read it again and send its digest.", code="digest_mismatch")
    return plan


def _state_now(plan: PlanRecord) -> str:
    return str(plan.state) if plan.state != PlanRecord.State.PROPOSED else "expired"


def _decide(plan: PlanRecord, verb: Decision.Verb, state: PlanRecord.State, actor: Actor, comment: str) -> None:
    Decision.objects.create(plan=plan, verb=verb, digest=plan.digest, by=actor.name, comment=comment)
    plan.state = state
    plan.save(update_fields=["state"])
    record(
        actor=actor.name,
        verb=f"plan.{verb}",
        account_id=plan.account_id,
        subject=str(plan.pk),
        plan_id=plan.pk,
        detail={"digest": plan.digest, "comment": comment},
    )
