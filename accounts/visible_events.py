"""Whose part of the history a person may see."""

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from access.authentication import actor_of
from access.policy import visible
from access.roles import Permission
from accounts.models import Account
from history.models import Event


def visible_events(queryset: QuerySet[Event], request: HttpRequest) -> QuerySet[Event]:
    """One's own events, those of the accounts one may see; all for who audits or administers the fleet."""
    known = getattr(request, "firstline_actor", None)
    actor = known or actor_of(request.user, getattr(request, "auth", None))
    if actor.may_everywhere(Permission.AUDIT) or actor.may_everywhere(Permission.ADMINISTER):
        return queryset
    seen = visible(Account.objects.order_by(), actor).values("account_id")
    return queryset.filter(Q(actor=actor.name) | Q(account_id__in=seen))
