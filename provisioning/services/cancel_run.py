"""Cancelling a run: at once while it waits, before its next write while it works."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from access.roles import Actor, Permission
from history.services.record import record
from provisioning.core.errors import ConflictError
from provisioning.models import PlanRecord, Run
from provisioning.services.require import require_row


@transaction.atomic
def cancel_run(*, run_id: UUID, actor: Actor) -> Run:
    """Ask a run to stop. Raises ConflictError when it has ended."""
    found = Run.objects.select_for_update(of=("self",)).select_related("account").filter(pk=run_id).first()
    run = require_row(actor, Permission.OPERATE, found, f"There is no run {run_id}.")
    if run.state not in Run.OPEN:
        raise ConflictError(f"Run {run_id} has ended: {run.state}.")
    if run.state in Run.WAITING:
        run.state, run.finished_at = Run.State.CANCELLED, timezone.now()
        PlanRecord.objects.filter(pk=run.plan_id, state=PlanRecord.State.APPROVED).update(state=PlanRecord.State.STALE)
    run.cancel_requested = True
    run.save(update_fields=["state", "finished_at", "cancel_requested"])
    record(actor=actor.name, verb="run.cancel_requested", account_id=run.account_id, subject=str(run_id), run_id=run_id)
    return run
