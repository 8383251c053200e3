"""The one place that says which accounts an actor may see and touch."""

from typing import Any

from django.db.models import QuerySet

from access.roles import Actor, Permission


def visible(
    queryset: QuerySet[Any], actor: Actor, permission: Permission = Permission.VIEW, *, through: str = ""
) -> QuerySet[Any]:
    """The rows whose account the actor holds `permission` on. `through`: the path to the account, e.g. "account"."""
    return queryset if actor.may(permission) else queryset.none()
