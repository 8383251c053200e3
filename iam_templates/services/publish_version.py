"""Publishing: from then on the version never changes and may be assigned."""

from django.db import transaction
from django.utils import timezone

from access.roles import Actor, Permission
from history.services.record import record
from iam_templates.check_forecast import refuse_failing
from iam_templates.declaration import check_declaration
from iam_templates.finding import lock_draft
from iam_templates.models import BaselineVersion
from iam_templates.rights import require_baseline
from provisioning.core.plain import digest
from provisioning.kinds import all_kinds
from provisioning.services.require import require


@transaction.atomic
def publish_version(*, baseline: str, number: int, actor: Actor) -> BaselineVersion:
    """Freeze a draft under its digest, the SHA-256 of its content as canonical JSON.

    It is checked once more, for the kinds may know more than when it was drafted; it reaches no account before it is
    assigned. A check that fails on the declaration itself refuses it; one that cannot be told is a warning.
    Raises NotAllowedError, NotFoundError, ConflictError (published already), CheckFailsError, DeclarationError.
    """
    require(actor, Permission.AUTHOR)
    version = lock_draft(baseline, number)
    require_baseline(actor, Permission.AUTHOR, version.baseline)
    warnings = refuse_failing(check_declaration(version.content, all_kinds()), all_kinds())
    version.digest = digest(version.content)
    version.published_at = timezone.now()
    version.published_by = actor.name
    version.save(update_fields=["digest", "published_at", "published_by"])
    told = [f"{one.pointer} {one.message}" for one in warnings]
    record(
        actor=actor.name,
        verb="version.published",
        subject=str(version),
        after={"digest": version.digest},
        detail={"warnings": told} if told else {},
    )
    return version
