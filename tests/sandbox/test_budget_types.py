"""Budgets of every type: what AWS refuses of limits, filters and alerts (API reference, user guide)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.sandbox.refusals import refused
from tests.sandbox.test_budgets import ABOVE_70, ACCOUNT, body, create, describe, mail, named

PERCENT = {"Amount": "100", "Unit": "PERCENTAGE"}
EC2 = {"Service": ["Amazon Elastic Compute Cloud - Compute"]}
S3 = {"Dimensions": {"Key": "SERVICE", "Values": ["Amazon S3"]}}
RESERVED = {"BudgetType": "RI_UTILIZATION", "TimeUnit": "DAILY", "BudgetLimit": PERCENT, "CostFilters": EC2}


def plan(months: int, first: int = 0) -> dict[str, Any]:
    now = datetime.now(UTC)
    numbers = [now.year * 12 + now.month - 1 + first + number for number in range(months)]
    starts = [int(datetime(number // 12, number % 12 + 1, 1, tzinfo=UTC).timestamp()) for number in numbers]
    return {str(start): {"Amount": str(index), "Unit": "USD"} for index, start in enumerate(starts, 1)}


def historical(periods: int) -> dict[str, Any]:
    return {"AutoAdjustType": "HISTORICAL", "HistoricalOptions": {"BudgetAdjustmentPeriod": periods}}


@pytest.mark.parametrize("limit", [PERCENT, None])
def test_percentages_are_always_of_a_hundred(budgets: Any, limit: Any) -> None:
    create(budgets, **RESERVED | {"BudgetLimit": limit})
    shown = describe(budgets)
    assert shown["BudgetLimit"] == {"Amount": "100.0", "Unit": "PERCENTAGE"} and "CostTypes" not in shown


def test_planned_limits_show_the_present_one_as_the_limit(budgets: Any) -> None:
    create(budgets, BudgetLimit=None, PlannedBudgetLimits=plan(12))
    shown = describe(budgets)
    assert len(shown["PlannedBudgetLimits"]) == 12 and shown["BudgetLimit"] == {"Amount": "1.0", "Unit": "USD"}


@pytest.mark.parametrize(("unit", "most"), [("DAILY", 60), ("MONTHLY", 12), ("QUARTERLY", 4), ("ANNUALLY", 1)])
def test_lookback_has_a_longest_per_period(budgets: Any, unit: str, most: int) -> None:
    create(budgets, BudgetLimit=None, TimeUnit=unit, AutoAdjustData=historical(most))
    with refused("InvalidParameterException"):
        budgets.update_budget(
            AccountId=ACCOUNT,
            NewBudget=body(BudgetLimit=None, TimeUnit=unit, AutoAdjustData=historical(most + 1)),
        )


@pytest.mark.parametrize(
    "changes",
    [
        RESERVED | {"BudgetLimit": {"Amount": "90", "Unit": "PERCENTAGE"}},
        RESERVED | {"BudgetLimit": {"Amount": "100", "Unit": "USD"}},
        RESERVED | {"CostFilters": {"Service": ["a", "b"]}},
        RESERVED | {"CostFilters": None},
        RESERVED | {"CostTypes": {"IncludeTax": False}},
        RESERVED | {"BudgetLimit": None, "AutoAdjustData": {"AutoAdjustType": "FORECAST"}},
        {"BudgetLimit": None, "PlannedBudgetLimits": plan(12, first=1)},
        {"BudgetLimit": None, "PlannedBudgetLimits": plan(13)},
        {"BudgetLimit": None, "TimeUnit": "ANNUALLY", "PlannedBudgetLimits": plan(12)},
        {"PlannedBudgetLimits": plan(12)},
        {"BudgetLimit": None, "AutoAdjustData": {"AutoAdjustType": "HISTORICAL"}},
        {"BudgetLimit": None, "AutoAdjustData": historical(1) | {"AutoAdjustType": "FORECAST"}},
        {"FilterExpression": {"And": [S3]}, "Metrics": ["UnblendedCost"]},
        {"FilterExpression": {"Not": {"Not": {"Not": S3}}}, "Metrics": ["UnblendedCost"]},
        {"FilterExpression": S3 | {"Not": S3}, "Metrics": ["UnblendedCost"]},
    ],
)
def test_what_a_type_does_not_take_is_refused(budgets: Any, changes: dict[str, Any]) -> None:
    with refused("InvalidParameterException"):
        create(budgets, **changes)


def test_percentages_have_no_forecast(budgets: Any) -> None:
    with refused("InvalidParameterException"):
        create(budgets, ABOVE_70 | {"NotificationType": "FORECASTED"}, **RESERVED | {"TimeUnit": "MONTHLY"})


def test_a_budget_takes_ten_notifications(budgets: Any) -> None:
    create(budgets)
    for number in range(9):
        alert = ABOVE_70 | {"Threshold": float(number)}
        budgets.create_notification(**named(), Notification=alert, Subscribers=[mail()])
    with refused("CreationLimitExceededException"):
        budgets.create_notification(**named(), Notification=ABOVE_70 | {"Threshold": 99.0}, Subscribers=[mail()])
