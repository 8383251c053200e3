"""Budgets and accounts without one, over REST."""

from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from provisioning.models import AccountFacts, BudgetStatus
from tests import factories
from tests.api.conftest import As

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> dict[str, BudgetStatus]:
    made = {}
    for name, environment, used in (("a", "dev", "81"), ("b", "prod", "80"), ("c", "prod", None)):
        account = factories.account(name=name, environment=environment)
        AccountFacts.objects.create(account=account, data={"budgets": {}}, observed_at=timezone.now())
        given: dict[str, Any] = {"type": "cost" if used else "ri_coverage", "period": "monthly", "unit": "USD"}
        given["used_percent"] = None if used is None else Decimal(used)
        made[name] = BudgetStatus.objects.create(
            kept_in=account, account=account, name=name, crossed=[], thresholds_crossed=int(name == "b"), **given
        )
    return made


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, "abc"),
        ({"environment": "prod"}, "bc"),
        ({"type": "ri_coverage"}, "c"),
        ({"over": "80"}, "a"),
        ({"over": "79.5"}, "ab"),
        ({"crossed": "true"}, "b"),
        ({"crossed": "false"}, "ac"),
    ],
)
def test_lists_are_cut_by_what_one_looks_for(as_: As, rows: Any, asked: dict[str, str], found: str) -> None:
    shown = as_("viewer").get("/api/v1/budget-statuses", asked).json()["results"]
    assert "".join(row["name"] for row in shown) == found


@pytest.mark.parametrize("asked", [{"over": "x"}, {"over": "-1"}, {"crossed": "1"}, {"more": "1"}, {"over": "NaN"}])
def test_senseless_questions_are_refused(as_: As, rows: Any, asked: dict[str, str]) -> None:
    assert as_("viewer").get("/api/v1/budget-statuses", asked).status_code == 400


def test_accounts_set_aside_are_shown_only_when_named(as_: As, rows: dict[str, BudgetStatus]) -> None:
    account = rows["a"].account
    account.state = "suspended"
    account.save()
    client = as_("viewer")
    everything = client.get("/api/v1/budget-statuses").json()["results"]
    assert [row["name"] for row in everything] == ["b", "c"]
    named = client.get("/api/v1/budget-statuses", {"account": account.pk}).json()["results"]
    assert [row["name"] for row in named] == ["a"]


def test_lists_have_pages(as_: As, rows: Any) -> None:
    client = as_("viewer")
    first = client.get("/api/v1/budget-statuses", {"limit": "2"})
    assert 'rel="next"' in first["Link"]
    last = client.get(first.json()["next"]).json()
    assert [row["name"] for row in first.json()["results"] + last["results"]] == ["a", "b", "c"]


def test_accounts_say_how_they_stand_to_budgets(as_: As, rows: dict[str, BudgetStatus]) -> None:
    bare = factories.account()
    client = as_("viewer")
    assert client.get(f"/api/v1/accounts/{rows['a'].account_id}").json()["budget"] == "seen"
    assert client.get(f"/api/v1/accounts/{bare.pk}").json()["budget"] == "unknown"
    AccountFacts.objects.create(account=bare, data={}, observed_at=timezone.now())
    (found,) = client.get("/api/v1/accounts", {"budget": "none"}).json()["results"]
    assert (found["account_id"], found["budget"]) == (bare.pk, "none_declared")


def test_report_without_a_mail_server_is_refused_with_what_to_do(as_: As) -> None:
    body = {"name": "x", "every": "daily", "hour": 7, "recipients": ["a@example.org"], "scope": "fleet"}
    answer = as_("operator").post("/api/v1/reports", body)
    assert (answer.status_code, answer.json()["code"]) == (409, "no_mail_server")
    assert "FIRSTLINE_SMTP_HOST" in answer.json()["detail"]
