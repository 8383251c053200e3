"""Keeping the plans of an account in step with what a look would change."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings

from access.roles import SYSTEM
from accounts.models import Account
from accounts.schedule import interval_of
from history.services.record import record
from provisioning.core.lanes import Lane, Proposal
from provisioning.core.permissions.effects import Effect
from provisioning.models import PlanRecord, Run
from provisioning.services.decide_plan import queue_apply

ENDED_BADLY = (Run.State.FAILED, Run.State.BLOCKED, Run.State.REFUSED, Run.State.QUARANTINED)


@dataclass(frozen=True)
class Proposer:
    """The look that proposes."""

    account_id: str
    run_id: UUID
    generation: int
    requested_by: str
    at: datetime


def propose_plans(
    proposer: Proposer, proposed: Iterable[Proposal], told: Mapping[Lane, Sequence[Effect]] | None = None
) -> list[PlanRecord]:
    """One proposed plan per lane at most: the same stays, another takes its place, what was rejected stays away.

    What needs no approval is approved by rule and its apply queued. While an apply is open, its lane is left alone.
    `told`: what each lane's plan does to the account's checks; stored beside it.
    """
    busy = _busy_lane(proposer.account_id)
    by_lane = {proposal.lane: proposal for proposal in proposed}
    current = _current(proposer.account_id)
    effects = {lane: [one.to_plain() for one in found] for lane, found in (told or {}).items()}
    return [
        plan
        for lane in Lane
        if lane != busy
        and (
            plan := _lane(proposer, current.get(lane), by_lane.get(lane), effects.get(lane, []), can_apply=busy is None)
        )
        is not None
    ]


def _busy_lane(account_id: str) -> str | None:
    open_apply = Run.objects.filter(account_id=account_id, kind=Run.Kind.APPLY, state__in=Run.OPEN)
    # There is one at most (one_open_run_per_account_and_kind), so no order is needed.
    return next(iter(open_apply.order_by().values_list("plan__lane", flat=True)), None)


def _current(account_id: str) -> dict[str, PlanRecord]:
    """The proposed plan of each lane that has one."""
    plans = PlanRecord.objects.filter(account_id=account_id, state=PlanRecord.State.PROPOSED)
    return {plan.lane: plan for plan in plans.defer("data")}


def _lane(
    proposer: Proposer,
    current: PlanRecord | None,
    proposal: Proposal | None,
    checks: list[dict[str, Any]],
    *,
    can_apply: bool,
) -> PlanRecord | None:
    if current and proposal and current.digest == proposal.plan.digest:
        PlanRecord.objects.filter(pk=current.pk).update(seen_at=proposer.at, checks=checks)
        return None
    if current:
        _supersede(proposer, current)
    if proposal is None or _rejected(proposer, proposal):
        return None
    if proposal.lane is Lane.AUTO and (not can_apply or _failed_lately(proposer, proposal)):
        return None
    return _propose(proposer, proposal, checks)


def _supersede(proposer: Proposer, plan: PlanRecord) -> None:
    PlanRecord.objects.filter(pk=plan.pk).update(state=PlanRecord.State.SUPERSEDED)
    _record(proposer, plan, "plan.superseded")


def _rejected(proposer: Proposer, proposal: Proposal) -> bool:
    """Whether the last decided plan of this lane was this one, and a person said no."""
    last = (
        PlanRecord.objects.filter(account_id=proposer.account_id, lane=proposal.lane)
        .exclude(state__in=[PlanRecord.State.SUPERSEDED, PlanRecord.State.EXPIRED])
        .first()
    )
    return bool(last and last.state == PlanRecord.State.REJECTED and last.fingerprint == proposal.plan.fingerprint)


def _failed_lately(proposer: Proposer, proposal: Proposal) -> bool:
    """Whether this very plan failed within the last interval: only a person's look tries it again so soon."""
    if proposer.requested_by != SYSTEM.name:
        return False
    account = Account.objects.only("environment", "look_interval_minutes").get(pk=proposer.account_id)
    interval = interval_of(account.environment, account.look_interval_minutes)
    return Run.objects.filter(
        account_id=proposer.account_id,
        state__in=ENDED_BADLY,
        finished_at__gt=proposer.at - interval.length,
        plan__fingerprint=proposal.plan.fingerprint,
    ).exists()


def _propose(proposer: Proposer, proposal: Proposal, checks: list[dict[str, Any]]) -> PlanRecord:
    by_rule = proposal.lane is Lane.AUTO
    plan: PlanRecord = PlanRecord.objects.create(
        account_id=proposer.account_id,
        lane=proposal.lane,
        state=PlanRecord.State.APPROVED if by_rule else PlanRecord.State.PROPOSED,
        data=proposal.plan.to_plain(),
        digest=proposal.plan.digest,
        fingerprint=proposal.plan.fingerprint,
        risk=proposal.plan.risk,
        reasons=list(proposal.reasons),
        checks=checks,
        generation=proposer.generation,
        look_id=proposer.run_id,
        requested_by=proposer.requested_by,
        authors=list(proposal.authors),
        expires_at=proposer.at + timedelta(hours=settings.FIRSTLINE.plan_expiry_hours),
    )
    _record(proposer, plan, "plan.proposed")
    if by_rule:
        _record(proposer, plan, "plan.approved_by_rule")
        queue_apply(plan, by=SYSTEM.name, cause="policy")
    return plan


def _record(proposer: Proposer, plan: PlanRecord, verb: str) -> None:
    record(
        actor=SYSTEM.name,
        verb=verb,
        account_id=proposer.account_id,
        subject=str(plan.pk),
        run_id=proposer.run_id,
        plan_id=plan.pk,
        detail={"lane": plan.lane, "digest": plan.digest, "risk": plan.risk},
    )
