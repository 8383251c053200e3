"""What a budget counts, in either of the two ways AWS Budgets has of saying it, as one thing. Pure.

The older dialect is CostFilters with CostTypes, the newer FilterExpression with Metrics; they never go together, and a
budget edited in the newer console shows neither of the older two (API reference, Budget). Where both say the same, both
read the same: a filter that is a conjunction of values per dimension, credits, refunds and tax left out by their charge
type, and the metric. Anything else the newer one says stays an expression.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from provisioning.core.fields import Exclusive, FrozenMap, Shared, Unmanaged
from provisioning.kinds.budget import expression
from provisioning.kinds.budget.spec import OTHER_DIALECT, BudgetSpec, CostTypes, Expression, Filters, OtherForm
from provisioning.kinds.budget.words import CHARGES, COST_TYPES, DIMENSIONS, FILTERS, ours

Body = Mapping[str, Any]
MEMBERS = frozenset({"CostFilters", "CostTypes", "FilterExpression", "Metrics"})
DEFAULTS = FrozenMap({word: word.startswith("include_") for word in COST_TYPES})
"""API reference, CostTypes: whatever includes is true unless told otherwise, `use_…` is false."""

_METRICS = {"BlendedCost": "use_blended", "AmortizedCost": "use_amortized", "UnblendedCost": "", "UsageQuantity": ""}
_WORDS = {aws: word for word, aws in DIMENSIONS.items() if word in FILTERS}


@dataclass(frozen=True)
class Scope:
    """What is counted, and how."""

    filter: Exclusive[Filters] | Expression
    cost_types: Exclusive[CostTypes] | OtherForm


def in_other_dialect(body: Body) -> bool:
    """Is the budget written with FilterExpression and Metrics?"""
    older = bool(body.get("CostFilters"))
    return bool(body.get("FilterExpression") and not older) or bool(
        body.get("Metrics") and not older and not body.get("CostTypes")
    )


def scope_of(body: Body) -> Scope:
    """The scope of a budget as AWS shows it."""
    if in_other_dialect(body):
        return of_newer(body.get("FilterExpression") or {}, body.get("Metrics") or [], body["BudgetType"])
    given, filters = body.get("CostTypes") or {}, body.get("CostFilters") or {}
    types = {word: bool(given.get(aws, DEFAULTS[word])) for word, aws in COST_TYPES.items()}
    words = {ours(FILTERS, name): frozenset(values) for name, values in filters.items() if values}
    return Scope(Exclusive(FrozenMap(words)), Exclusive(FrozenMap(types)))


def of_newer(written: Body, metrics: Sequence[str], budget_type: str) -> Scope:
    """The scope of a FilterExpression and its metric."""
    parts = expression.operands(expression.in_order(written))
    charges = [part for part in parts if _is_charge(part)]
    rest = [part for part in parts if part not in charges]
    filters = _filters(rest)
    return Scope(
        Expression.of(expression.joined(rest)) if filters is None else Exclusive(filters),
        _cost_types(charges, metrics, budget_type),
    )


def wanted_scope(desired: BudgetSpec, seen: Scope) -> Scope:
    """What is desired, and where nothing is, what was seen."""
    filters = seen.filter if isinstance(desired.filter, Unmanaged) else desired.filter
    types = desired.cost_types
    if isinstance(types, Unmanaged):
        return Scope(filters, seen.cost_types)
    if isinstance(types, Shared):
        base = seen.cost_types
        merged = FrozenMap({**base.items, **types.items}) if isinstance(base, Exclusive) else None
        return Scope(filters, base if merged is None else Exclusive(merged))
    return Scope(filters, types)


def written(scope: Scope, seen: Body, budget_type: str) -> dict[str, Any] | None:
    """The members that say this scope: in the dialect the budget is in, where that can say it, else in the other.

    None where neither can.
    """
    older, newer = _older(scope, seen, budget_type), _newer(scope, seen, budget_type)
    if in_other_dialect(seen):
        return older if newer is None else newer
    return newer if older is None else older


def _older(scope: Scope, seen: Body, budget_type: str) -> dict[str, Any] | None:
    if isinstance(scope.filter, Expression) or isinstance(scope.cost_types, OtherForm):
        return None
    filters = {FILTERS.get(word, word): sorted(values) for word, values in sorted(scope.filter.items.items())}
    types = _changed(scope.cost_types.items, {} if in_other_dialect(seen) else seen.get("CostTypes") or {})
    found: dict[str, Any] = {"CostFilters": filters} if filters else {}
    return found | ({"CostTypes": types} if types and budget_type == "COST" else {})


def _changed(types: CostTypes, there: Body) -> dict[str, Any]:
    """The cost types that are there, those we have no name for among them, with what differs changed."""
    wanted = {COST_TYPES[word]: value for word, value in sorted(types.items())}
    effective = {aws: bool(there.get(aws, DEFAULTS[word])) for word, aws in COST_TYPES.items()}
    return {**there, **{aws: value for aws, value in wanted.items() if not there or value != effective[aws]}}


def _newer(scope: Scope, seen: Body, budget_type: str) -> dict[str, Any] | None:
    charges, metric = _charges(scope.cost_types, budget_type)
    if charges is None:
        return None
    rest = _conditions(scope.filter)
    if rest is None:
        return None
    whole = expression.joined([*rest, *charges])
    metrics = [metric] if metric else list(seen.get("Metrics") or ())
    return ({"FilterExpression": whole} if whole else {}) | ({"Metrics": metrics} if metrics else {})


def _conditions(filters: Exclusive[Filters] | Expression) -> list[dict[str, Any]] | None:
    if isinstance(filters, Expression):
        return expression.operands(filters.to_plain()["expression"])
    found = []
    for word, values in sorted(filters.items.items()):
        if (one := _condition(word, sorted(values))) is None:
            return None
        found.append(one)
    return found


def _condition(word: str, values: list[str]) -> dict[str, Any] | None:
    """None for a key we have no name for, and for values of several tags: whether one or all must hold isn't said."""
    if word in DIMENSIONS and word in FILTERS:
        return {"Dimensions": {"Key": DIMENSIONS[word], "Values": values}}
    keys = {value.partition("$")[0] for value in values}
    if word not in ("tag", "cost_category") or len(keys) != 1:
        return None
    leaf = {"Key": keys.pop().removeprefix("user:"), "Values": [value.partition("$")[2] for value in values]}
    return {"Tags" if word == "tag" else "CostCategories": leaf}


