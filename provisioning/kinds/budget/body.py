"""The body of a budget as it is sent. UpdateBudget replaces all of it, so what is not managed is carried over, members
that we have no name for included."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from provisioning.core.fields import Exclusive, FrozenMap
from provisioning.kinds.budget.dialects import MEMBERS, Scope, in_other_dialect, scope_of, wanted_scope, written
from provisioning.kinds.budget.limits import FORMS, sent_limit, spend, without_output
from provisioning.kinds.budget.observe import instant
from provisioning.kinds.budget.spec import BudgetSpec, PlannedLimits
from provisioning.kinds.budget.words import PERIODS, TYPES

OUTPUT_ONLY = frozenset({"CalculatedSpend", "LastUpdatedTime", "HealthStatus"})
OLDER, NEWER = frozenset({"CostFilters", "CostTypes"}), frozenset({"FilterExpression", "Metrics"})
SCOPE = frozenset({"filter", "cost_types"})
_NOTHING: Scope = Scope(Exclusive(FrozenMap()), Exclusive(FrozenMap()))


def new_body(name: str, desired: BudgetSpec, now: datetime) -> dict[str, Any]:
    """The Budget of a CreateBudget; what is left out AWS fills in."""
    unit = PERIODS[desired.period]
    scope = written(wanted_scope(desired, _NOTHING), {}, TYPES[desired.type])
    start = {"TimePeriod": {"Start": instant(desired.start)}} if isinstance(desired.start, str) else {}
    body = {"BudgetName": name, "BudgetType": TYPES[desired.type], "TimeUnit": unit}
    return {**body, **sent_limit(desired, unit, now), **(scope or {}), **start}


def replaced_body(
    seen: Mapping[str, Any], desired: BudgetSpec, fields: frozenset[str], now: datetime
) -> dict[str, Any]:
    """The NewBudget of an UpdateBudget: what was seen, with these fields as they are desired."""
    body = _carried(seen)
    if "period" in fields:
        body["TimeUnit"] = PERIODS[desired.period]
    # A plan that is carried over would lose its later months to the last amount, so ours is always sent whole.
    managed = isinstance(desired.limit, PlannedLimits) or bool(fields & {"limit", "period"})
    if managed and (limit := sent_limit(desired, body["TimeUnit"], now)):
        body = {name: value for name, value in body.items() if name not in FORMS} | limit
    if fields & SCOPE and (scope := scope_members(seen, desired)) is not None:
        body = {name: value for name, value in body.items() if name not in MEMBERS} | scope
    if "start" in fields and isinstance(desired.start, str):
        body["TimePeriod"] = {**body.get("TimePeriod", {}), "Start": instant(desired.start)}
    return body


def scope_members(seen: Mapping[str, Any], desired: BudgetSpec) -> dict[str, Any] | None:
    """The members of the body that say what is counted; None where no dialect can say it, which is for a person."""
    return written(wanted_scope(desired, scope_of(seen)), seen, seen["BudgetType"])


def _carried(seen: Mapping[str, Any]) -> dict[str, Any]:
    body = {name: value for name, value in seen.items() if name not in OUTPUT_ONLY | _not_sent(seen)}
    if limit := body.get("BudgetLimit"):
        body["BudgetLimit"] = spend(Decimal(limit["Amount"]), limit["Unit"])
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
