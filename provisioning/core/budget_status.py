"""How the budgets of an account stand: limit, spend, forecast, and the thresholds that AWS says are crossed. Pure.

Budgets API reference, Budget, CalculatedSpend and Notification. Amounts are in the budget's own unit.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

Body = Mapping[str, Any]

SPENT = frozenset({"COST", "USAGE"})
"""Types whose limit is an amount to stay below; the others are percentages to stay above."""
MOST_PERCENT = Decimal("999999.99")
"""Shown for more, and for any spend where the limit is zero."""
_MOST = Decimal(10) ** 18
_PLACES, _PERCENT = Decimal("0.000001"), Decimal("0.01")
_WHEN = {"ACTUAL": "actual", "FORECASTED": "forecasted"}
_IS = {"GREATER_THAN": "above", "LESS_THAN": "below", "EQUAL_TO": "equals"}


@dataclass(frozen=True)
class BudgetState:
    """One budget as a look saw it; None is what AWS did not tell.

    `member`: the one account it counts, where its filter names one. `crossed` is None where nobody could read it.
    """

    name: str
    type: str
    period: str
    unit: str
    limit: Decimal | None
    actual: Decimal | None
    forecast: Decimal | None
    used_percent: Decimal | None
    forecast_percent: Decimal | None
    crossed: tuple[dict[str, str], ...] | None
    member: str = ""


def budget_states(budgets: Body, spends: Body, alarms: Body | None, at: datetime) -> tuple[BudgetState, ...]:
    """Every budget of a snapshot's section `budgets`, with its facts; `alarms` is None where they are unread.

    `spends` and `alarms` are what the reader kept beside the sections: CalculatedSpend and NotificationState by name.
    """
    return tuple(
        _state(
            body, spends.get(body["BudgetName"], {}), None if alarms is None else alarms.get(body["BudgetName"], ()), at
        )
        for body in budgets["budgets"]
    )


def _state(body: Body, facts: Body, alarms: Any, at: datetime) -> BudgetState:
    limit, unit = _limit(body, at)
    spend = facts.get("CalculatedSpend") or {}
    actual, forecast = (_amount(spend.get(name)) for name in ("ActualSpend", "ForecastedSpend"))
    of = limit if body["BudgetType"] in SPENT else None
    return BudgetState(
        name=body["BudgetName"],
        type=body["BudgetType"].lower(),
        period=body["TimeUnit"].lower(),
        unit="percent" if unit == "PERCENTAGE" else unit,
        limit=limit,
        actual=actual,
        forecast=forecast,
        used_percent=percent_of(actual, of),
        forecast_percent=percent_of(forecast, of),
        crossed=None if alarms is None else _crossed(alarms),
        member=_member(body),
    )


def _limit(body: Body, at: datetime) -> tuple[Decimal | None, str]:
    """BudgetLimit is the present period's, of planned and adjusted limits too; without it the plan says it."""
    spend = body.get("BudgetLimit")
    if not spend:
        planned = {int(key): one for key, one in (body.get("PlannedBudgetLimits") or {}).items()}
        begun = [key for key in planned if key <= at.timestamp()]
        spend = planned[max(begun)] if begun else {}
    return _amount(spend), str(spend.get("Unit", ""))


def _amount(spend: Body | None) -> Decimal | None:
    try:
        found = Decimal(str((spend or {})["Amount"]))
        return found.quantize(_PLACES) if found.is_finite() and abs(found) < _MOST else None
    except (KeyError, InvalidOperation):
        return None


def percent_of(amount: Decimal | None, limit: Decimal | None) -> Decimal | None:
    """How much of the limit that is, to two places."""
    if amount is None or limit is None:
        return None
    if limit <= 0:
        return MOST_PERCENT if amount > 0 else Decimal("0.00")
    return max(min(amount / limit * 100, MOST_PERCENT), -MOST_PERCENT).quantize(_PERCENT)


def _crossed(alarms: Any) -> tuple[dict[str, str], ...]:
    found = [
        {
            "when": _WHEN.get(one["NotificationType"], one["NotificationType"]),
            "is": _IS.get(one["ComparisonOperator"], one["ComparisonOperator"]),
            "threshold": f"{Decimal(str(one['Threshold'])).normalize():f}",
            "unit": "percent" if one.get("ThresholdType", "PERCENTAGE") == "PERCENTAGE" else "absolute",
        }
        for one in alarms
        if one.get("NotificationState") == "ALARM"
    ]
    return tuple(sorted(found, key=lambda one: (one["when"], one["is"], Decimal(one["threshold"]), one["unit"])))


def _member(body: Body) -> str:
    """The only linked account that the filter lets through, in either dialect; "" for none or several."""
    older = (body.get("CostFilters") or {}).get("LinkedAccount") or []
    newer = _linked(body.get("FilterExpression") or {})
    found = set(older) or newer
    return str(next(iter(found))) if len(found) == 1 else ""


def _linked(expression: Body) -> set[str]:
    """Only what must hold: at the root, or as a part of `And`."""
    parts = expression.get("And") or [expression]
    dimensions = [part["Dimensions"] for part in parts if part.get("Dimensions")]
    named = [
        one
        for one in dimensions
        if one.get("Key") == "LINKED_ACCOUNT"
        and set(one.get("MatchOptions") or ("EQUALS",)) <= {"EQUALS", "CASE_SENSITIVE"}
    ]
    return set(named[0]["Values"]) if len(named) == 1 else set()
