"""How budgets stand, from what AWS tells of them."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from provisioning.core.budget_status import MOST_PERCENT, BudgetState, budget_states

NOW = datetime(2026, 5, 10, tzinfo=UTC)


def body(**fields: Any) -> dict[str, Any]:
    made = {"BudgetName": "all", "BudgetType": "COST", "TimeUnit": "MONTHLY"}
    return made | {"BudgetLimit": {"Amount": "200.0", "Unit": "USD"}} | fields


def spend(actual: str, forecast: str = "") -> dict[str, Any]:
    found = {"ActualSpend": {"Amount": actual, "Unit": "USD"}}
    return {"all": {"CalculatedSpend": found | ({"ForecastedSpend": {"Amount": forecast}} if forecast else {})}}


def state(given: dict[str, Any] | None = None, facts: Any = None, alarms: Any = None) -> BudgetState:
    (found,) = budget_states({"budgets": [given or body()]}, facts or {}, alarms, NOW)
    return found


def alarm(**fields: Any) -> dict[str, Any]:
    made = {"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": 80.0}
    return made | {"NotificationState": "ALARM"} | fields


def test_use_and_forecast_are_percents_of_the_limit() -> None:
    found = state(facts=spend("170.5", "2.5E2"))
    assert (found.limit, found.actual, found.forecast) == (200, Decimal("170.5"), 250)
    assert (found.used_percent, found.forecast_percent) == (Decimal("85.25"), 125)
    assert (found.type, found.period, found.unit) == ("cost", "monthly", "USD")


def test_what_aws_does_not_tell_is_none_and_never_zero() -> None:
    found = state()
    assert (found.actual, found.forecast, found.used_percent, found.forecast_percent) == (None,) * 4
    assert state(facts=spend("NaN")).actual is None
    assert state(facts=spend("1e400")).actual is None


def test_coverage_is_no_use_of_a_limit() -> None:
    given = body(BudgetType="RI_COVERAGE", BudgetLimit={"Amount": "100.0", "Unit": "PERCENTAGE"})
    found = state(given, spend("40"))
    assert (found.actual, found.unit, found.used_percent) == (40, "percent", None)


@pytest.mark.parametrize(("actual", "percent"), [("0", 0), ("0.01", MOST_PERCENT), ("1E15", MOST_PERCENT)])
def test_limit_of_zero_is_passed_by_any_spend(actual: str, percent: Decimal) -> None:
    assert state(body(BudgetLimit={"Amount": "0", "Unit": "USD"}), spend(actual)).used_percent == percent


def test_planned_limit_is_that_of_the_present_period() -> None:
    months = {
        str(int(datetime(2026, n, 1, tzinfo=UTC).timestamp())): {"Amount": f"{n}00", "Unit": "USD"} for n in (4, 5, 6)
    }
    given = body(PlannedBudgetLimits=months)
    del given["BudgetLimit"]
    assert state(given, spend("250")).used_percent == 50
    assert state(body(PlannedBudgetLimits=months)).limit == 200, "AWS's own word for the present period comes first"


def test_only_what_rings_is_crossed() -> None:
    alarms = {
        "all": [
            alarm(Threshold=100.0, NotificationType="FORECASTED"),
            alarm(),
            alarm(Threshold=12.5, ThresholdType="ABSOLUTE_VALUE"),
            alarm(Threshold=90.0, NotificationState="OK"),
        ]
    }
    assert state(alarms=alarms).crossed == (
        {"when": "actual", "is": "above", "threshold": "12.5", "unit": "absolute"},
        {"when": "actual", "is": "above", "threshold": "80", "unit": "percent"},
        {"when": "forecasted", "is": "above", "threshold": "100", "unit": "percent"},
    )
    assert state(alarms={}).crossed == ()
    assert state(alarms=None).crossed is None, "unread is not uncrossed"


@pytest.mark.parametrize(
    ("fields", "member"),
    [
        ({}, ""),
        ({"CostFilters": {"LinkedAccount": ["111111111111"]}}, "111111111111"),
        ({"CostFilters": {"LinkedAccount": ["111111111111", "222222222222"]}}, ""),
        ({"FilterExpression": {"Dimensions": {"Key": "LINKED_ACCOUNT", "Values": ["111111111111"]}}}, "111111111111"),
        (
            {
                "FilterExpression": {
                    "And": [
                        {"Dimensions": {"Key": "SERVICE", "Values": ["Amazon S3"]}},
                        {"Dimensions": {"Key": "LINKED_ACCOUNT", "Values": ["111111111111"]}},
                    ]
                }
            },
            "111111111111",
        ),
        ({"FilterExpression": {"Not": {"Dimensions": {"Key": "LINKED_ACCOUNT", "Values": ["111111111111"]}}}}, ""),
        (
            {
                "FilterExpression": {
                    "Dimensions": {"Key": "LINKED_ACCOUNT", "Values": ["1"], "MatchOptions": ["CONTAINS"]}
                }
            },
            "",
        ),
    ],
)
def test_budget_that_lets_one_linked_account_through_counts_that_one(fields: dict[str, Any], member: str) -> None:
    assert state(body(**fields)).member == member