def _filters(parts: Iterable[Body]) -> Filters | None:
    """The parts as values by dimension, or None: they say more than the older dialect can."""
    found: dict[str, frozenset[str]] = {}
    for part in parts:
        word, values = _simple(part)
        if not word or word in found:
            return None
        found[word] = frozenset(values)
    return FrozenMap(found)


def _simple(part: Body) -> tuple[str, list[str]]:
    ((name, leaf),) = part.items() if len(part) == 1 else [("", {})]
    if not isinstance(leaf, Mapping) or set(leaf) != {"Key", "Values"}:
        return "", []
    key, values = leaf["Key"], leaf["Values"]
    if name == "Dimensions":
        return _WORDS.get(key, ""), values
    if name == "Tags":
        prefix = "" if key.startswith(("aws:", "user:")) else "user:"
        return "tag", [f"{prefix}{key}${value}" for value in values]
    return ("cost_category", [f"{key}${value}" for value in values]) if name == "CostCategories" else ("", [])


def _is_charge(part: Body) -> bool:
    leaf = (part.get("Not") or part).get("Dimensions") or {}
    return isinstance(leaf, Mapping) and leaf.get("Key") == "RECORD_TYPE"


def _cost_types(charges: Sequence[Body], metrics: Sequence[str], budget_type: str) -> Exclusive[CostTypes] | OtherForm:
    metric = metrics[0] if metrics else ""
    known = budget_type not in ("COST", "USAGE") or metric in _METRICS
    left_out = [word for charge in charges for word in _left_out(charge)]
    if not known or "" in left_out:
        return OtherForm.of(OTHER_DIALECT, {"charges": list(charges), "metrics": list(metrics)})
    used = {_METRICS[metric]: True} if _METRICS.get(metric) else {}
    return Exclusive(FrozenMap({**DEFAULTS, **used, **dict.fromkeys(left_out, False)}))


def _left_out(charge: Body) -> Iterator[str]:
    """The cost types that a charge type leaves out; '' for what they can't say."""
    leaf = (charge.get("Not") or {}).get("Dimensions") or {}
    words = {aws: word for word, aws in CHARGES.items()}
    yield from (words.get(value, "") for value in leaf.get("Values", ("",)))
    if set(leaf) != {"Key", "Values"}:
        yield ""


def _charges(types: Exclusive[CostTypes] | OtherForm, budget_type: str) -> tuple[list[dict[str, Any]] | None, str]:
    """The conditions on charge types, None where they can't say it, and the metric ('' for the one that is there)."""
    if isinstance(types, OtherForm):
        said = types.to_plain()[OTHER_DIALECT]
        return list(said["charges"]), (said["metrics"] or [""])[0]
    if budget_type != "COST":
        return [], "UsageQuantity" if budget_type == "USAGE" else ""
    flags = {**DEFAULTS, **types.items}
    odd = {word for word, value in flags.items() if value != DEFAULTS[word]}
    if odd - CHARGES.keys() - {"use_blended", "use_amortized"} or {"use_blended", "use_amortized"} <= odd:
        return None, ""
    metric = next((aws for aws, word in _METRICS.items() if word in odd), "UnblendedCost")
    left_out = sorted(CHARGES[word] for word in odd & CHARGES.keys())
    leaf = {"Not": {"Dimensions": {"Key": "RECORD_TYPE", "Values": left_out}}}
    return ([leaf] if left_out else []), metric
