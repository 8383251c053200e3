"""Budgets, notifications and subscribers as they are stored, and as AWS shows them."""

from __future__ import annotations

import time
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

FAR_END = 3706473600  # 2087-06-15, the end AWS gives a budget without one
OUTPUT_ONLY = ("CalculatedSpend", "LastUpdatedTime", "HealthStatus")
COST_TYPES = {
    "IncludeTax": True,
    "IncludeSubscription": True,
    "UseBlended": False,
    "IncludeRefund": True,
    "IncludeCredit": True,
    "IncludeUpfront": True,
    "IncludeRecurring": True,
    "IncludeOtherSubscription": True,
    "IncludeSupport": True,
    "IncludeDiscount": True,
    "UseAmortized": False,
}
NotificationKey = tuple[str, str, Decimal, str]


@dataclass
class Notification:
    key: NotificationKey
    subscribers: list[dict[str, str]]

    def shown(self, budget: Budget) -> dict[str, Any]:
        """ThresholdType is absent when it is PERCENTAGE; it rings by what the budget has spent, or will have."""
        kind, operator, threshold, threshold_type = self.key
        shown: dict[str, Any] = {
            "NotificationType": kind,
            "ComparisonOperator": operator,
            "Threshold": float(threshold),
            "NotificationState": "ALARM" if budget.rings(self.key) else "OK",
        }
        return shown if threshold_type == "PERCENTAGE" else shown | {"ThresholdType": threshold_type}


@dataclass
class Budget:
    account: str
    body: dict[str, Any]
    notifications: list[Notification] = field(default_factory=list)
    tags: list[dict[str, str]] = field(default_factory=list)
    spend: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return str(self.body["BudgetName"])

    def replace(self, body: dict[str, Any]) -> None:
        """A full replace of the body; notifications, subscribers and tags stay."""
        self.body = stored_body(self.account, body)
        self.spend_so_much(**self.spend)

    def spend_so_much(self, actual: str = "0", forecast: str = "") -> None:
        """As AWS works it out three times a day; a daily budget has no forecast."""
        self.spend = {"actual": actual, "forecast": forecast}
        unit = self.body["BudgetLimit"]["Unit"]
        spent = {"ActualSpend": _spend({"Amount": actual, "Unit": unit})}
        if forecast and self.body["TimeUnit"] != "DAILY":
            spent["ForecastedSpend"] = _spend({"Amount": forecast, "Unit": unit})
        self.body["CalculatedSpend"] = spent

    def rings(self, key: NotificationKey) -> bool:
        """Whether the amount is on the far side of the threshold, of the limit or as it stands."""
        kind, operator, threshold, threshold_type = key
        spent = self.body["CalculatedSpend"].get("ActualSpend" if kind == "ACTUAL" else "ForecastedSpend")
        if spent is None:
            return False
        amount, limit = Decimal(spent["Amount"]), Decimal(self.body["BudgetLimit"]["Amount"])
        at = limit * threshold / 100 if threshold_type == "PERCENTAGE" else threshold
        return {"GREATER_THAN": amount > at, "LESS_THAN": amount < at, "EQUAL_TO": amount == at}[operator]

    def shown(self, show_filter_expression: bool) -> dict[str, Any]:
        """The newer dialect shows only when asked for, and then neither CostFilters nor CostTypes do."""
        body = deepcopy(self.body)
        if "FilterExpression" in body or "Metrics" in body:
            if not show_filter_expression:
                body.pop("FilterExpression", None)
                body.pop("Metrics", None)
        else:
            body.setdefault("CostFilters", {})
            if body["BudgetType"] == "COST":
                body["CostTypes"] = COST_TYPES | body.get("CostTypes", {})
        return body


def notification_key(given: dict[str, Any]) -> NotificationKey:
    """What makes a notification the same: 70 and 70.0 are one, and no type means PERCENTAGE."""
    return (
        given["NotificationType"],
        given["ComparisonOperator"],
        Decimal(str(given["Threshold"])).normalize(),
        given.get("ThresholdType") or "PERCENTAGE",
    )


def stored_body(account: str, given: dict[str, Any]) -> dict[str, Any]:
    """The body with AWS's normalisation: amounts as Java prints doubles, default period, output-only members."""
    body = {k: v for k, v in deepcopy(given).items() if k not in OUTPUT_ONLY and v is not None}
    if "BudgetLimit" in body:
        body["BudgetLimit"] = _spend(body["BudgetLimit"])
    elif body.get("PlannedBudgetLimits"):
        body["PlannedBudgetLimits"] = {k: _spend(v) for k, v in body["PlannedBudgetLimits"].items()}
        body["BudgetLimit"] = body["PlannedBudgetLimits"][min(body["PlannedBudgetLimits"], key=int)]
    else:
        body["BudgetLimit"] = _default_limit(body["BudgetType"])
    period = body.get("TimePeriod") or {}
    start = instant(period.get("Start"), period_start(body["TimeUnit"]))
    body["TimePeriod"] = {"Start": start, "End": instant(period.get("End"), FAR_END)}
    unit = body["BudgetLimit"]["Unit"]
    body["CalculatedSpend"] = {"ActualSpend": {"Amount": "0.0", "Unit": unit}}
    body["LastUpdatedTime"] = time.time()
    body["HealthStatus"] = {"Status": "HEALTHY", "LastUpdatedTime": time.time()}
    body.setdefault("BillingViewArn", f"arn:aws:billing::{account}:billingview/primary")
    return body


def _default_limit(budget_type: str) -> dict[str, str]:
    """Made by AWS for auto-adjusting budgets, and 100 percent for reservations and Savings Plans."""
    adjusting = budget_type in ("COST", "USAGE")
    return {"Amount": "1.0", "Unit": "USD"} if adjusting else {"Amount": "100.0", "Unit": "PERCENTAGE"}


def _spend(given: dict[str, str]) -> dict[str, str]:
    return {"Amount": java_double(given["Amount"]), "Unit": given["Unit"]}


def java_double(amount: str) -> str:
    """As Double.toString: "1" -> "1.0", "10000000" -> "1.0E7"."""
    value = float(amount)
    if value != 0 and not 1e-3 <= value < 1e7:
        mantissa, _, exponent = f"{Decimal(repr(value)).normalize():E}".partition("E")
        return f"{mantissa if '.' in mantissa else mantissa + '.0'}E{int(exponent)}"
    return repr(value)


def instant(given: Any, default: float) -> float:
    if given is None:
        return default
    return float(given) if isinstance(given, int | float) else datetime.fromisoformat(given).timestamp()


def period_start(unit: str) -> float:
    """The start of the present period, UTC, in epoch seconds."""
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    if unit == "DAILY":
        return today.timestamp()
    month = {"QUARTERLY": (today.month - 1) // 3 * 3 + 1, "ANNUALLY": 1}.get(unit, today.month)
    return today.replace(day=1, month=month).timestamp()


def period_starts(unit: str, count: int) -> list[int]:
    """The starts of this period and those after it, UTC, in epoch seconds."""
    first = datetime.fromtimestamp(period_start(unit), UTC)
    length = 3 if unit == "QUARTERLY" else 1
    months = [first.year * 12 + first.month - 1 + length * number for number in range(count)]
    return [int(datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC).timestamp()) for month in months]
