"""W21: the fleet's costs at a glance: who is over 80 %, who has no budget, and what was done about billing."""

from typing import Any

import pytest

from tests.scenarios.firstline import Firstline
from tests.services.fleet import DEV, PROD, TEST

pytestmark = pytest.mark.django_db(transaction=True)
BUDGET = """
resources:
  billing_access: {activated: true}
  budget:
    all: {type: cost, limit: {amount: "100", unit: USD}, period: monthly, notifications: [
      {when: actual, above: 80, unit: percent, subscribers: [{email: costs@example.org}]}]}
"""
GROUP = "resources: {iam.group: {Developers: {attached_policies: [ReadOnlyAccess]}}}"


def figures(firstline: Firstline) -> tuple[int, int, int]:
    found = firstline.get("fleet")["budgets"]
    return found["accounts_without"], found["accounts_over_80_percent"], found["thresholds_crossed"]


def without(firstline: Firstline) -> dict[str, str]:
    return {row["account_id"]: row["budget"] for row in firstline.rows("accounts", budget="none")}


def test_fleet_shows_who_spends_too_much_and_who_has_no_budget(firstline: Firstline) -> None:
    firstline.register(DEV, TEST, PROD)
    firstline.start()
    firstline.until_managed(DEV, TEST, PROD)
    firstline.keep("costs", BUDGET)
    firstline.keep("groups", GROUP, TEST)
    firstline.keep("seen", BUDGET, PROD, mode="observe")
    firstline.until(lambda: firstline.rows("budget-statuses", account=DEV), "the budget to be there and seen")
    firstline.look(TEST)
    firstline.look(PROD)
    assert without(firstline) == {TEST: "none_declared", PROD: "none_seen"}
    assert figures(firstline) == (2, 0, 0)
    firstline.sandbox.spend(DEV, "all", "80.01")
    firstline.look(DEV)
    assert figures(firstline) == (2, 1, 1)
    assert [row["account_id"] for row in firstline.rows("budget-statuses", over="80")] == [DEV]
    what_cannot_be_read_is_not_missing(firstline)
    a_budget_that_somebody_changed_is_seen(firstline)
    a_turn_of_the_billing_switch_is_told(firstline)
    nobody_is_counted_beyond_ones_scope(firstline)


def what_cannot_be_read_is_not_missing(firstline: Firstline) -> None:
    firstline.sandbox.fault("denied", account=PROD, operation="DescribeBudgets")
    firstline.look(PROD)
    assert firstline.get(f"accounts/{PROD}")["budget"] == "unknown" and PROD not in without(firstline)
    firstline.sandbox.fault("denied", account=DEV, operation="DescribeBudgets")
    firstline.look(DEV)
    (row,) = firstline.rows("budget-statuses", account=DEV)
    assert (row["is_read"], row["used_percent"]) == (False, "80.01")
    firstline.sandbox.clear_faults()
    firstline.look(PROD)
    assert without(firstline)[PROD] == "none_seen"


def a_budget_that_somebody_changed_is_seen(firstline: Firstline) -> None:
    budgets = firstline.sandbox.client("budgets", DEV)
    wanted = {"BudgetName": "all", "BudgetType": "COST", "TimeUnit": "MONTHLY"}
    budgets.update_budget(AccountId=DEV, NewBudget={**wanted, "BudgetLimit": {"Amount": "9000", "Unit": "USD"}})
    firstline.look(DEV)
    told = firstline.rows("history", account=DEV, verb="drift.opened")
    assert [event for event in told if "budget/all" in event["subject"]], told
    firstline.until(lambda: not firstline.drift() & {("budget/all limit", "changed", "auto")}, "its repair")
    firstline.look(DEV)
    assert firstline.rows("budget-statuses", account=DEV)[0]["used_percent"] == "80.01"


def a_turn_of_the_billing_switch_is_told(firstline: Firstline) -> None:
    firstline.sandbox.turn_billing_access(DEV)
    firstline.look(DEV)
    (told,) = firstline.rows("history", account=DEV, verb="billing_access.turned")
    assert told["detail"]["by"] == "root"


def nobody_is_counted_beyond_ones_scope(firstline: Firstline) -> None:
    pia = firstline.as_("viewer", "pia", scope=f"account:{TEST}")
    shown: Any = pia.get("/api/v1/fleet").json()["budgets"]
    assert shown == {"accounts_without": 1, "accounts_over_80_percent": 0, "thresholds_crossed": 0}
    assert pia.get("/api/v1/budget-statuses").json()["results"] == []
