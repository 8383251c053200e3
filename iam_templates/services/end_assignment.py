"""Ending an assignment: its accounts stop being kept like it; nothing is removed from them."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from access.roles import Actor, Permission
from history.services.record import record
from iam_templates.finding import lock_assignment
from iam_templates.locks import lock_assignments
from iam_templates.models import Assignment
from iam_templates.reach import accounts_reached
from iam_templates.rights import require_assignment
from iam_templates.services.assign import told
from iam_templates.services.render_reached import render_reached
from provisioning.services.require import require


@transaction.atomic
def end_assignment(*, assignment_id: UUID, actor: Actor) -> Assignment:
    """End it and render its accounts without it. Never refused for what the others then say: that shows per account.

    Raises NotAllowedError, NotFoundError, ConflictError (ended already).
    """
    require(actor, Permission.ASSIGN)
    lock_assignments()
    row = lock_assignment(assignment_id)
    require_assignment(actor, row)
    row.ended_at = timezone.now()
    row.ended_by = actor.name
    row.save(update_fields=["ended_at", "ended_by"])
    record(actor=actor.name, verb="assignment.ended", subject=str(row), before=told(row))
    render_reached(accounts=accounts_reached(row.selector, row.value), by=actor.name)
    return row
