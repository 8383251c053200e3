"""Approving a version for production: a second person says that `prod` accounts may be repaired by it unasked."""

from django.db import transaction
from django.utils import timezone

from access.roles import Actor, Permission
from history.services.record import record
from iam_templates.finding import lock_version
from iam_templates.locks import lock_assignments
from iam_templates.models import BaselineVersion
from iam_templates.reach import accounts_reached
from iam_templates.rights import require_baseline
from iam_templates.services.render_reached import render_reached
from provisioning.core.errors import ConflictError, NotAllowedError
from provisioning.services.require import require


@transaction.atomic
def approve_for_production(*, baseline: str, number: int, actor: Actor) -> BaselineVersion:
    """Approve a published version; the accounts it reaches learn of it.

    Raises NotAllowedError (also for whoever wrote or published it, superusers too), NotFoundError, ConflictError.
    """
    require(actor, Permission.APPROVE_PRODUCTION)
    lock_assignments()
    version = lock_version(baseline, number)
    require_baseline(actor, Permission.APPROVE_PRODUCTION, version.baseline)
    _refuse(version, actor)
    version.approved_for_production_by = actor.name
    version.approved_for_production_at = timezone.now()
    version.save(update_fields=["approved_for_production_by", "approved_for_production_at"])
    record(actor=actor.name, verb="version.approved_for_production", subject=str(version))
    for assignment in version.assignments.filter(ended_at=None):
        render_reached(accounts=accounts_reached(assignment.selector, assignment.value), by=actor.name)
    return version


def _refuse(version: BaselineVersion, actor: Actor) -> None:
    if version.published_at is None:
        raise ConflictError(f"{version} is a draft: publish it first.", code="not_published")
    if version.approved_for_production_at is not None:
        raise ConflictError(f"{version} is approved already.", code="already_approved")
    if actor.name in {version.author, version.published_by}:
        raise NotAllowedError(f"You wrote or published {version}: another approver must decide.")
