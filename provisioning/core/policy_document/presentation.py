"""A document as text: compact for storing and sending, several lines for reading and for diffs."""

import json
from typing import Any

_ORDER = (
    *("Version", "Id", "Statement", "Sid", "Effect", "Principal", "NotPrincipal"),
    *("Action", "NotAction", "Resource", "NotResource", "Condition"),
)
_SETS = ("Action", "NotAction", "Resource", "NotResource")


def compact(value: Any) -> str:
    """One line in one element order. Lists that are sets are sorted, for AWS gives them back in any order."""
    return json.dumps(_arranged(value), separators=(",", ":"), ensure_ascii=False)


def pretty(value: Any) -> str:
    """Several lines, the same for the same statements in whatever order; scalars instead of one-element lists."""
    arranged = _arranged(value)
    if isinstance(arranged, dict) and "Statement" in arranged:
        written = arranged["Statement"] if isinstance(arranged["Statement"], list) else [arranged["Statement"]]
        arranged["Statement"] = sorted((_short(statement) for statement in written), key=_reading_order)
    return json.dumps(arranged, indent=2, ensure_ascii=False)


def _arranged(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    arranged = {key: value[key] for key in _in_order(value)}
    if "Statement" in arranged:
        written = arranged["Statement"]
        in_list = [_arranged_statement(one) for one in written] if isinstance(written, list) else None
        arranged["Statement"] = _arranged_statement(written) if in_list is None else in_list
    return arranged


def _in_order(value: dict[str, Any]) -> list[str]:
    return sorted(value, key=lambda key: (_ORDER.index(key) if key in _ORDER else len(_ORDER), key))


def _arranged_statement(statement: Any) -> Any:
    if not isinstance(statement, dict):
        return statement
    arranged = {key: statement[key] for key in _in_order(statement)}
    for key in arranged:
        if key in _SETS:
            arranged[key] = _sorted_set(arranged[key])
        if key in ("Principal", "NotPrincipal", "Condition"):
            arranged[key] = _sorted_members(arranged[key])
    return arranged


def _sorted_members(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted_members(value[key]) for key in sorted(value)}
    return _sorted_set(value)


def _sorted_set(value: Any) -> Any:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return sorted(value)
    return value


def _short(statement: Any) -> Any:
    if isinstance(statement, dict):
        return {key: _short(part) for key, part in statement.items()}
    if isinstance(statement, list) and len(statement) == 1 and not isinstance(statement[0], dict | list):
        return statement[0]
    return statement


def _reading_order(statement: Any) -> str:
    without_sid = {key: part for key, part in statement.items() if key != "Sid"} if isinstance(statement, dict) else {}
    return json.dumps([without_sid, statement], sort_keys=True)
