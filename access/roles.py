"""The roles and what each may do, and who holds them where: the one place that says so."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.db import models

from access.scopes import FLEET, Place, Scope, parse_scope


class Role(models.TextChoices):
    """What a person is, somewhere."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    APPROVER = "approver"
    BASELINE_AUTHOR = "baseline_author"
    SECURITY_ADMIN = "security_admin"
    OWNER = "owner"


class Permission(StrEnum):
    """What can be allowed."""

    VIEW = "view"
    OPERATE = "operate"
    PAUSE = "pause"
    ASSIGN = "assign"
    AUTHOR = "author"
    APPROVE = "approve"
    APPROVE_PRODUCTION = "approve_production"
    ATTEST = "attest"
    HAND_OVER = "hand_over"
    AUDIT = "audit"
    ADMINISTER = "administer"


_P = Permission
ALLOWED: dict[Role, frozenset[Permission]] = {
    Role.VIEWER: frozenset({_P.VIEW}),
    Role.OPERATOR: frozenset({_P.VIEW, _P.OPERATE, _P.PAUSE, _P.ASSIGN}),
    Role.APPROVER: frozenset({_P.VIEW, _P.APPROVE, _P.PAUSE}),
    Role.BASELINE_AUTHOR: frozenset({_P.VIEW, _P.AUTHOR}),
    Role.SECURITY_ADMIN: frozenset(
        {_P.VIEW, _P.APPROVE, _P.APPROVE_PRODUCTION, _P.PAUSE, _P.ATTEST, _P.HAND_OVER, _P.AUDIT}
    ),
    Role.OWNER: frozenset(Permission),
}


@dataclass(frozen=True)
class Grant:
    """A role on a part of the fleet."""

    role: Role
    scope: Scope = FLEET

    def __str__(self) -> str:
        return f"{self.role} on {self.scope}"

    def to_plain(self) -> dict[str, str]:
        """As JSON."""
        return {"role": str(self.role), "scope": str(self.scope)}

    @classmethod
    def from_plain(cls, plain: Mapping[str, str]) -> "Grant":
        """Back from JSON."""
        return cls(Role(plain["role"]), parse_scope(plain["scope"]))


@dataclass(frozen=True)
class Actor:
    """Who acts: a person's name and what they hold. Workers act as `firstline`.

    `limit` is a token's own grants: what its person holds counts only where these allow it too.
    """

    name: str
    grants: frozenset[Grant] = frozenset()
    limit: frozenset[Grant] | None = None

    @property
    def roles(self) -> frozenset[Role]:
        """The roles held anywhere."""
        return frozenset(grant.role for grant in self.grants)

    @property
    def layers(self) -> tuple[frozenset[Grant], ...]:
        """The sets of grants that must each allow what is done."""
        return (self.grants,) if self.limit is None else (self.grants, self.limit)

    def may(self, permission: Permission, account: Place | None = None) -> bool:
        """Whether it is allowed on this account, or anywhere when none is named."""
        return all(_allow(grants, permission, account) for grants in self.layers)

    def may_over(self, permission: Permission, scope: Scope) -> bool:
        """Whether it is allowed on all of a scope, whichever accounts it holds or will hold."""
        return all(
            any(grant.scope.contains(scope) for grant in grants if permission in ALLOWED[grant.role])
            for grants in self.layers
        )

    def holds(self, grant: Grant) -> bool:
        """Whether it may give this grant away: everything the role allows, on all of its scope."""
        return all(self.may_over(permission, grant.scope) for permission in ALLOWED[grant.role])

    def may_everywhere(self, permission: Permission) -> bool:
        """Whether it is allowed on the whole fleet."""
        return self.may_over(permission, FLEET)


def _allow(grants: Iterable[Grant], permission: Permission, account: Place | None) -> bool:
    return any(
        permission in ALLOWED[grant.role] and (account is None or grant.scope.covers(account)) for grant in grants
    )


def actor(name: str, roles: Iterable[str], scope: Scope = FLEET) -> Actor:
    """An actor of these roles on one scope; unknown names carry nothing."""
    return Actor(name, frozenset(Grant(Role(role), scope) for role in roles if role in Role.values))


SYSTEM = Actor("firstline")
COMMAND_LINE = Actor("command line", frozenset({Grant(Role.OWNER)}))
"""Whoever can run commands on the installation can do everything with it."""
