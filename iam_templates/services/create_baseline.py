"""Making a baseline: a name under which versions are declared."""

import re

from django.db import transaction

from access.roles import Actor, Permission
from history.services.record import record
from iam_templates.models import Baseline
from provisioning.core.errors import ConflictError, DeclarationError, Reason
from provisioning.services.require import require

_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,98}[a-z0-9])?")
RESERVED = frozenset({"validate"})


@transaction.atomic
def create_baseline(*, name: str, description: str = "", actor: Actor) -> Baseline:
    """Make an empty baseline. Raises NotAllowedError, DeclarationError (name), ConflictError (the name is taken)."""
    require(actor, Permission.AUTHOR)
    if not _NAME.fullmatch(name) or name in RESERVED:
        raise DeclarationError(
            [Reason("/name", "use 1 to 100 lower-case letters, digits and hyphens, a letter or digit at both ends")]
        )
    row, made = Baseline.objects.get_or_create(
        name=name, defaults={"description": description, "created_by": actor.name}
    )
    if not made:
        raise ConflictError(f"There is a baseline {name} already: add a version to it.", code="already_exists")
    record(actor=actor.name, verb="baseline.created", subject=name, after={"description": description})
    return row
