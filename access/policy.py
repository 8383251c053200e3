"""The one place that says which accounts an actor may see and touch."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from access.models import RoleBinding, Team, Token
from access.roles import ALLOWED, Actor, Grant, Permission
from access.scopes import FLEET, Scope, ScopeKind

FIELDS = {
    ScopeKind.ENVIRONMENT: "environment",
    ScopeKind.TEAM: "owner_team",
    ScopeKind.ACCOUNT: "account_id",
}


def visible(
    queryset: QuerySet[Any], actor: Actor, permission: Permission = Permission.VIEW, *, through: str = ""
) -> QuerySet[Any]:
    """The rows whose account the actor holds `permission` on. `through`: the path to the account, e.g. "account"."""
    for grants in actor.layers:
        scopes = scopes_of(grants, permission)
        if not scopes:
            return queryset.none()
        if not any(scope.kind == ScopeKind.FLEET for scope in scopes):
            queryset = queryset.filter(covered(scopes, through=through))
    return queryset


def scopes_of(grants: Iterable[Grant], permission: Permission) -> frozenset[Scope]:
    """Where these grants allow it."""
    return frozenset(grant.scope for grant in grants if permission in ALLOWED[grant.role])


def covered(scopes: Iterable[Scope], *, through: str = "") -> Q:
    """What `Scope.covers` says, as a condition on rows; never true for no scopes."""
    prefix = f"{through}__" if through else ""
    values: dict[ScopeKind, list[str]] = defaultdict(list)
    for scope in scopes:
        values[scope.kind].append(scope.value)
    found = Q(pk__in=[])
    for kind, field in FIELDS.items():
        if values[kind]:
            found |= Q(**{f"{prefix}{field}__in": sorted(values[kind])})
    for path in values[ScopeKind.OU]:
        found |= _below(f"{prefix}ou_path", path)
    return Q() if values[ScopeKind.FLEET] else found


def _below(field: str, path: str) -> Q:
    """The OU and everything below it; every path is below the root."""
    if path == "/":
        return Q(**{f"{field}__startswith": "/"})
    return Q(**{field: path}) | Q(**{f"{field}__startswith": f"{path}/"})


def scoped(queryset: QuerySet[Any], actor: Actor, permission: Permission, *, kind: str, value: str) -> QuerySet[Any]:
    """The rows that name a scope, by these two fields, on all of which the actor holds `permission`."""
    for grants in actor.layers:
        queryset = queryset.filter(contained(scopes_of(grants, permission), kind=kind, value=value))
    return queryset


def contained(scopes: Iterable[Scope], *, kind: str, value: str) -> Q:
    """What `Scope.contains` says, as a condition on rows; never true for no scopes."""
    found = Q(pk__in=[])
    for scope in scopes:
        if scope.kind == ScopeKind.FLEET:
            return Q()
        same = _below(value, scope.value) if scope.kind == ScopeKind.OU else Q(**{value: scope.value})
        found |= Q(**{kind: scope.kind}) & same
    return found


def visible_bindings(queryset: QuerySet[RoleBinding], actor: Actor) -> QuerySet[RoleBinding]:
    """One's own, and those on scopes that one administers."""
    administered = scoped(queryset, actor, Permission.ADMINISTER, kind="scope_kind", value="scope_value")
    return queryset.filter(Q(user__username=actor.name) | Q(pk__in=administered.values("pk")))


def visible_tokens(queryset: QuerySet[Token], actor: Actor) -> QuerySet[Token]:
    """One's own; all for who administers the fleet."""
    return queryset if actor.may_everywhere(Permission.ADMINISTER) else queryset.filter(user__username=actor.name)


def visible_teams(queryset: QuerySet[Team], actor: Actor) -> QuerySet[Team]:
    """Those in which one holds a role; all for who may view the whole fleet."""
    for grants in actor.layers:
        scopes = scopes_of(grants, Permission.VIEW)
        if FLEET not in scopes:
            queryset = queryset.filter(name__in=[scope.value for scope in scopes if scope.kind == ScopeKind.TEAM])
    return queryset
