"""Taking a role away: effective at once, in tokens and before the next write too."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from access.errors import ConflictError
from access.models import RoleBinding
from access.roles import Actor, Permission, Role
from access.scopes import ScopeKind
from access.services.grants import is_last_owner
from history.services.record import record


@transaction.atomic
def withdraw_role(*, binding_id: int, actor: Actor) -> RoleBinding:
    """End a binding: one's own, or one on a scope that the actor administers. The last owner of the fleet stays.

    Raises RoleBinding.DoesNotExist, PermissionDenied, ConflictError.
    """
    lock_owners()
    binding = RoleBinding.objects.select_related("user").get(pk=binding_id)
    if not may_withdraw(binding, actor):
        raise PermissionDenied(f"You may not take {binding.grant} away: it is more than you hold there.")
    if is_last_owner(binding):
        raise ConflictError("Nobody else owns the fleet: make another owner first.", code="last_owner")
    username, plain = binding.user.get_username(), binding.grant.to_plain()
    binding.delete()
    record(actor=actor.name, verb="role.withdrawn", subject=username, detail=plain)
    return binding


def lock_owners() -> None:
    """Lock all owners of the fleet, so that two of them can't take each other's role at the same moment."""
    owners = RoleBinding.objects.filter(role=Role.OWNER, scope_kind=ScopeKind.FLEET).order_by("pk")
    list(owners.select_for_update(of=("self",)))


def may_withdraw(binding: RoleBinding, actor: Actor) -> bool:
    """Whether it is their own, or they administer its scope and hold all it gives."""
    if binding.user.get_username() == actor.name:
        return True
    return actor.may_over(Permission.ADMINISTER, binding.grant.scope) and actor.holds(binding.grant)
