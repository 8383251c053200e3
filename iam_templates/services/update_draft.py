"""Changing a draft: its author's alone, so that the author of what is published is never in doubt."""

from django.db import transaction

from access.roles import Actor, Permission
from history.services.record import record
from iam_templates.declaration import check_declaration
from iam_templates.finding import lock_draft
from iam_templates.models import BaselineVersion
from iam_templates.reading import ContentType, read_declaration
from iam_templates.rights import require_baseline
from provisioning.core.errors import NotAllowedError
from provisioning.core.plain import digest
from provisioning.kinds import all_kinds
from provisioning.services.require import require


@transaction.atomic
def update_draft(
    *, baseline: str, number: int, source: str, content_type: ContentType = "yaml", actor: Actor
) -> BaselineVersion:
    """Replace a draft's declaration.

    Raises NotAllowedError, NotFoundError, ConflictError (published), DeclarationError with every reason.
    """
    require(actor, Permission.AUTHOR)
    version = lock_draft(baseline, number)
    require_baseline(actor, Permission.AUTHOR, version.baseline)
    if version.author != actor.name:
        raise NotAllowedError(f"{version} is a draft of {version.author}: make a version of your own.")
    content = read_declaration(source, content_type)
    check_declaration(content, all_kinds())
    before = digest(version.content)
    version.source, version.content = source, content
    version.save(update_fields=["source", "content"])
    record(
        actor=actor.name,
        verb="version.changed",
        subject=str(version),
        before={"content": before},
        after={"content": digest(content)},
    )
    return version
