"""Kind `budget`: a cost or usage budget of the account with its notifications and subscribers (AWS Budgets)."""

from collections.abc import Mapping
from typing import Any, ClassVar

from provisioning.core.change import Call, Change, ResourceKey
from provisioning.core.diff import Difference
from provisioning.core.kind import Context, Kind, Reread
from provisioning.core.snapshot import Section, Snapshot
from provisioning.kinds.budget import calls, observe, parse, payer, reread
from provisioning.kinds.budget.declaration import BudgetFields
from provisioning.kinds.budget.spec import OTHER_DIALECT, UNREAD, BudgetSpec, Expression
from provisioning.kinds.budget.templates import TemplateFields
from provisioning.kinds.budget.words import CHARGES
from provisioning.kinds.declaration import json_schema

EXAMPLE = {
    "s3-monthly": {
        "type": "cost",
        "limit": {"amount": "10", "unit": "USD"},
        "period": "monthly",
        "start": "2026-01-01",
        "filter": {"service": ["Amazon Simple Storage Service"]},
        "cost_types": {"include_credit": False, "include_refund": False},
        "notifications": [
            {
                "when": "actual",
                "above": 70,
                "unit": "percent",
                "subscribers": [{"email": "costs@example.com"}, {"sns": "us-east-1:budget-alerts"}],
            },
            {"when": "forecasted", "above": 100, "subscribers": [{"email": "costs@example.com"}]},
        ],
    }
}


class Budget(Kind[BudgetSpec]):
    """Every type of budget; what it counts may be said in either of AWS's two dialects."""

    name: ClassVar[str] = "budget"
    sections: ClassVar[frozenset[Section]] = frozenset(
        {Section.BUDGETS, Section.BUDGET_NOTIFICATIONS, Section.BUDGET_SUBSCRIBERS}
    )
    writes: ClassVar[frozenset[tuple[str, str]]] = frozenset({(calls.WRITE, "budget/*")})
    rereads: ClassVar[frozenset[str]] = frozenset({calls.READ})
    example: ClassVar[Mapping[str, Any]] = EXAMPLE
    at_payer: ClassVar[bool] = True
    immutable: ClassVar[frozenset[str]] = frozenset({"type"})

    def parse(self, name: str, declared: Mapping[str, Any], context: Context) -> BudgetSpec:
        return parse.parse(name, declared, context)

    def for_payer(self, name: str, declared: Mapping[str, Any], member: str) -> tuple[str, Mapping[str, Any]]:
        return payer.for_payer(name, declared, member)

    def asks(self, name: str, declared: Mapping[str, Any], context: Context) -> Mapping[Section, frozenset[str]]:
        return {Section.BUDGET_SUBSCRIBERS: frozenset({name})}

    def schema(self) -> Mapping[str, Any]:
        return {"anyOf": [json_schema(BudgetFields), json_schema(TemplateFields)]}

    def identity(self, name: str) -> str:
        return name

    def observed(self, snapshot: Snapshot) -> Mapping[str, BudgetSpec]:
        return observe.observed(snapshot)

    def arn(self, name: str, spec: BudgetSpec, context: Context | Snapshot) -> str:
        return calls.arn(name, context.account_id, context.partition)

    def references(self, name: str, spec: BudgetSpec, context: Context) -> frozenset[ResourceKey]:
        return frozenset()

    def calls(self, change: Change[BudgetSpec], snapshot: Snapshot) -> tuple[Call, ...]:
        return calls.calls(change, snapshot)

    def reread(self, name: str, context: Context) -> Reread:
        return reread.reread(name, context)

    def protected(self, name: str, spec: BudgetSpec, context: Context) -> str | None:
        return None

    def risks(self, name: str, desired: BudgetSpec, applied: BudgetSpec | None, snapshot: Snapshot) -> tuple[str, ...]:
        return ()

    def person(self, name: str, difference: Difference, snapshot: Snapshot) -> str | None:
        if difference.field == "notifications":
            return "not_read" if difference.observed == UNREAD.value else None
        return (
            OTHER_DIALECT if difference.field == "cost_types" and _cannot_be_said(name, difference, snapshot) else None
        )


def _cannot_be_said(name: str, difference: Difference, snapshot: Snapshot) -> bool:
    """Some of the cost types beside charge types and a metric that only the newer dialect says, or the other way round:
    what is not managed would be lost."""
    if difference.path == "cost_types":
        return isinstance(difference.desired, dict) and "include" in difference.desired
    filters = observe.observed(snapshot)[name].filter
    return isinstance(filters, Expression) and difference.path.removeprefix("cost_types[").rstrip("]") not in (
        *CHARGES,
        *("use_blended", "use_amortized"),
    )
