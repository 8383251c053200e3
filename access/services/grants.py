"""What a person holds now."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from access.models import RoleBinding
from access.roles import Actor, Grant, Role


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
