"""What each type of budget may say: its limit, its period, what it counts (Budgets API reference, Budget; Cost
Management user guide, "Creating a budget"). Reads the raw fields, as rules.py does."""

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from provisioning.core.errors import Reason
from provisioning.kinds.budget import expression
from provisioning.kinds.budget.words import METRICS

Declared = Mapping[str, Any]
SPENDING = ("cost", "usage")
RESERVATIONS = ("ri_utilization", "ri_coverage")
SHARES = (*RESERVATIONS, "savings_plans_utilization", "savings_plans_coverage")
"""Budgets of a percentage: of what is paid for, how much is used; of what is used, how much is covered."""
LIMITS = ("limit", "planned_limits", "auto_adjust")
PLANNED = {"monthly": 12, "quarterly": 4}
LONGEST_LOOKBACK = {"daily": 60, "monthly": 12, "quarterly": 4, "annually": 1}


def type_rules(declared: Declared) -> Iterator[Reason]:
    """Every rule of its type that this declaration breaks."""
    budget_type = declared.get("type")
    if budget_type in SHARES:
        yield from _share(declared, str(budget_type))
    elif budget_type in SPENDING:
        yield from _spending(declared)
    yield from _counted(declared, str(budget_type))


def _share(declared: Declared, budget_type: str) -> Iterator[Reason]:
    for field in ("planned_limits", "auto_adjust"):
        if field in declared:
            yield Reason(f"/{field}", f"The limit of a {budget_type} budget is always 100 percent: leave this out.")
    limit = declared.get("limit")
    if isinstance(limit, Mapping):
        if "amount" in limit and not _is_full(limit["amount"]):
            yield Reason("/limit/amount", f"The limit of a {budget_type} budget is always 100: write it, or no limit.")
        if limit.get("unit", "PERCENTAGE") != "PERCENTAGE":
            yield Reason("/limit/unit", f"A {budget_type} budget is in percent: write PERCENTAGE, or leave out limit.")
    filters = declared.get("filter")
    services = filters.get("service") if isinstance(filters, Mapping) else None
    if budget_type in RESERVATIONS and not (isinstance(services, list) and len(services) == 1):
        where = "/filter/service" if isinstance(filters, Mapping) else "/filter"
        yield Reason(where, "A budget of reservations counts exactly one service: filter: {service: [its full name]}.")


def _is_full(amount: Any) -> bool:
    try:
        return Decimal(str(amount)) == 100
    except InvalidOperation:
        return True  # no number at all, which is told elsewhere


def _spending(declared: Declared) -> Iterator[Reason]:
    given = [field for field in LIMITS if field in declared]
    if len(given) != 1:
        pointer = f"/{given[1]}" if given else "/limit"
        yield Reason(pointer, "Give exactly one of limit, planned_limits and auto_adjust.")
    period = declared.get("period")
    if isinstance(planned := declared.get("planned_limits"), Mapping) and isinstance(period, str):
        yield from _planned(planned, period)
    if isinstance(adjusting := declared.get("auto_adjust"), Mapping) and isinstance(period, str):
        yield from _adjusting(adjusting, period)


def _planned(planned: Declared, period: str) -> Iterator[Reason]:
    count, amounts = PLANNED.get(period), planned.get("amounts")
    if count is None:
        yield Reason("/period", "Only monthly and quarterly budgets take planned_limits.")
    elif isinstance(amounts, list) and len(amounts) != count:
        first = "January" if count == 12 else "the first quarter"
        yield Reason("/planned_limits/amounts", f"Give {count} amounts, {first} first, not {len(amounts)}.")


def _adjusting(adjusting: Declared, period: str) -> Iterator[Reason]:
    lookback, most = adjusting.get("lookback"), LONGEST_LOOKBACK.get(period)
    if adjusting.get("by") == "forecast" and "lookback" in adjusting:
        yield Reason("/auto_adjust/lookback", "A forecast looks back over nothing you choose: leave this out.")
    elif adjusting.get("by") == "historical" and "lookback" not in adjusting:
        yield Reason("/auto_adjust/lookback", f"Say over how many periods to look back, 1 to {most}.")
    elif most and isinstance(lookback, int) and not 1 <= lookback <= most:
        yield Reason("/auto_adjust/lookback", f"A budget with period {period} looks back over 1 to {most} periods.")


def _counted(declared: Declared, budget_type: str) -> Iterator[Reason]:
    if budget_type in (*SHARES, "usage") and "cost_types" in declared:
        yield Reason("/cost_types", "Only cost budgets have cost types: leave them out.")
    if "filter_expression" not in declared:
        if "metric" in declared:
            yield Reason("/metric", "A metric goes with filter_expression only: use cost_types, or leave it out.")
        return
    yield from expression.faults(declared["filter_expression"], "/filter_expression")
    for field in ("filter", "cost_types"):
        if field in declared:
            yield Reason(f"/{field}", "AWS takes this or filter_expression with metric, not both: leave one out.")
    if budget_type in SHARES:
        yield Reason("/filter_expression", f"Use filter: a {budget_type} budget has no metric to go with this.")
    else:
        yield from _metric(declared, budget_type)


def _metric(declared: Declared, budget_type: str) -> Iterator[Reason]:
    """AWS takes an expression without a metric, and then can't show the budget."""
    fitting = [word for word in METRICS if word.endswith("_cost") == (budget_type == "cost")]
    if budget_type in SPENDING and declared.get("metric") not in fitting:
        yield Reason("/metric", f"Beside filter_expression say what is summed up: {', '.join(fitting)}.")


def alert_rules(pointer: str, fields: Declared, budget_type: Any) -> Iterator[Reason]:
    """What a notification of this type of budget may not be."""
    if budget_type not in SHARES:
        return
    if fields.get("when") == "forecasted":
        yield Reason(f"{pointer}/when", "Utilisation and coverage have no forecast: write actual.")
    if fields.get("unit") == "absolute":
        yield Reason(f"{pointer}/unit", "Utilisation and coverage are percentages: write percent.")
