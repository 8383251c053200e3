"""Moving an assignment to another version, other parameters or another mode, in one step for every account."""

from collections.abc import Mapping
from copy import copy
from typing import Any
from uuid import UUID

from django.db import transaction

from access.roles import Actor, Permission
from history.services.record import record
from iam_templates.checks import published_version, refuse_conflicts, refuse_wrong_words
from iam_templates.finding import lock_assignment
from iam_templates.locks import lock_assignments
from iam_templates.mode import read_mode
from iam_templates.models import Assignment
from iam_templates.reach import accounts_reached
from iam_templates.rights import require_assignment
from iam_templates.services.assign import told
from iam_templates.services.render_reached import render_reached
from provisioning.services.require import require


@transaction.atomic
def move_assignment(
    *,
    assignment_id: UUID,
    version: int | None = None,
    parameters: Mapping[str, Any] | None = None,
    mode: Mapping[str, Any] | None = None,
    actor: Actor,
) -> Assignment:
    """Change what is given and keep the rest; checked and rendered like a new assignment.

    Raises NotAllowedError, NotFoundError, ConflictError (ended), DeclarationError, MergeConflictError.
    """
    require(actor, Permission.ASSIGN)
    lock_assignments()
    row = lock_assignment(assignment_id)
    require_assignment(actor, row)
    before = copy(row)
    if version is not None:
        row.version = published_version(row.version.baseline_id, version)
    row.parameters = row.parameters if parameters is None else parameters
    row.mode = row.mode if mode is None else mode
    refuse_wrong_words(row)
    row.mode = read_mode(row.mode).to_plain()
    row.moved_by = actor.name
    row.save(update_fields=["version", "parameters", "mode", "moved_by"])
    refuse_conflicts(row, before)
    record(actor=actor.name, verb="assignment.moved", subject=str(row), before=told(before), after=told(row))
    render_reached(accounts=accounts_reached(row.selector, row.value), by=actor.name)
    return row
