"""Which accounts have a budget, which don't, and of which nobody can tell; and the fleet's figures of them."""

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, Value, When

from access.policy import visible
from access.roles import Actor
from accounts.models import Account
from provisioning.core.cost_report import OVER
from provisioning.core.snapshot import Section
from provisioning.models import AccountFacts, BudgetStatus, SnapshotRecord

SEEN, NONE_SEEN, NONE_DECLARED, UNKNOWN = "seen", "none_seen", "none_declared", "unknown"
STATES = (SEEN, NONE_SEEN, NONE_DECLARED, UNKNOWN)
WITHOUT = (NONE_SEEN, NONE_DECLARED)
_READ = Section.BUDGETS.value


def with_budget(accounts: QuerySet[Account]) -> QuerySet[Any]:
    """Each with `budget`: `seen` there; `none_seen` where they were read; `none_declared`, so nobody looked; else
    `unknown`: not looked at yet, or unreadable.
    """
    facts = AccountFacts.objects.filter(account=OuterRef("pk"))
    return accounts.annotate(
        budget=Case(
            When(Exists(BudgetStatus.objects.filter(account=OuterRef("pk"))), then=Value(SEEN)),
            When(Exists(facts.filter(data__has_key=_READ)), then=Value(NONE_SEEN)),
            When(~Exists(facts), then=Value(UNKNOWN)),
            When(Exists(_asked()), then=Value(UNKNOWN)),
            default=Value(NONE_DECLARED),
            output_field=CharField(),
        )
    )


def _asked() -> QuerySet[SnapshotRecord]:
    """The account's newest snapshot, where it tried to read budgets."""
    newest = SnapshotRecord.objects.filter(account=OuterRef(OuterRef("pk"))).order_by("-last_seen_at", "-id")
    return SnapshotRecord.objects.filter(pk=Subquery(newest.values("pk")[:1]), manifest__has_key=_READ)


def without_budget(accounts: QuerySet[Account]) -> QuerySet[Any]:
    """The managed ones that have none."""
    return with_budget(accounts.filter(state=Account.State.MANAGED)).filter(budget__in=WITHOUT)


def budgets_of(account_ids: Collection[str]) -> dict[str, str]:
    """How each account stands to budgets, by its id."""
    rows = with_budget(Account.objects.filter(pk__in=account_ids)).values_list("pk", "budget")
    return dict(rows.order_by())


def over_percent(statuses: QuerySet[BudgetStatus], percent: Decimal = OVER) -> QuerySet[BudgetStatus]:
    """Budgets that have used more than so much of their limit."""
    return statuses.filter(used_percent__gt=percent)


def current(statuses: QuerySet[BudgetStatus]) -> QuerySet[BudgetStatus]:
    """Of accounts that are neither suspended nor gone."""
    aside = [Account.State.SUSPENDED, Account.State.LEFT]
    return statuses.exclude(account__state__in=aside)


def budget_figures(actor: Actor) -> dict[str, int]:
    """Of the accounts that the actor may see."""
    statuses = current(visible(BudgetStatus.objects.all(), actor, through="account")).order_by()
    counted = statuses.aggregate(
        over=Count("account_id", distinct=True, filter=Q(used_percent__gt=OVER)),
        crossed=Sum("thresholds_crossed", default=0),
    )
    return {
        "accounts_without": without_budget(visible(Account.objects.all(), actor)).count(),
        "accounts_over_80_percent": counted["over"],
        "thresholds_crossed": counted["crossed"],
    }


def with_reading(statuses: QuerySet[BudgetStatus]) -> QuerySet[Any]:
    """Each with `observed_at` of the last look, and `is_read`: whether that look could read the budgets."""
    return statuses.annotate(observed_at=F("kept_in__facts__observed_at")).annotate(
        is_read=Case(When(kept_in__facts__data__has_key=_READ, then=Value(True)), default=Value(False))
    )
