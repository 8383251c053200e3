"""Making a team."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from access.errors import ConflictError
from access.models import Team
from access.roles import Actor, Permission
from access.scopes import TEAM_NAME
from history.services.record import record


@transaction.atomic
def create_team(*, name: str, description: str = "", actor: Actor) -> Team:
    """Make it: by who administers the fleet. Accounts are its own by carrying its name as their owner team.

    Raises PermissionDenied, ValidationError (name), ConflictError (there is one).
    """
    if not actor.may_everywhere(Permission.ADMINISTER):
        raise PermissionDenied("Only an owner of the fleet makes teams.")
    if not TEAM_NAME.fullmatch(name):
        raise ValidationError(
            {"name": "use 1 to 100 lower-case letters, digits and hyphens, a letter or digit at both ends"}
        )
    team, made = Team.objects.get_or_create(name=name, defaults={"description": description})
    if not made:
        raise ConflictError(f"There is a team {name} already.", code="already_exists")
    record(actor=actor.name, verb="team.created", subject=name, after={"description": description})
    return team
