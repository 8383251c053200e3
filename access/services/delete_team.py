"""Ending a team."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from access.errors import ConflictError
from access.models import RoleBinding, Team
from access.roles import Actor, Permission
from access.scopes import ScopeKind
from history.services.record import record


@transaction.atomic
def delete_team(*, name: str, actor: Actor) -> None:
    """End it once nobody holds a role on it. Its accounts keep the name, which then gives nobody anything.

    Raises PermissionDenied, Team.DoesNotExist, ConflictError.
    """
    if not actor.may_everywhere(Permission.ADMINISTER):
        raise PermissionDenied("Only an owner of the fleet ends teams.")
    team = Team.objects.select_for_update().get(pk=name)
    if RoleBinding.objects.filter(scope_kind=ScopeKind.TEAM, scope_value=name).exists():
        raise ConflictError(f"Somebody still holds a role on team {name}: take those away first.", code="in_use")
    team.delete()
    record(actor=actor.name, verb="team.deleted", subject=name)
