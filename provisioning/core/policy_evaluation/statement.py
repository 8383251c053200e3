"""One statement of a policy, compiled: whether it applies to a request."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from provisioning.core.policy_document.wildcard import Flavour
from provisioning.core.policy_evaluation.condition import Condition, holds, read_condition
from provisioning.core.policy_evaluation.context import Context
from provisioning.core.policy_evaluation.patterns import Matcher, is_wild, matcher
from provisioning.core.policy_evaluation.principal import EVERYWHERE, Principals, Reach, read_principals
from provisioning.core.policy_evaluation.request import Request
from provisioning.core.policy_evaluation.truth import NO, YES, Truth, all_of, any_of, negate

_PAIRED = ("Action", "Resource", "Principal")
_ELEMENTS = {"Sid", "Effect", "Condition", *_PAIRED, *(f"Not{name}" for name in _PAIRED)}
_ANY_CONTEXT = Context(Request("", "", "", {}, ""))


@dataclass(frozen=True, eq=False)
class Side:
    """The value of Action or NotAction, or of the resource pair."""

    flavour: Flavour
    exact: frozenset[str]
    patterns: tuple[Matcher, ...]
    negated: bool

    def takes_in(self, asked: str, context: Context) -> Truth:
        """Whether it matches all that is asked for."""
        if is_wild(asked):
            matched = any_of(one.takes_in(asked, context, self.negated) for one in self._all)
        elif asked in self.exact:
            matched = YES
        else:
            matched = any_of(pattern.matches(asked, context, self.negated) for pattern in self.patterns)
        return negate(matched) if self.negated else matched

    @property
    def _all(self) -> Iterable[Matcher]:
        yield from (matcher(text, self.flavour, False) for text in self.exact)
        yield from self.patterns


@dataclass(frozen=True, eq=False)
class Statement:
    """A statement that is understood. It goes by its Sid, or by its number in the document."""

    label: str
    effect: str
    written: Any
    action: Side
    resource: Side | None
    principals: Principals | None
    condition: Condition

    def applies(self, context: Context) -> Truth:
        """Whether it applies, but for whom it names."""
        action = _takes_in_action(self, context.request.action.lower())
        if action.is_no:
            return NO
        resource = self.resource.takes_in(context.request.resource, context) if self.resource else YES
        return NO if resource.is_no else all_of((action, resource, holds(self.condition, context)))

    def reach(self, context: Context) -> Reach:
        """How it reaches the one who asks; a policy of an identity reaches whoever has it."""
        return self.principals.reach(context) if self.principals else EVERYWHERE


@dataclass(frozen=True, eq=False)
class Unclear:
    """A statement that isn't understood: it may allow or deny anything."""

    label: str
    written: Any


@lru_cache(maxsize=65536)
def _takes_in_action(statement: Statement, action: str) -> Truth:
    # Thousands of accounts ask the same action of the same policies of AWS; actions depend on no context.
    return statement.action.takes_in(action, _ANY_CONTEXT)


def read_statement(written: Any, number: int, with_principal: bool, variables: bool) -> Statement | Unclear:
    """Compiles a statement. `with_principal` for policies of resources, which name whom they are about."""
    label = str(number)
    if not isinstance(written, dict):
        return Unclear(label, written)
    sid = written.get("Sid")
    label = sid if isinstance(sid, str) and sid else label
    effect = written.get("Effect")
    action = _read_side(written, "Action", Flavour.ACTION, variables)
    resource = _read_side(written, "Resource", Flavour.RESOURCE, variables)
    principals = _principals(written, str(effect))
    whole = (resource or with_principal) and (principals is not None) == with_principal
    if set(written) - _ELEMENTS or effect not in ("Allow", "Deny") or action is None or not whole:
        return Unclear(label, written)
    if _is_broken(written, "Resource", resource):
        return Unclear(label, written)
    condition = read_condition(written.get("Condition", {}), variables)
    return Statement(label, effect, written, action, resource, principals, condition)


def _is_broken(written: dict[str, Any], element: str, side: Side | None) -> bool:
    return side is None and (element in written or f"Not{element}" in written)


def _read_side(written: dict[str, Any], element: str, flavour: Flavour, variables: bool) -> Side | None:
    present = [name for name in (element, f"Not{element}") if name in written]
    if len(present) != 1:
        return None
    value = written[present[0]]
    texts = value if isinstance(value, list) else [value]
    if not texts or not all(isinstance(text, str) for text in texts):
        return None
    read = [text.lower() if flavour is Flavour.ACTION else text for text in texts]
    plain = frozenset(text for text in read if not is_wild(text) and "${" not in text)
    patterns = tuple(matcher(text, flavour, variables) for text in read if text not in plain)
    return Side(flavour, plain, patterns, present[0] != element)


def _principals(written: dict[str, Any], effect: str) -> Principals | None:
    present = [name for name in ("Principal", "NotPrincipal") if name in written]
    if len(present) != 1:
        return None
    return read_principals(written[present[0]], present[0] == "NotPrincipal", effect)
