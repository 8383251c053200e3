"""W16: budgets of every type, scoped by service and tag, with amounts per account; in the account or at the payer."""

from typing import Any

import pytest

from sandbox.client import Sandbox
from tests.scenarios.firstline import Firstline
from tests.scenarios.workshop.declaring import budget, keep, move, refused
from tests.services.fleet import DEV, TEST

pytestmark = pytest.mark.django_db(transaction=True)
PAYER = "777766665555"
BASELINE = """
parameters:
  s3_limit: {type: decimal, default: "10"}
resources:
  budget:
    s3-monthly:
      type: cost
      limit: {amount: "{{ s3_limit }}", unit: USD}
      period: monthly
      filter: {service: [Amazon Simple Storage Service], tag: {team: [data]}}
    hours:
      type: usage
      limit: {amount: "750", unit: Hrs}
      period: quarterly
      filter: {usage_type_group: ["EC2: Running Hours"]}
    seasonal:
      type: cost
      planned_limits: {unit: USD, amounts: [10, 10, 10, 20, 20, 20, 30, 30, 30, 40, 40, 40]}
      period: monthly
    as-usual:
      type: cost
      auto_adjust: {by: historical, lookback: 6}
      period: monthly
      filter_expression:
        and:
          - {dimension: region, values: [eu-central-1]}
          - {not: {dimension: service, values: [AWS Support], match: starts_with}}
      metric: net_unblended_cost
    reserved:
      type: ri_coverage
      period: monthly
      filter: {service: [Amazon Redshift]}
    plans:
      type: savings_plans_utilization
      period: annually
"""
AT_PAYER = """
parameters:
  limit: {type: decimal, default: "100"}
resources:
  budget:
    all: {type: cost, limit: {amount: "{{ limit }}", unit: USD}, period: monthly, at: payer}
"""


@pytest.fixture
def organisation(sandbox: Sandbox) -> dict[str, Any]:
    """Two members, and the management account with Firstline's roles for it."""
    members = [{"id": one, "name": name, "environment": name} for one, name in ((DEV, "dev"), (TEST, "test"))]
    return sandbox.organisation(accounts=members, management_account=PAYER, payer_roles=True)


def test_every_type_is_made_stays_and_is_put_back(firstline: Firstline) -> None:
    firstline.register(DEV)
    keep(firstline, "budgets", BASELINE, DEV, parameters={"s3_limit": "25"})
    firstline.start()
    firstline.until_in_sync(DEV)
    made = {name: one["body"] for name, one in firstline.sandbox.state(DEV)["budgets"].items()}
    assert made["s3-monthly"]["BudgetLimit"] == {"Amount": "25.0", "Unit": "USD"}
    assert made["s3-monthly"]["CostFilters"]["TagKeyValue"] == ["user:team$data"]
    assert len(made["seasonal"]["PlannedBudgetLimits"]) == 12
    assert made["as-usual"]["AutoAdjustData"]["HistoricalOptions"] == {"BudgetAdjustmentPeriod": 6}
    assert made["as-usual"]["Metrics"] == ["NetUnblendedCost"]
    assert made["reserved"]["BudgetLimit"] == made["plans"]["BudgetLimit"] == {"Amount": "100.0", "Unit": "PERCENTAGE"}
    somebody_raises_the_limit_in_the_newer_console(firstline, made["s3-monthly"])
    assert firstline.look(DEV)["state"] == "done" and firstline.verdict(DEV) == ("in_sync", "")


