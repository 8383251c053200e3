"""How budgets stand is written down by looks: what changed, no more, and never what nobody could read."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access.roles import Role, actor
from accounts.models import Account
from provisioning.core.snapshot import Complete, Section, Snapshot, Unreadable
from provisioning.models import AccountFacts, BudgetStatus
from provisioning.services.budget_figures import budget_figures, budgets_of, without_budget
from provisioning.services.store_budget_statuses import store_budget_statuses
from tests import factories
from tests.services.fleet import DEV, PROD, Fleet, item

NOW = timezone.now
BUDGET = {"type": "cost", "limit": {"amount": "100", "unit": "USD"}, "period": "monthly"}
RINGS = {"when": "actual", "above": 80, "unit": "percent", "subscribers": [{"email": "ann@example.org"}]}


def body(name: str = "all", amount: str = "100", **fields: Any) -> dict[str, Any]:
    limit = {"Amount": amount, "Unit": "USD"}
    return {"BudgetName": name, "BudgetType": "COST", "TimeUnit": "MONTHLY", "BudgetLimit": limit, **fields}


def store(account: Account, *bodies: dict[str, Any], spent: str = "10", is_new: bool = False) -> int:
    """A look's budgets; how many statements it took."""
    spends = {one["BudgetName"]: {"CalculatedSpend": {"ActualSpend": {"Amount": spent}}} for one in bodies}
    facts = {Section.BUDGETS.value: spends, Section.BUDGET_NOTIFICATIONS.value: {}}
    snapshot = Snapshot(account.pk, "aws", {Section.BUDGETS: Complete({"budgets": list(bodies)}, NOW())})
    with CaptureQueriesContext(connection) as asked:
        store_budget_statuses(snapshot, facts, is_new=is_new)
    return len(asked)


def names() -> list[tuple[str, str, str]]:
    return list(BudgetStatus.objects.values_list("kept_in_id", "account_id", "name").order_by("name"))


@pytest.mark.django_db
def test_quiet_look_asks_once_and_writes_nothing() -> None:
    account = factories.account()
    store(account, body(), body("more"))
    before = list(BudgetStatus.objects.order_by("pk").values())
    assert store(account, body(), body("more")) == 1
    assert list(BudgetStatus.objects.order_by("pk").values()) == before


@pytest.mark.django_db
def test_account_without_budgets_is_asked_nothing() -> None:
    with CaptureQueriesContext(connection) as asked:
        store_budget_statuses(Snapshot("111111111111", "aws", {}), {}, is_new=False)
    assert len(asked) == 0


@pytest.mark.django_db
def test_only_what_changed_is_replaced() -> None:
    account = factories.account()
    store(account, body(), body("more"))
    before = {row.name: row.changed_at for row in BudgetStatus.objects.all()}
    store(account, body(), body("more", "200"))
    after = {row.name: row for row in BudgetStatus.objects.all()}
    assert after["all"].changed_at == before["all"] and after["more"].changed_at > before["more"]
    assert (after["more"].limit, after["more"].used_percent) == (200, 5)


@pytest.mark.django_db
def test_gone_budget_goes_and_unread_ones_stay() -> None:
    account = factories.account()
    store(account, body(), body("more"))
    unread = Snapshot(account.pk, "aws", {Section.BUDGETS: Unreadable("denied")})
    store_budget_statuses(unread, {}, is_new=True)
    assert len(names()) == 2
    store(account, body())
    assert [name for _, _, name in names()] == ["all"]


@pytest.mark.django_db
def test_what_is_no_longer_looked_at_is_forgotten() -> None:
    account = factories.account()
    store(account, body())
    store_budget_statuses(Snapshot(account.pk, "aws", {}), {}, is_new=True)
    assert names() == []


@pytest.mark.django_db
def test_budget_kept_at_the_payer_is_its_members() -> None:
    payer, member = factories.account("999999999999"), factories.account("111111111111")
    linked = {"CostFilters": {"LinkedAccount": [member.pk]}}
    store(payer, body("a-all", **linked), body("b", CostFilters={"LinkedAccount": ["222222222222"]}))
    assert names() == [(payer.pk, member.pk, "a-all"), (payer.pk, payer.pk, "b")]
    assert budgets_of([member.pk]) == {member.pk: "seen"}
    assert store(payer, body("a-all", **linked)) <= 2
    factories.account("222222222222")
    store(payer, body("b", CostFilters={"LinkedAccount": ["222222222222"]}))
    assert names() == [(payer.pk, "222222222222", "b")]


@pytest.mark.django_db
def test_accounts_are_told_apart_by_what_is_known_of_their_budgets() -> None:
    seen, empty, undeclared, unread, new, gone = (factories.account(name=str(n)) for n in range(6))
    Account.objects.filter(pk=gone.pk).update(state="left")
    store(seen, body(), spent="90")
    facts: dict[Account, dict[str, Any]] = {seen: {"budgets": {}}, empty: {"budgets": {}}, undeclared: {}, unread: {}}
    for account, data in facts.items():
        AccountFacts.objects.create(account=account, data=data, observed_at=NOW())
    factories.snapshot(unread)
    found = budgets_of([one.pk for one in (seen, empty, undeclared, unread, new)])
    assert list(found.values()) == ["seen", "none_seen", "none_declared", "unknown", "unknown"]
    assert set(without_budget(Account.objects.all())) == {empty, undeclared}
    figures = budget_figures(actor("vera", [Role.VIEWER]))
    assert figures == {"accounts_without": 2, "accounts_over_80_percent": 1, "thresholds_crossed": 0}


@pytest.mark.django_db(transaction=True)
def test_a_look_writes_what_aws_tells(fleet: Fleet) -> None:
    fleet.register()
    fleet.declare(DEV, item("budget", "all", {**BUDGET, "notifications": [RINGS]}))
    fleet.converge()
    fleet.sandbox.spend(DEV, "all", "81", "130")
    fleet.look()
    row = BudgetStatus.objects.get()
    assert (row.used_percent, row.forecast_percent, row.thresholds_crossed) == (81, 130, 1)
    fleet.sandbox.fault("denied", account=DEV, operation="DescribeBudgetNotificationsForAccount")
    fleet.look()
    assert BudgetStatus.objects.get().crossed is None


@pytest.mark.django_db(transaction=True)
def test_a_quiet_account_without_budgets_makes_no_call_more(fleet: Fleet) -> None:
    fleet.register(PROD, "prod")
    fleet.declare(PROD, item("iam.group", "Developers", {"attached_policies": ["ReadOnlyAccess"]}))
    fleet.look(PROD)
    assert not [call for call in fleet.sandbox.calls(PROD) if call["service"] == "budgets"]
    assert not BudgetStatus.objects.exists()
