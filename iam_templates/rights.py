"""Who may write which baseline, and who may assign to what."""

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat

from access.policy import scoped, visible
from access.roles import Actor, Permission
from access.scopes import FLEET, Scope, ScopeKind, team
from accounts.models import Account
from accounts.selectors import with_tag_in
from iam_templates.models import Assignment, Baseline
from provisioning.core.errors import NotFoundError
from provisioning.services.require import require, require_over

Selector = Assignment.Selector
SCOPES = {
    Selector.ACCOUNT: ScopeKind.ACCOUNT,
    Selector.ENVIRONMENT: ScopeKind.ENVIRONMENT,
    Selector.OU: ScopeKind.OU,
}
"""Selectors that reach just what a scope covers; any other is for who assigns on the whole fleet."""


def require_baseline(actor: Actor, permission: Permission, baseline: Baseline) -> None:
    """Raise NotAllowedError unless it is allowed for the baseline's team, or the fleet for one of no team."""
    require_over(actor, permission, team(baseline.owner_team))


def require_reach(actor: Actor, selector: str, value: str) -> None:
    """Raise NotAllowedError unless the actor may assign to everything that the selector reaches, now or later."""
    require(actor, Permission.ASSIGN)
    account = Account.objects.filter(pk=value).first() if selector == Selector.ACCOUNT else None
    if account is None or not actor.may(Permission.ASSIGN, account):
        require_over(actor, Permission.ASSIGN, reach(selector, value))


def require_assignment(actor: Actor, row: Assignment) -> None:
    """Raise NotFoundError for an assignment the actor may not see, NotAllowedError for one they may not change."""
    require(actor, Permission.ASSIGN)
    if not visible_assignments(Assignment.objects.filter(pk=row.pk), actor).exists():
        raise NotFoundError(f"There is no assignment {row.pk}.")
    require_reach(actor, row.selector, row.value)


def reach(selector: str, value: str) -> Scope:
    """The smallest scope that holds everything a selector can reach."""
    kind = next((kind for name, kind in SCOPES.items() if name == selector), None)
    return FLEET if kind is None else Scope(kind, value)


def visible_assignments(queryset: QuerySet[Assignment], actor: Actor) -> QuerySet[Assignment]:
    """Those that reach an account the actor may see, or whose whole reach is theirs to see."""
    seen = visible(Account.objects.order_by(), actor)
    value = OuterRef("value")
    below = seen.filter(Q(ou_path=value) | Q(ou_path__startswith=Concat(value, Value("/"))))
    whole = scoped(Assignment.objects.order_by(), actor, Permission.VIEW, kind="selector", value="value")
    return queryset.filter(
        Q(pk__in=whole.values("pk"))
        | Q(selector=Selector.ACCOUNT) & Exists(seen.filter(account_id=value))
        | Q(selector=Selector.ENVIRONMENT) & Exists(seen.filter(environment=value))
        | Q(selector=Selector.OU, value="/") & Exists(seen)
        | Q(selector=Selector.OU) & Exists(below)
        | Q(selector=Selector.TAG) & Exists(seen.filter(with_tag_in(value)))
    )
