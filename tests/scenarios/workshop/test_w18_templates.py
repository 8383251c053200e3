"""W18: the console's four templates: zero spend, monthly cost, and the daily ones of coverage and use."""

from typing import Any

import pytest

from tests.scenarios.firstline import Firstline
from tests.scenarios.workshop.declaring import budget, keep, refused
from tests.services.fleet import DEV

pytestmark = pytest.mark.django_db(transaction=True)
BASELINE = """
parameters:
  alert_email: {type: email, required: true}
resources:
  budget:
    My Zero-Spend Budget: {template: zero_spend, subscribers: [{email: "{{ alert_email }}"}]}
    My Monthly Cost Budget:
      template: monthly_cost
      limit: {amount: "100", unit: USD}
      subscribers: [{email: "{{ alert_email }}"}]
    plans: {template: daily_savings_plans_coverage, target: 70, subscribers: [{email: "{{ alert_email }}"}]}
    reserved: {template: daily_ri_utilization, target: 80, subscribers: [{email: "{{ alert_email }}"}]}
"""
GIVEN = {"alert_email": "costs@example.com"}


def test_templates_make_what_the_console_makes_and_keep_it(firstline: Firstline) -> None:
    firstline.register(DEV)
    keep(firstline, "templates", BASELINE, DEV, parameters=GIVEN)
    firstline.start()
    firstline.until_in_sync(DEV)
    zero, monthly = budget(firstline, DEV, "My Zero-Spend Budget"), budget(firstline, DEV, "My Monthly Cost Budget")
    assert zero["body"]["BudgetLimit"] == {"Amount": "1.0", "Unit": "USD"}
    left_out = {name for name, counted in zero["body"]["CostTypes"].items() if not counted}
    assert left_out == {"IncludeCredit", "IncludeRefund", "UseAmortized", "UseBlended"}
    assert alerts(zero) == [("ACTUAL", "GREATER_THAN", 0.01, "ABSOLUTE_VALUE")]
    assert alerts(monthly) == [
        ("ACTUAL", "GREATER_THAN", 85.0, "PERCENTAGE"),
        ("ACTUAL", "GREATER_THAN", 100.0, "PERCENTAGE"),
        ("FORECASTED", "GREATER_THAN", 100.0, "PERCENTAGE"),
    ]
    shares = {name: budget(firstline, DEV, name) for name in ("plans", "reserved")}
    assert {name: (one["body"]["BudgetType"], one["body"]["TimeUnit"]) for name, one in shares.items()} == {
        "plans": ("SAVINGS_PLANS_COVERAGE", "DAILY"),
        "reserved": ("RI_UTILIZATION", "DAILY"),
    }
    assert alerts(shares["plans"]) == [("ACTUAL", "LESS_THAN", 70.0, "PERCENTAGE")]
    puts_back_an_alert_that_was_removed(firstline)


def alerts(shown: dict[str, Any]) -> list[tuple[str, str, float, str]]:
    return sorted(
        (
            one["NotificationType"],
            one["ComparisonOperator"],
            one["Threshold"],
            one.get("ThresholdType", "PERCENTAGE"),
        )
        for one in shown["notifications"]
    )


def puts_back_an_alert_that_was_removed(firstline: Firstline) -> None:
    budgets = firstline.sandbox.client("budgets", DEV)
    budgets.delete_budget(AccountId=DEV, BudgetName="reserved")
    firstline.look(DEV)
    found = [(row["name"], row["type"]) for row in firstline.rows("drift", account=DEV)]
    assert ("reserved", "missing") in found
    firstline.until(lambda: budget(firstline, DEV, "reserved"), "the budget to be there again")
    firstline.until_in_sync(DEV)


def test_template_takes_its_own_fields_only(firstline: Firstline) -> None:
    told = refused(
        firstline,
        "resources: {budget: {a: {template: monthly_cost}, b: {template: zero_spend, limit: {amount: '1', unit: USD},"
        " period: daily, subscribers: [{email: a@b.org}]}, c: {template: no_spend, subscribers: []}}}",
    )
    at = "/resources/budget"
    assert {
        f"{at}/a/limit",
        f"{at}/a/subscribers",
        f"{at}/b/limit",
        f"{at}/b/period",
        f"{at}/c/template",
    } <= told.keys()
