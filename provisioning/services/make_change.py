"""One write: intent committed, resource re-read and compared, call sent once, outcome stored before the next."""

import time
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from access.roles import SYSTEM
from accounts.models import Account
from history.services.record import record
from provisioning.aws.call_context import lease_deadline
from provisioning.aws.errors import LeaseTooShortError
from provisioning.aws.reread import drive
from provisioning.aws.session import AwsSession, Sent
from provisioning.core.assess import assess
from provisioning.core.assessment import Applied, Inputs, ItemAssessment
from provisioning.core.change import Action, Call, ResourceKey
from provisioning.core.errors import AwsError, ErrorClass
from provisioning.core.plan import PlannedChange, unapproved
from provisioning.core.snapshot import Snapshot, overlay
from provisioning.kinds import all_kinds
from provisioning.models import FleetPause, Run, Write
from provisioning.services.apply_state import Applying, PausedError, StalePlanError, StoppedError, check_seal
from provisioning.services.claimable import why_not_written_to
from provisioning.services.leases import hold, progress
from provisioning.services.observe import Observation
from provisioning.services.own_resource import own_created


@dataclass(frozen=True)
class Step:
    """One call of one planned change; `n` counts the calls of this attempt."""

    change: PlannedChange
    call: Call
    n: int


def make_call(applying: Applying, step: Step, seen: Observation, looking: AwsSession, writing: AwsSession) -> None:
    """Make one call of the plan. Raises StalePlanError, PausedError, StoppedError, FencedError or AwsError."""
    deadline = time.monotonic() + settings.FIRSTLINE.lease_seconds
    write = _intend(applying, step)
    if _still_to_do(applying, step, seen.snapshot, looking, write):
        _send(applying, step, write, writing, deadline)
    else:
        _store(applying, step, write, Write.Outcome.ALREADY)


@transaction.atomic
def _intend(applying: Applying, step: Step) -> Write:
    hold(applying.claim)
    _check_permission_to_go_on(applying)
    write = Write.objects.create(
        run_id=applying.claim.run_id,
        fence=applying.claim.fence,
        n=step.n,
        kind=step.change.key.kind,
        name=step.change.key.name,
        service=step.call.service,
        operation=step.call.operation,
        creates=step.change.action is Action.CREATE,
        params=dict(step.call.params),
    )
    _record(applying, step, "write.intended", {})
    return write


def _check_permission_to_go_on(applying: Applying) -> None:
    if Run.objects.filter(pk=applying.claim.run_id, cancel_requested=True).exists():
        raise StoppedError("A person asked for this run to stop.")
    if pause := FleetPause.objects.first():
        raise PausedError(f"The fleet is paused by {pause.by}: {pause.reason}")
    account = Account.objects.get(pk=applying.work.account_id)
    if account.paused:
        raise PausedError("The account is paused.")
    if why := why_not_written_to(account):
        raise StoppedError(why)
    check_seal(applying)


def _still_to_do(applying: Applying, step: Step, snapshot: Snapshot, looking: AwsSession, write: Write) -> bool:
    """Read the one resource again; what is left must be approved, and our call among it or already so."""
    try:
        item = reassess(applying, step.change.key, snapshot, looking)
    except AwsError:
        _store(applying, step, write, Write.Outcome.ERROR, "not_sent")
        raise
    left = item.change
    if left is None:
        return False
    if moved := unapproved((left,), applying.plan, frozenset(applying.started)):
        _store(applying, step, write, Write.Outcome.ERROR, "conflict")
        raise StalePlanError("; ".join(moved))
    return step.call in left.calls


def reassess(applying: Applying, key: ResourceKey, snapshot: Snapshot, looking: AwsSession) -> ItemAssessment:
    """Desired beside what the resource looks like at this moment."""
    kind = all_kinds()[key.kind]
    work = applying.work
    fresh = overlay(snapshot, drive(looking, kind.reread(key.name, work.context), work.account_id, work.partition))
    items = tuple(
        item
        for item in work.desired.items
        if item.kind == key.kind and kind.identity(item.name) == kind.identity(key.name)
    )
    created = {ResourceKey(made.kind, kind.identity(made.name)): Applied(None) for made in applying.created}
    return assess(Inputs(items, (), fresh, work.context, {**created, **work.owned}, all_kinds())).items[0]


def _send(applying: Applying, step: Step, write: Write, writing: AwsSession, deadline: float) -> None:
    try:
        with lease_deadline(deadline):
            sent = writing.send(step.call)
    except LeaseTooShortError as error:
        _store(applying, step, write, Write.Outcome.ERROR, error.code)
        raise
    except AwsError as error:
        unknown = error.error_class is ErrorClass.UNKNOWN_OUTCOME
        outcome = Write.Outcome.UNKNOWN if unknown else Write.Outcome.ERROR
        _store(applying, step, write, outcome, error.aws_code or error.code)
        raise
    _store(applying, step, write, Write.Outcome.OK if sent is Sent.OK else Write.Outcome.ALREADY)


@transaction.atomic
def _store(applying: Applying, step: Step, write: Write, outcome: Write.Outcome, code: str = "") -> None:
    Write.objects.filter(pk=write.pk).update(outcome=outcome, aws_code=code, answered_at=Now())
    _record(applying, step, f"write.{outcome}", {"code": code} if code else {})
    if outcome != Write.Outcome.ERROR:
        applying.started.add(step.change.key)
        if step.change.action is Action.CREATE:
            applying.created.add(step.change.key)
            own_created(applying.work.account_id, step.change.key)
    progress(applying.claim)


def _record(applying: Applying, step: Step, verb: str, detail: dict[str, Any]) -> None:
    record(
        actor=SYSTEM.name,
        verb=verb,
        account_id=applying.work.account_id,
        subject=str(step.change.key),
        run_id=applying.claim.run_id,
        plan_id=applying.plan_id,
        detail={"operation": step.call.operation, "n": step.n, "fence": applying.claim.fence, **detail},
    )
