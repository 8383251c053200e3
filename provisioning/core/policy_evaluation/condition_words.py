"""Conditions in words: "aws:MultiFactorAuthPresent is false or absent"."""

from provisioning.core.policy_document.operators import Operator
from provisioning.core.policy_evaluation.condition import FOR_ALL, FOR_ANY, Condition, Demand, Unreadable

_MOST_VALUES = 4
_VERBS = {
    "StringEquals": "is",
    "StringEqualsIgnoreCase": "is, in any case,",
    "StringLike": "is like",
    "ArnLike": "is like",
    "BinaryEquals": "is",
    "Bool": "is",
    "IpAddress": "is in",
    "NumericEquals": "is",
    "NumericLessThan": "is less than",
    "NumericLessThanEquals": "is at most",
    "NumericGreaterThan": "is more than",
    "NumericGreaterThanEquals": "is at least",
    "DateEquals": "is",
    "DateLessThan": "is before",
    "DateLessThanEquals": "is not after",
    "DateGreaterThan": "is after",
    "DateGreaterThanEquals": "is not before",
}
_NEVER_SHOWN = "sts:externalid"


def condition_in_words(condition: Condition) -> str:
    """The whole block; all of it must hold."""
    return " and ".join(_part(part) for part in condition)


def _part(part: Demand | Unreadable) -> str:
    if isinstance(part, Unreadable):
        return f"{part.text} holds"
    if part.operator.base == "Null":
        return f"{part.key} is {_null(part.values)}"
    demand = f"{_verb(part.operator)} {_values(part)}"
    if not part.holds_when_absent:
        return f"{_subject(part)} {demand}"
    # "is not a or absent" would read both ways.
    return f"{_subject(part)} " + (f"is absent or {demand}" if part.operator.is_negated else f"{demand} or absent")


def _subject(demand: Demand) -> str:
    over = {FOR_ALL: "every value of ", FOR_ANY: "a value of "}.get(demand.operator.over, "")
    return f"{over}{demand.key}"


def _verb(operator: Operator) -> str:
    verb = _VERBS[operator.base.replace("Not", "")]
    return verb.replace("is", "is not", 1) if operator.is_negated else verb


def _values(demand: Demand) -> str:
    if demand.key.lower() == _NEVER_SHOWN:
        return "what the policy demands"
    shown = [value or '""' for value in demand.values[:_MOST_VALUES]]
    more = len(demand.values) - len(shown)
    between = " nor " if demand.operator.is_negated else " or "
    return between.join([*shown, f"{more} more"] if more else shown)


def _null(values: tuple[str, ...]) -> str:
    return " or ".join("absent" if value.lower() == "true" else "present" for value in values)
