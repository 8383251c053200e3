"""Making a version: a draft of its author, checked at once."""

from django.db import transaction
from django.db.models import Max

from access.roles import Actor, Permission
from history.services.record import record
from iam_templates.declaration import check_declaration
from iam_templates.finding import lock_baseline
from iam_templates.models import BaselineVersion
from iam_templates.reading import ContentType, read_declaration
from iam_templates.rights import require_baseline
from provisioning.core.plain import digest
from provisioning.kinds import all_kinds
from provisioning.services.require import require


@transaction.atomic
def create_version(*, baseline: str, source: str, content_type: ContentType = "yaml", actor: Actor) -> BaselineVersion:
    """Add the next version as a draft. Raises NotAllowedError, NotFoundError, DeclarationError with every reason."""
    require(actor, Permission.AUTHOR)
    row = lock_baseline(baseline)
    require_baseline(actor, Permission.AUTHOR, row)
    content = read_declaration(source, content_type)
    check_declaration(content, all_kinds())
    last = row.versions.aggregate(last=Max("number"))["last"] or 0
    version = BaselineVersion.objects.create(
        baseline=row, number=last + 1, source=source, content=content, author=actor.name
    )
    record(actor=actor.name, verb="version.created", subject=str(version), after={"content": digest(content)})
    return version
