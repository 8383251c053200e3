"""How much a budget allows: a fixed amount, one per calendar month or quarter, or what AWS works out itself.

Budgets API reference, PlannedBudgetLimits: AWS takes the twelve months (four quarters) from the present one on, keyed
by their start, and goes on with the last amount afterwards. A plan is declared by calendar position, January or the
first quarter first, so that it holds every year; it counts as lapsed, and is sent anew, when its last period has come.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from provisioning.core.fields import UNMANAGED, Unmanaged
from provisioning.core.plain import plain
from provisioning.kinds.budget.spec import AutoAdjusted, BudgetSpec, Limit, PlannedLimits

Body = Mapping[str, Any]
PERIODS_A_YEAR = {"MONTHLY": 12, "QUARTERLY": 4}
FORMS = ("BudgetLimit", "PlannedBudgetLimits", "AutoAdjustData")


def observed_limit(body: Body, now: datetime) -> Limit | PlannedLimits | AutoAdjusted | Unmanaged:
    """Where AWS makes the limit, or holds one per period, BudgetLimit is only today's value of it."""
    if adjusting := body.get("AutoAdjustData"):
        history = adjusting.get("HistoricalOptions") or {}
        return AutoAdjusted(str(adjusting["AutoAdjustType"]).lower(), history.get("BudgetAdjustmentPeriod"))
    if planned := body.get("PlannedBudgetLimits"):
        return _planned(planned, body["TimeUnit"], now)
    if limit := body.get("BudgetLimit"):
        return Limit(Decimal(limit["Amount"]), limit["Unit"])
    return UNMANAGED


def without_output(adjusting: Body) -> dict[str, Any]:
    """AutoAdjustData as it was asked for: AWS fills in when it last adjusted and how far it could look back."""
    asked = {name: value for name, value in adjusting.items() if name != "LastAutoAdjustTime"}
    if history := asked.get("HistoricalOptions"):
        asked["HistoricalOptions"] = {k: v for k, v in history.items() if k != "LookBackAvailablePeriods"}
    return asked


def sent_limit(desired: BudgetSpec, unit: str, now: datetime) -> dict[str, Any]:
    """The one member of a budget's body that says what is desired; {} where it is not managed."""
    limit = desired.limit
    if isinstance(limit, Limit):
        return {"BudgetLimit": spend(limit.amount, limit.unit)}
    if isinstance(limit, PlannedLimits):
        starts = _starts(unit, now)
        amounts = {_position(start, unit): start for start in starts}
        return {
            "PlannedBudgetLimits": {
                str(amounts[position]): spend(amount, limit.unit)
                for position, amount in enumerate(limit.amounts)
                if position in amounts and amount is not None
            }
        }
    if isinstance(limit, AutoAdjusted):
        history = {} if limit.lookback is None else {"HistoricalOptions": {"BudgetAdjustmentPeriod": limit.lookback}}
        return {"AutoAdjustData": {"AutoAdjustType": limit.by.upper(), **history}}
    return {}


def spend(amount: Decimal, unit: str) -> dict[str, str]:
    """Digits: large amounts come back in scientific notation, which UpdateBudget itself refuses."""
    return {"Amount": str(plain(amount)), "Unit": unit}


def _planned(planned: Body, unit: str, now: datetime) -> PlannedLimits:
    held = {int(key): one for key, one in sorted(planned.items(), key=lambda pair: int(pair[0]))}
    amounts: list[Decimal | None] = [None] * PERIODS_A_YEAR.get(unit, 12)
    for start, one in held.items():
        amounts[_position(start, unit)] = Decimal(one["Amount"])
    units = sorted({one["Unit"] for one in held.values()})
    return PlannedLimits(tuple(amounts), "/".join(units), lapsed=max(held) <= _starts(unit, now)[0])


def _position(start: int, unit: str) -> int:
    """0 for January, or for the first quarter."""
    month = datetime.fromtimestamp(start, UTC).month
    return (month - 1) * PERIODS_A_YEAR.get(unit, 12) // 12


def _starts(unit: str, now: datetime) -> list[int]:
    """The starts of this year's worth of periods from the present one on, in epoch seconds."""
    count = PERIODS_A_YEAR.get(unit, 12)
    length = 12 // count
    first = (now.month - 1) // length * length
    months = [now.year * 12 + first + length * number for number in range(count)]
    return [int(datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC).timestamp()) for month in months]
