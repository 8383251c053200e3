"""Evaluates the Condition block of a policy statement (IAM User Guide, condition operators)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

Context = Mapping[str, Any]


# `${*}`, `${?}` and `${$}` stand for the characters themselves; these stand in for them until a pattern is made.
_LITERAL = {"*": "\ue000", "?": "\ue001", "$": "$"}


@lru_cache(maxsize=4096)
def wildcard(pattern: str, ignore_case: bool = False) -> re.Pattern[str]:
    """`*` and `?` as IAM reads them."""
    text = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    text = text.replace(_LITERAL["*"], r"\*").replace(_LITERAL["?"], r"\?")
    return re.compile(text, re.DOTALL | (re.IGNORECASE if ignore_case else 0))


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def substitute(pattern: str, context: Context) -> str:
    """Replaces `${key}` by the request's value; an unknown key stays and so matches nothing."""
    if "${" not in pattern:
        return pattern
    return re.sub(r"\$\{([^}]+)\}", lambda found: _value(found, context), pattern)


def _value(found: re.Match[str], context: Context) -> str:
    return _LITERAL.get(found[1]) or str(context.get(found[1].lower(), found[0]))


def holds(condition: Mapping[str, Mapping[str, Any]], context: Context) -> bool:
    """Whether every operator and every key of the block is satisfied. `context` has lower-case keys."""
    return all(
        _key_holds(operator, as_list(wanted), context.get(key.lower()), context)
        for operator, keys in condition.items()
        for key, wanted in keys.items()
    )


def _key_holds(operator: str, wanted: list[Any], present: Any, context: Context) -> bool:
    qualifier, _, name = operator.rpartition(":")
    name, if_exists = (name.removesuffix("IfExists"), True) if name.endswith("IfExists") else (name, False)
    if name == "Null":
        return (str(wanted[0]).lower() == "true") == (present is None)
    if present is None:
        return if_exists or qualifier == "ForAllValues" or _negated(name)
    expected = [substitute(_plain(item), context) for item in wanted]
    found = [_one_holds(name, expected, _plain(value)) for value in as_list(present)]
    return all(found) if qualifier == "ForAllValues" else any(found)


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _negated(name: str) -> bool:
    return "Not" in name


def _one_holds(name: str, expected: list[str], value: str) -> bool:
    test = _TESTS.get(name.replace("Not", ""))
    if test is None:
        return False
    matched = any(test(value, item) for item in expected)
    return not matched if _negated(name) else matched


def _number(compare: Callable[[float, float], bool]) -> Callable[[str, str], bool]:
    def test(value: str, item: str) -> bool:
        try:
            return compare(float(value), float(item))
        except ValueError:
            return False

    return test


_TESTS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda value, item: value == item,
    "StringEqualsIgnoreCase": lambda value, item: value.lower() == item.lower(),
    "StringLike": lambda value, item: bool(wildcard(item).fullmatch(value)),
    "ArnEquals": lambda value, item: bool(wildcard(item).fullmatch(value)),
    "ArnLike": lambda value, item: bool(wildcard(item).fullmatch(value)),
    "Bool": lambda value, item: value.lower() == item.lower(),
    "NumericEquals": _number(lambda a, b: a == b),
    "NumericLessThan": _number(lambda a, b: a < b),
    "NumericLessThanEquals": _number(lambda a, b: a <= b),
    "NumericGreaterThan": _number(lambda a, b: a > b),
    "NumericGreaterThanEquals": _number(lambda a, b: a >= b),
}
