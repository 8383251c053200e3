"""Recording a look: snapshot, drift, plans and the end of the run, in one transaction under the fence."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from access.roles import SYSTEM
from accounts.life import Step
from accounts.models import Account
from accounts.schedule import next_due
from accounts.services.move_account import move_account
from history.services.record import record
from provisioning.core.assessment import Assessment, ItemAssessment
from provisioning.core.change import ResourceKey
from provisioning.core.lanes import Proposal, proposals
from provisioning.core.permissions.effects import effects, with_culprits
from provisioning.core.snapshot import Section
from provisioning.kinds import all_kinds
from provisioning.models import Run
from provisioning.services.attested import attested_of
from provisioning.services.inactive_keys import note_inactive_keys
from provisioning.services.leases import Claim, hold_to_end
from provisioning.services.move_run import move_run
from provisioning.services.observe import Observation
from provisioning.services.propose_plans import Proposer, propose_plans
from provisioning.services.reconcile_drift import Look, reconcile_drift
from provisioning.services.record_snapshot import record_snapshot
from provisioning.services.store_budget_statuses import store_budget_statuses
from provisioning.services.tell_billing_events import tell_billing_events
from provisioning.services.work import Work

AGAIN_AFTER_FAILURE = timedelta(minutes=1)


@transaction.atomic
def record_look(*, claim: Claim, work: Work, seen: Observation, aws_calls: int) -> None:
    """Store everything one look found and end it. Raises FencedError, and stores nothing, when the lease is lost."""
    hold_to_end(claim)
    move_run(
        claim,
        Run.State.LOOKING,
        Run.State.DONE,
        aws_calls=aws_calls,
        generation=work.generation,
        outcome=outcome_of(seen),
    )
    enter_managed(work.account_id)
    store_findings(claim=claim, work=work, seen=seen)


def store_findings(
    *, claim: Claim, work: Work, seen: Observation, repaired: frozenset[ResourceKey] = frozenset()
) -> None:
    """Snapshot, drift rows and plans of one observation.

    `repaired`: what an apply has just changed, when this is its last look; no plan is made for it again.
    """
    now = timezone.now()
    is_new = record_snapshot(snapshot=seen.snapshot, facts=seen.facts, run_id=claim.run_id, at=now)
    store_budget_statuses(seen.snapshot, seen.facts, is_new=is_new)
    tell_billing_events(seen.snapshot)
    note_inactive_keys(seen.snapshot, claim.run_id)
    look = Look(work.account_id, claim.run_id, now, repairs=bool(repaired))
    settling = reconcile_drift(look, seen.assessment, all_kinds())
    blocked = settling | repaired | {violation.key for violation in seen.violations}
    proposed = _proposed(work, seen, blocked)
    # A quiet look, which most are, need not ask who requested it.
    by = Run.objects.values_list("requested_by", flat=True).get(pk=claim.run_id) if proposed else ""
    told = {one.lane: effects(work.desired.checks, seen.world, one.plan.changes) for one in proposed}
    propose_plans(Proposer(work.account_id, claim.run_id, work.generation, by, now), proposed, told)
    if settling:
        look_again_at(work.account_id, timedelta(seconds=settings.FIRSTLINE.settle_seconds))
    if Section.ATTESTATIONS in seen.snapshot.sections and attested_of(work.account_id) != work.attested:
        look_again_at(work.account_id, timedelta(0))


def _proposed(work: Work, seen: Observation, blocked: frozenset[ResourceKey]) -> tuple[Proposal, ...]:
    """The plans of this look; a change after which a check newly fails waits for a person."""

    def split(items: tuple[ItemAssessment, ...]) -> tuple[Proposal, ...]:
        return proposals(
            work.account_id, items, is_production=work.is_production, blocked=blocked, shown_only=work.shown_only
        )

    items = () if work.not_renderable else seen.assessment.items
    checks = work.desired.checks
    return split(with_culprits(items, checks, seen.world, lambda them: [one.plan.changes for one in split(them)]))


def outcome_of(seen: Observation) -> dict[str, Any]:
    """What a run keeps of an observation: kinds, what was unread, what is not managed, what a guard forbade, checks."""
    return {
        "kinds": sorted({*seen.assessment.unread, *seen.assessment.unmanaged}),
        "unread": dict(seen.assessment.unread),
        "unmanaged": dict(seen.assessment.unmanaged),
        "violations": [
            {"rule": violation.rule, "resource": str(violation.key), "reason": violation.reason}
            for violation in seen.violations
        ],
        "findings": _counts(seen.assessment),
        **({"checks": seen.checked.to_plain()} if seen.checked.outcomes else {}),
    }


def _counts(assessment: Assessment) -> Mapping[str, int]:
    found = [finding.remedy.value for finding in assessment.findings]
    return {remedy: found.count(remedy) for remedy in sorted(set(found))}


@transaction.atomic
def record_failed_look(
    *, claim: Claim, state: Run.State, code: str, message: str, aws_calls: int, outcome: dict[str, Any] | None = None
) -> None:
    """End a look that saw nothing: drift and the last snapshot stay as they are."""
    hold_to_end(claim)
    move_run(
        claim,
        Run.State.LOOKING,
        state,
        reason_code=code,
        message=message,
        aws_calls=aws_calls,
        outcome=outcome or {},
    )
    record(
        actor=SYSTEM.name,
        verb=f"{claim.kind}.{state}",
        account_id=claim.account_id,
        subject=claim.account_id,
        run_id=claim.run_id,
        detail={"reason": code},
    )
    look_again_at(claim.account_id, AGAIN_AFTER_FAILURE)


def enter_managed(account_id: str) -> None:
    """An account that was looked at is managed, and next due one interval later, give or take."""
    due = next_due()
    if not Account.objects.filter(pk=account_id, state=Account.State.MANAGED).update(next_due_at=due):
        move_account(account_id=account_id, step=Step.LOOKED_AT, by=SYSTEM.name, next_due_at=due)


def look_again_at(account_id: str, after: timedelta) -> None:
    """Bring the next look forward."""
    Account.objects.filter(pk=account_id).update(next_due_at=Now() + after)
