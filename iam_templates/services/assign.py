"""Assigning a published version to the accounts of a selector."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from access.roles import Actor
from history.services.record import record
from iam_templates.checks import published_version, refuse_conflicts, refuse_wrong_words
from iam_templates.locks import lock_assignments
from iam_templates.mode import read_mode
from iam_templates.models import Assignment
from iam_templates.reach import accounts_reached
from iam_templates.rights import require_reach
from iam_templates.services.render_reached import render_reached


@transaction.atomic
def assign(
    *,
    baseline: str,
    version: int,
    selector: str,
    value: str,
    parameters: Mapping[str, Any] | None = None,
    mode: Mapping[str, Any] | None = None,
    actor: Actor,
) -> Assignment:
    """Assign, and render the accounts reached (more than 200: the dispatcher does it).

    Refused as a whole when one account reached could not be rendered then. Raises NotAllowedError, DeclarationError
    with pointers into the request (/parameters/x, /mode/…), MergeConflictError with pointers into the declaration.
    """
    require_reach(actor, selector, value)
    lock_assignments()
    row = Assignment(
        version=published_version(baseline, version),
        selector=selector,
        value=value,
        parameters={} if parameters is None else parameters,
        mode={} if mode is None else mode,
        created_by=actor.name,
    )
    refuse_wrong_words(row)
    row.mode = read_mode(row.mode).to_plain()
    row.save()
    refuse_conflicts(row)
    record(actor=actor.name, verb="assignment.created", subject=str(row), after=told(row))
    render_reached(accounts=accounts_reached(selector, value), by=actor.name)
    return row


def told(row: Assignment) -> dict[str, Any]:
    """What the history keeps of an assignment: the names of its parameters, for values may be people's addresses."""
    return {
        "assignment": str(row.id),
        "version": str(row.version),
        "selector": row.selector,
        "value": row.value,
        "parameters": sorted(row.parameters),
        "mode": row.mode,
    }
