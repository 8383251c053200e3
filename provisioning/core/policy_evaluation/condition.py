"""Whether the Condition block of a statement holds (IAM user guide, "Condition operators", "Single-valued vs.
multivalued context keys")."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from provisioning.core.policy_document.operators import Operator, read_operator
from provisioning.core.policy_document.values import text_of
from provisioning.core.policy_evaluation.comparisons import Comparison, comparison
from provisioning.core.policy_evaluation.context import Context, Held
from provisioning.core.policy_evaluation.truth import YES, Truth, all_of, any_of, known, negate, unknown

FOR_ALL, FOR_ANY = "ForAllValues:", "ForAnyValue:"


@dataclass(frozen=True, eq=False)
class Demand:
    """What one operator asks of one key."""

    operator: Operator
    key: str
    values: tuple[str, ...]
    comparisons: tuple[Comparison, ...]

    def holds(self, context: Context) -> Truth:
        """Whether the request meets it."""
        held = context.held(self.key)
        if self.operator.base == "Null":
            return self._null(held)
        if held is Held.UNKNOWN:
            return unknown(self.key)
        if held is Held.ABSENT:
            return known(self.holds_when_absent)
        return _OVER[self.operator.over](self, held, context)

    @property
    def holds_when_absent(self) -> bool:
        """Whether a request without the key meets it."""
        if self.operator.if_exists or self.operator.over == FOR_ALL:
            return True
        return self.operator.is_negated and self.operator.over != FOR_ANY

    def _null(self, held: object) -> Truth:
        if held is Held.UNKNOWN:
            return unknown(self.key)
        wanted = {value.lower() for value in self.values}
        if wanted - {"true", "false"}:
            return unknown(f"what {sorted(wanted)} means for Null")
        return known(("true" if held is Held.ABSENT else "false") in wanted)

    def one(self, value: str, context: Context) -> Truth:
        """Whether one value of the request meets it: one of ours matches, or none does where that is asked for."""
        matched = any_of(compare(value, context) for compare in self.comparisons)
        return negate(matched) if self.operator.is_negated else matched

    def plainly(self, held: tuple[str, ...], context: Context) -> Truth:
        """Without a set operator: meant for one value. Several are sure only where all agree."""
        met = [self.one(value, context) for value in held]
        if all(truth.is_yes for truth in met) or all(truth.is_no for truth in met):
            return met[0]
        unsure = [truth for truth in met if truth.is_unknown]
        return any_of(unsure) if unsure else unknown(f"how several values of {self.key} compare")

    def for_all(self, held: tuple[str, ...], context: Context) -> Truth:
        """Every value meets it; so do none at all, and an empty text counts as none."""
        return all_of(self.one(value, context) for value in held if value)

    def for_any(self, held: tuple[str, ...], context: Context) -> Truth:
        """At least one value meets it."""
        return any_of(self.one(value, context) for value in held if value)


_OVER: Mapping[str, Callable[[Demand, tuple[str, ...], Context], Truth]] = {
    "": Demand.plainly,
    FOR_ALL: Demand.for_all,
    FOR_ANY: Demand.for_any,
}


@dataclass(frozen=True)
class Unreadable:
    """A part of a condition that isn't understood: whether it holds is not known."""

    text: str

    def holds(self, context: Context) -> Truth:
        """Never known."""
        return unknown(f"what {self.text} means")


Condition = tuple[Demand | Unreadable, ...]


def holds(condition: Condition, context: Context) -> Truth:
    """Whether every part of a block holds."""
    return all_of(part.holds(context) for part in condition) if condition else YES


def read_condition(block: Any, variables: bool) -> Condition:
    """Compiles a Condition block."""
    if not isinstance(block, dict):
        return (Unreadable("its Condition"),)
    return tuple(part for name, keys in block.items() for part in _read_operator(name, keys, variables))


def _read_operator(name: str, keys: Any, variables: bool) -> Iterable[Demand | Unreadable]:
    operator = read_operator(name)
    if operator is None or not isinstance(keys, dict) or not keys:
        return (Unreadable(f"condition operator {name}"),)
    return (_read_demand(operator, key, value, variables) for key, value in keys.items())


def _read_demand(operator: Operator, key: str, value: Any, variables: bool) -> Demand | Unreadable:
    texts = [text_of(one) for one in (value if isinstance(value, list) else [value])]
    known_texts = tuple(text for text in texts if text is not None)
    if not known_texts or len(known_texts) != len(texts):
        return Unreadable(f"the value of {key}")
    null = operator.base == "Null"
    compiled = () if null else tuple(comparison(operator, text, variables) for text in known_texts)
    return Demand(operator, key, known_texts, compiled)
