"""Finding and locking rows by the names people use."""

from uuid import UUID

from iam_templates.models import Assignment, Baseline, BaselineVersion
from provisioning.core.errors import ConflictError, NotFoundError


def lock_baseline(name: str) -> Baseline:
    """The locked baseline. Raises NotFoundError."""
    row = Baseline.objects.select_for_update().filter(name=name).first()
    if row is None:
        raise NotFoundError(f"There is no baseline {name}.")
    return row


def lock_version(baseline: str, number: int) -> BaselineVersion:
    """The locked version. Raises NotFoundError."""
    rows = BaselineVersion.objects.select_for_update()
    row = rows.filter(baseline_id=baseline, number=number).first()
    if row is None:
        raise NotFoundError(f"Baseline {baseline} has no version {number}.")
    return row


def lock_draft(baseline: str, number: int) -> BaselineVersion:
    """The locked version while it is a draft. Raises NotFoundError, ConflictError."""
    row = lock_version(baseline, number)
    if row.published_at is not None:
        raise ConflictError(f"{row} is published and can't change: make a new version.", code="already_published")
    return row


def lock_assignment(assignment_id: UUID) -> Assignment:
    """The locked assignment while it holds. Raises NotFoundError, ConflictError."""
    rows = Assignment.objects.select_for_update(of=("self",)).select_related("version")
    row: Assignment | None = rows.filter(pk=assignment_id).first()
    if row is None:
        raise NotFoundError(f"There is no assignment {assignment_id}.")
    if row.ended_at is not None:
        raise ConflictError("The assignment has ended: make a new one.", code="already_ended")
    return row
