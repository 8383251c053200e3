"""The body of a budget as it is sent. UpdateBudget replaces all of it, so what is not managed is carried over, members
that we have no name for included."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from provisioning.core.fields import Exclusive, FrozenMap, Shared
from provisioning.core.plain import plain
from provisioning.kinds.budget.observe import in_other_dialect, instant, without_output
from provisioning.kinds.budget.spec import BudgetSpec, Limit
from provisioning.kinds.budget.words import COST_TYPES, FILTERS, PERIODS, TYPES

OUTPUT_ONLY = frozenset({"CalculatedSpend", "LastUpdatedTime", "HealthStatus"})
OLDER, NEWER = frozenset({"CostFilters", "CostTypes"}), frozenset({"FilterExpression", "Metrics"})
MONTHS = {"MONTHLY": 1, "QUARTERLY": 3}


def new_body(name: str, desired: BudgetSpec) -> dict[str, Any]:
    """The Budget of a CreateBudget."""
    fields = frozenset({"limit", "filter", "cost_types", "start"})
    return {
        "BudgetName": name,
        "BudgetType": TYPES[desired.type],
        "TimeUnit": PERIODS[desired.period],
        **_managed({}, desired, fields),
    }


def replaced_body(
    seen: Mapping[str, Any], desired: BudgetSpec, fields: frozenset[str], now: datetime
) -> dict[str, Any]:
    """The NewBudget of an UpdateBudget: what was seen, with these fields as they are desired."""
    carried = _carried(seen, now)
    managed = _managed(carried, desired, fields)
    kept = {name: value for name, value in carried.items() if name != "CostFilters" or "filter" not in fields}
    return kept | managed


def _managed(carried: Mapping[str, Any], desired: BudgetSpec, fields: frozenset[str]) -> dict[str, Any]:
    body: dict[str, Any] = {}
    if "limit" in fields and isinstance(desired.limit, Limit):
        body["BudgetLimit"] = _spend(desired.limit.amount, desired.limit.unit)
    if "period" in fields:
        body["TimeUnit"] = PERIODS[desired.period]
    if "filter" in fields and isinstance(desired.filter, Exclusive) and desired.filter.items:
        body["CostFilters"] = {FILTERS[name]: sorted(values) for name, values in sorted(desired.filter.items.items())}
    if "cost_types" in fields and isinstance(desired.cost_types, Shared):
        body["CostTypes"] = {**carried.get("CostTypes", {}), **_cost_types(desired.cost_types.items)}
    if "start" in fields and isinstance(desired.start, str):
        body["TimePeriod"] = {**carried.get("TimePeriod", {}), "Start": instant(desired.start)}
    return body


def _cost_types(declared: FrozenMap[str, bool]) -> dict[str, bool]:
    return {COST_TYPES[name]: value for name, value in sorted(declared.items())}


def _spend(amount: Decimal, unit: str) -> dict[str, str]:
    # Large amounts come back in scientific notation, which UpdateBudget itself refuses.
    return {"Amount": str(plain(amount)), "Unit": unit}


def _carried(seen: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    body = {name: value for name, value in seen.items() if name not in OUTPUT_ONLY | _not_sent(seen)}
    if limit := body.get("BudgetLimit"):
        body["BudgetLimit"] = _spend(Decimal(limit["Amount"]), limit["Unit"])
    if planned := body.get("PlannedBudgetLimits"):
        body["PlannedBudgetLimits"] = _from_now_on(planned, body["TimeUnit"], now)
    if adjusting := body.get("AutoAdjustData"):
        body["AutoAdjustData"] = without_output(adjusting)
    if filters := body.get("CostFilters"):
        body["CostFilters"] = {name: sorted(values) for name, values in filters.items()}
    if period := body.get("TimePeriod"):
        body["TimePeriod"] = {name: instant(value) for name, value in period.items()}
    return body


def _not_sent(seen: Mapping[str, Any]) -> frozenset[str]:
    """Members that AWS shows and would refuse, or would not read as they are shown."""
    dialect = OLDER if in_other_dialect(seen) else NEWER
    made_by_aws = {"BudgetLimit"} if seen.get("AutoAdjustData") or seen.get("PlannedBudgetLimits") else set()
    empty = {name for name in ("CostFilters", "PlannedBudgetLimits", "AutoAdjustData") if not seen.get(name)}
    # Naming the default view would ask for permissions on billing views; leaving it out means the same.
    default_view = {"BillingViewArn"} if str(seen.get("BillingViewArn", "")).endswith(":billingview/primary") else set()
    return frozenset(dialect | made_by_aws | empty | default_view)


def _from_now_on(planned: Mapping[str, Any], unit: str, now: datetime) -> dict[str, Any]:
    """The same plan, beginning with the present period: AWS takes no other, and goes on with the last amount after it
    (API reference, PlannedBudgetLimits)."""
    held = {int(key): _spend(Decimal(spend["Amount"]), spend["Unit"]) for key, spend in planned.items()}
    return {
        str(start): held[max((key for key in held if key <= start), default=min(held))] for start in _starts(unit, now)
    }


def _starts(unit: str, now: datetime) -> list[int]:
    length = MONTHS.get(unit, 1)
    first = (now.month - 1) // length * length
    months = [now.year * 12 + first + length * number for number in range(12 // length)]
    return [int(datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC).timestamp()) for month in months]
