"""A small, slow, independent reader of policies: what AWS decides on one request. For tests only.

It knows the operators that the generated documents use, matches with regular expressions and folds nothing.
"""

import re
from collections.abc import Mapping
from functools import cache
from ipaddress import ip_address, ip_network
from typing import Any, NamedTuple

Json = dict[str, Any]


class Request(NamedTuple):
    """Who asks for what, with which context; a list in the context is a key with several values."""

    principal: str
    action: str
    resource: str
    context: Mapping[str, Any]


def decide(document: Json, request: Request) -> str:
    """`deny`, `allow` or `nothing`."""
    effects = {one["Effect"] for one in document["Statement"] if applies(one, request)}
    return "deny" if "Deny" in effects else "allow" if "Allow" in effects else "nothing"


def decide_canonical(canonical: Json, request: Request) -> str:
    """The same for the canonical form, whose sides are lists of alternatives."""
    effects = {one["Effect"] for one in canonical["Statement"] if _applies_canonical(one, request)}
    return "deny" if "Deny" in effects else "allow" if "Allow" in effects else "nothing"


def applies(statement: Json, request: Request) -> bool:
    """Whether a statement, as written in a policy, matches a request."""
    return (
        _listed(statement, "Principal", request.principal, lambda one, asked: one in ("*", asked))
        and _listed(statement, "Action", request.action, _matches_blind)
        and _listed(statement, "Resource", request.resource, matches)
        and all(
            holds(operator, request.context.get(key.lower()), _as_list(values))
            for operator, keys in statement.get("Condition", {}).items()
            for key, values in keys.items()
        )
    )


@cache
def matches(pattern: str, text: str) -> bool:
    """Whether a pattern with * and ? matches a whole text."""
    parts = re.split(r"([*?])", pattern)
    expression = "".join({"*": ".*", "?": "."}.get(part, re.escape(part)) for part in parts)
    return re.fullmatch(expression, text, re.DOTALL) is not None


def holds(operator: str, asked: Any, values: list[Any]) -> bool:
    """Whether one key of the context meets the values of one operator."""
    over, _, plain = operator.rpartition(":")
    base = plain.removesuffix("IfExists")
    if base == "Null":
        return any((asked is None) == (str(value).lower() == "true") for value in values)
    if over == "ForAllValues":
        return all(_one_holds(base, one, values) for one in asked or [])
    if over == "ForAnyValue":
        return any(_one_holds(base, one, values) for one in asked or [])
    if asked is None:
        return plain.endswith("IfExists") or "Not" in base
    return _one_holds(base, asked, values)


def _one_holds(base: str, asked: Any, values: list[Any]) -> bool:
    met = any(_meets(base.replace("Not", ""), asked, value) for value in values)
    return not met if "Not" in base else met


def _meets(base: str, asked: Any, value: Any) -> bool:
    if base == "StringLike":
        return matches(str(value), str(asked))
    if base == "NumericLessThan":
        return float(asked) < float(value)
    if base == "IpAddress":
        return ip_address(asked) in ip_network(value)
    return str(asked).lower() == str(value).lower() if base == "Bool" else str(asked) == str(value)


def _matches_blind(pattern: str, text: str) -> bool:
    return matches(pattern.lower(), text.lower())


def _listed(statement: Json, element: str, asked: str, match: Any) -> bool:
    if element in statement:
        return any(match(one, asked) for one in _as_list(statement[element]))
    if f"Not{element}" in statement:
        return not any(match(one, asked) for one in _as_list(statement[f"Not{element}"]))
    return True


def _as_list(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [name for names in value.values() for name in _as_list(names)]
    return value if isinstance(value, list) else [value]


def _applies_canonical(statement: Json, request: Request) -> bool:
    sides = (
        (statement.get("Principal"), lambda one: one.removeprefix("aws:") in ("*", request.principal)),
        (statement.get("Action"), lambda one: _matches_blind(one, request.action)),
        (statement.get("Resource"), lambda one: matches(one, request.resource)),
    )
    return all(alternatives is None or any(map(_meant(match), alternatives)) for alternatives, match in sides) and all(
        any(_condition_alternative(operator, request.context.get(key), one) for one in alternatives)
        for operator, keys in statement.get("Condition", {}).items()
        for key, alternatives in keys.items()
    )


def _meant(match: Any) -> Any:
    return lambda one: match(one) if isinstance(one, str) else not any(map(match, one[1:]))


def _condition_alternative(operator: str, asked: Any, alternative: Any) -> bool:
    if alternative == ["any"]:
        return True
    return holds(operator, asked, [alternative] if isinstance(alternative, str) else alternative[1:])
