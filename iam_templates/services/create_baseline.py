"""Making a baseline: a name under which versions are declared."""

import re

from django.db import transaction

from access.models import Team
from access.roles import Actor, Permission
from access.scopes import team
from history.services.record import record
from iam_templates.models import Baseline
from provisioning.core.errors import ConflictError, DeclarationError, Reason
from provisioning.services.require import require_over

_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,98}[a-z0-9])?")
RESERVED = frozenset({"validate"})


@transaction.atomic
def create_baseline(*, name: str, description: str = "", owner_team: str = "", actor: Actor) -> Baseline:
    """Make an empty baseline, of a team or of the fleet.

    Raises NotAllowedError, DeclarationError (name, owner team), ConflictError (the name is taken).
    """
    require_over(actor, Permission.AUTHOR, team(owner_team))
    if owner_team and not Team.objects.filter(pk=owner_team).exists():
        raise DeclarationError([Reason("/owner_team", f"there is no team {owner_team}: make it first")])
    if not _NAME.fullmatch(name) or name in RESERVED:
        raise DeclarationError(
            [Reason("/name", "use 1 to 100 lower-case letters, digits and hyphens, a letter or digit at both ends")]
        )
    row, made = Baseline.objects.get_or_create(
        name=name, defaults={"description": description, "owner_team": owner_team, "created_by": actor.name}
    )
    if not made:
        raise ConflictError(f"There is a baseline {name} already: add a version to it.", code="already_exists")
    record(
        actor=actor.name,
        verb="baseline.created",
        subject=name,
        after={"description": description, "owner_team": owner_team},
    )
    return row
