"""The console's four templates as shortcuts: `template:` stands for exactly what the console makes of it. Pure.

Cost Management user guide, "Using a budget template"; bodies as the console's budgets show them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field

from provisioning.core.errors import DeclarationError, Reason
from provisioning.kinds.budget.declaration import At, LimitFields, SubscriberFields, Threshold, Value
from provisioning.kinds.budget.dialects import DEFAULTS
from provisioning.kinds.declaration import Declaration, read, undeclared

Fields = Mapping[str, Any]
RESERVATIONS = "Amazon Elastic Compute Cloud - Compute"
FULL = 100


class TemplateFields(Declaration):
    """A budget by one of the console's templates."""

    template: Literal["zero_spend", "monthly_cost", "daily_savings_plans_coverage", "daily_ri_utilization"] = Field(
        description="zero_spend tells of any spending, monthly_cost of 85 % and 100 % spent and 100 % forecast, the "
        "daily ones of less than the target."
    )
    limit: LimitFields = undeclared(description="Of monthly_cost")
    target: Threshold = undeclared(description="Of the daily ones, in percent: below it the subscribers are told")
    service: Value = undeclared(description=f"Of daily_ri_utilization; {RESERVATIONS} if left out")
    subscribers: Annotated[list[SubscriberFields], Field(min_length=1, description="Who is told.")]
    at: At = undeclared(description="Where AWS keeps it: in the account itself, or at the payer.")


_TAKES = {
    "zero_spend": ((), ()),
    "monthly_cost": (("limit",), ()),
    "daily_savings_plans_coverage": (("target",), ()),
    "daily_ri_utilization": (("target",), ("service",)),
}
"""Template -> the fields it needs, and those it takes besides."""


def is_template(declared: Any) -> bool:
    """Whether it is declared by a template."""
    return isinstance(declared, Mapping) and "template" in declared


def expanded(declared: Fields, context: Any) -> dict[str, Any]:
    """The ordinary fields a template stands for. Raises DeclarationError with every reason."""
    read(TemplateFields, declared, context, _misplaced(declared))
    made = _MADE[declared["template"]](declared)
    return made | ({"at": declared["at"]} if "at" in declared else {})


def as_declared(error: DeclarationError) -> DeclarationError:
    """The reasons, pointing at what was written: every notification of a template tells the same subscribers."""
    return DeclarationError({_pointed(reason) for reason in error.reasons})


def _pointed(reason: Reason) -> Reason:
    start, found, rest = reason.pointer.partition("/subscribers")
    return Reason(found + rest, reason.message) if start.startswith("/notifications/") else reason


def _misplaced(declared: Fields) -> Iterator[Reason]:
    name = declared.get("template")
    if not isinstance(name, str) or name not in _TAKES:
        return
    needed, possible = _TAKES[name]
    for field in needed:
        if field not in declared:
            yield Reason(f"/{field}", f"The template {name} needs {field}: {_WHAT[field]}")
    for field in ("limit", "target", "service"):
        if field in declared and field not in (*needed, *possible):
            yield Reason(f"/{field}", f"The template {name} takes no {field}: leave it out.")
    if "target" in needed and _above_full(declared.get("target")):
        yield Reason("/target", "Give a percentage of at most 100.")


_WHAT = {"limit": "how much may be spent a month, {amount, unit}.", "target": "the percentage to stay above."}


def _above_full(value: Any) -> bool:
    try:
        return Decimal(str(value)) > FULL
    except ArithmeticError:
        return False


def _zero_spend(declared: Fields) -> dict[str, Any]:
    alerts = [_alert(declared, when="actual", above="0.01", unit="absolute")]
    return _cost({"amount": "1", "unit": "USD"}, alerts)


def _monthly_cost(declared: Fields) -> dict[str, Any]:
    steps = (("actual", 85), ("actual", 100), ("forecasted", 100))
    return _cost(declared["limit"], [_alert(declared, when=when, above=above) for when, above in steps])


def _cost(limit: Any, alerts: list[dict[str, Any]]) -> dict[str, Any]:
    """The console leaves credits and refunds out, so that neither hides what is spent."""
    types = {**DEFAULTS, "include_credit": False, "include_refund": False}
    return {
        "type": "cost",
        "limit": limit,
        "period": "monthly",
        "filter": {},
        "cost_types": types,
        "notifications": alerts,
    }


def _coverage(declared: Fields) -> dict[str, Any]:
    return _daily("savings_plans_coverage", {}, declared)


def _utilization(declared: Fields) -> dict[str, Any]:
    return _daily("ri_utilization", {"service": [declared.get("service", RESERVATIONS)]}, declared)


def _daily(budget_type: str, filters: dict[str, Any], declared: Fields) -> dict[str, Any]:
    return {
        "type": budget_type,
        "limit": {"amount": str(FULL), "unit": "PERCENTAGE"},
        "period": "daily",
        "filter": filters,
        "notifications": [_alert(declared, when="actual", below=declared["target"])],
    }


def _alert(declared: Fields, **fields: Any) -> dict[str, Any]:
    subscribers: Iterable[Any] = declared["subscribers"]
    return {**fields, "subscribers": list(subscribers)}


_MADE: Mapping[str, Callable[[Fields], dict[str, Any]]] = {
    "zero_spend": _zero_spend,
    "monthly_cost": _monthly_cost,
    "daily_savings_plans_coverage": _coverage,
    "daily_ri_utilization": _utilization,
}