def somebody_raises_the_limit_in_the_newer_console(firstline: Firstline, body: dict[str, Any]) -> None:
    """The console writes the newer dialect: what it counts is the same, what it allows is not."""
    service = {"Dimensions": {"Key": "SERVICE", "Values": ["Amazon Simple Storage Service"]}}
    newer = {
        "BudgetName": "s3-monthly",
        "BudgetType": "COST",
        "TimeUnit": "MONTHLY",
        "BudgetLimit": {"Amount": "500", "Unit": "USD"},
        "FilterExpression": {"And": [service, {"Tags": {"Key": "team", "Values": ["data"]}}]},
        "Metrics": ["UnblendedCost"],
    }
    firstline.sandbox.client("budgets", DEV).update_budget(AccountId=DEV, NewBudget=newer)
    firstline.look(DEV)
    drift = {row["path"]: row["type"] for row in firstline.rows("drift", account=DEV) if row["path"]}
    assert drift == {"limit": "changed"}
    firstline.until_in_sync(DEV)
    shown = budget(firstline, DEV, "s3-monthly")["body"]
    assert shown["BudgetLimit"] == body["BudgetLimit"] and shown["FilterExpression"] == newer["FilterExpression"]


def test_budget_at_the_payer_is_written_by_the_payers_run_and_shown_at_the_member(firstline: Firstline) -> None:
    firstline.register(DEV, TEST)
    register_the_payer(firstline)
    row = keep(firstline, "at-payer", AT_PAYER, DEV)
    firstline.start()
    name = f"{DEV}-all"
    firstline.until(lambda: budget(firstline, PAYER, name), "the payer's budget")
    firstline.until_in_sync(PAYER, DEV)
    assert budget(firstline, PAYER, name)["body"]["CostFilters"] == {"LinkedAccount": [DEV]}
    assert firstline.writes(DEV) == [] and firstline.sandbox.state(DEV)["budgets"] == {}
    shown = firstline.get(f"accounts/{DEV}/desired-state")
    assert (shown["items"], shown["payer"], [one["name"] for one in shown["at_payer"]]) == ([], PAYER, [name])
    (item,) = firstline.get(f"accounts/{PAYER}/desired-state")["items"]
    assert (item["name"], item["origins"][0]["member"]) == (name, DEV)
    move(firstline, row, parameters={"limit": "250"})
    raised = {"Amount": "250.0", "Unit": "USD"}
    firstline.until(lambda: budget(firstline, PAYER, name)["body"]["BudgetLimit"] == raised, "the raised limit")
    the_member_leaves(firstline, name)


def register_the_payer(firstline: Firstline) -> None:
    otto = firstline.person("otto", "operator")
    row = {"account_id": PAYER, "name": "payer", "environment": "test", "ou_path": "/"}
    firstline.post(otto, "accounts", row, 201)
    answer = otto.patch(f"/api/v1/accounts/{PAYER}", {"is_management_account": True})
    assert answer.json()["is_management_account"] is True


def the_member_leaves(firstline: Firstline, name: str) -> None:
    firstline.post(firstline.person("otto", "operator"), f"accounts/{DEV}/leave", {"reason": "closed"})
    asked = {"account": PAYER, "state": "open"}
    firstline.until(lambda: [row["type"] for row in firstline.rows("drift", **asked)] == ["extra"], "its budget extra")
    assert budget(firstline, PAYER, name), "nothing is removed by itself"


def test_each_refusal_names_the_field_and_what_to_do(firstline: Firstline) -> None:
    told = refused(
        firstline,
        """
resources:
  budget:
    "a:b": {type: cost, period: monthly}
    half: {type: ri_utilization, period: daily, limit: {amount: "50", unit: PERCENTAGE}, filter: {}}
    types: {type: usage, period: monthly, limit: {amount: "1", unit: GB}, cost_types: {include_tax: false}}
    both: {type: cost, period: monthly, limit: {amount: "1", unit: USD}, filter: {}, filter_expression: {}}
    plan: {type: cost, period: annually, planned_limits: {unit: USD, amounts: [1, 2, 3, 4]}}
""",
    )
    at = "/resources/budget"
    assert {
        f"{at}/a:b",
        f"{at}/a:b/limit",
        f"{at}/half/limit/amount",
        f"{at}/half/filter/service",
        f"{at}/types/cost_types",
        f"{at}/both/filter",
        f"{at}/both/metric",
        f"{at}/plan/period",
    } <= told.keys()
    assert "exactly one of limit" in told[f"{at}/a:b/limit"]
