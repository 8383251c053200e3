"""The roles and what each may do: the one place that says so."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.db import models


class Role(models.TextChoices):
    """What a person or a token is."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    APPROVER = "approver"


class Permission(StrEnum):
    """What can be allowed."""

    VIEW = "view"
    OPERATE = "operate"
    APPROVE = "approve"
    PAUSE = "pause"


ALLOWED: dict[Role, frozenset[Permission]] = {
    Role.VIEWER: frozenset({Permission.VIEW}),
    Role.OPERATOR: frozenset({Permission.VIEW, Permission.OPERATE, Permission.PAUSE}),
    Role.APPROVER: frozenset({Permission.VIEW, Permission.APPROVE, Permission.PAUSE}),
}


@dataclass(frozen=True)
class Actor:
    """Who acts: a person's name and the roles this request carries. Workers act as `firstline`."""

    name: str
    roles: frozenset[Role]

    def may(self, permission: Permission, account: object = None) -> bool:
        """Whether one of the roles allows it: on this account, or anywhere when none is named."""
        return any(permission in ALLOWED[role] for role in self.roles)


def actor(name: str, roles: Iterable[str]) -> Actor:
    """An actor of these role names; unknown names carry nothing."""
    return Actor(name, frozenset(Role(role) for role in roles if role in Role.values))


SYSTEM = Actor("firstline", frozenset())
