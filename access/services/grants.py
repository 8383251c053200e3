"""What a person holds now."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.utils import timezone

from access.models import RoleBinding
from access.roles import Actor, Grant, Role
from access.scopes import ScopeKind


def person(user: Any) -> Actor:
    """The person in all their roles."""
    return people([user])[0]


def people(users: Iterable[Any]) -> list[Actor]:
    """Each person with the roles bound to them that have not ended; superusers own the fleet."""
    asked = list(users)
    held: dict[Any, set[Grant]] = defaultdict(set)
    for binding in live_bindings().filter(user__in=[user.pk for user in asked if not user.is_superuser]):
        held[binding.user_id].add(binding.grant)
    owner = frozenset({Grant(Role.OWNER)})
    return [Actor(user.get_username(), owner if user.is_superuser else frozenset(held[user.pk])) for user in asked]


def live_bindings() -> QuerySet[RoleBinding]:
    """Those that have not ended."""
    return RoleBinding.objects.filter(Q(expires_at=None) | Q(expires_at__gt=timezone.now()))


def is_last_owner(binding: RoleBinding) -> bool:
    """Whether nobody else would own the fleet for good without it; superusers own it too."""
    if binding.grant != Grant(Role.OWNER):
        return False
    return not lasting_owners().exclude(pk=binding.user_id).exists()


def lasting_owners() -> QuerySet[Any]:
    """Active people who own the fleet with no end in sight."""
    bound = Q(role_bindings__role=Role.OWNER, role_bindings__scope_kind=ScopeKind.FLEET, role_bindings__expires_at=None)
    return get_user_model().objects.filter(bound | Q(is_superuser=True), is_active=True).distinct()
