"""Hypothesis strategies for policy documents over a tiny world, and every request of that world."""

from itertools import product
from typing import Any

from hypothesis import strategies as st

from tests.core.policy_oracle import Request

NEW = "2012-10-17"
Json = dict[str, Any]
ACTIONS = ("s3:Get", "s3:GetAll", "s3:Put", "iam:Pass")
RESOURCES = ("arn:aws:s3:::a", "arn:aws:s3:::a/x", "arn:aws:s3:::b", "arn:aws:s3:::a/x:y")
PRINCIPALS = ("arn:aws:iam::111122223333:role/one", "arn:aws:iam::111122223333:role/two")
CONTEXTS: tuple[Json, ...] = (
    {},
    {"k": "a", "n": 1, "m": ["a"], "ip": "10.0.0.1", "b": "true"},
    {"k": "ab", "n": 7, "m": ["a", "b"], "ip": "10.9.0.1", "b": "false"},
    {"k": "b", "m": [], "ip": "192.0.2.1"},
    {"n": 20, "m": ["c"], "b": "true"},
)
REQUESTS = tuple(Request(*parts) for parts in product(PRINCIPALS, ACTIONS, RESOURCES, CONTEXTS))

_action = st.sampled_from((*ACTIONS, "s3:*", "S3:get*", "*", "*:*", "iam:*", "s3:?et", "*All", "s3:G*A*"))
_resource = st.sampled_from(
    (*RESOURCES, "*", "arn:aws:s3:::a*", "arn:aws:s3:::a/*", "arn:aws:s3:::?", "arn:aws:s3:*:*:a", "arn:*:b")
)
_principal = st.sampled_from((*PRINCIPALS, "*"))
_CONDITIONS: tuple[tuple[str, str, tuple[Any, ...]], ...] = (
    ("StringEquals", "k", ("a", "ab", "b")),
    ("StringNotEquals", "K", ("a", "ab", "b")),
    ("StringLike", "k", ("a*", "ab", "*", "?")),
    ("StringNotLike", "k", ("a*", "ab", "?b")),
    ("StringEqualsIfExists", "k", ("a", "b")),
    ("ForAllValues:StringLike", "m", ("a", "b", "*")),
    ("ForAnyValue:StringEquals", "m", ("a", "b")),
    ("ForAnyValue:StringNotEquals", "m", ("a", "b")),
    ("ForAllValues:StringNotEquals", "m", ("a", "b")),
    ("NumericLessThan", "n", (5, "10", "5.0")),
    ("IpAddress", "ip", ("10.0.0.0/8", "10.0.0.1", "192.0.2.0/24")),
    ("NotIpAddress", "ip", ("10.0.0.0/8", "10.0.0.0/16")),
    ("Bool", "b", (True, "false", "True")),
    ("Null", "n", (True, "false")),
)

# Operators whose values are alternatives, so that a statement may be split along them.
_SPLITTABLE = ("StringEquals", "StringLike", "StringEqualsIfExists", "ForAnyValue:StringEquals", "IpAddress", "Bool")


def _lists(element: st.SearchStrategy[Any], most: int = 3) -> st.SearchStrategy[Any]:
    return element | st.lists(element, min_size=1, max_size=most)


@st.composite
def conditions(draw: st.DrawFn) -> Json:
    """Up to two demands on the context."""
    chosen = draw(st.lists(st.sampled_from(_CONDITIONS), max_size=2, unique_by=lambda one: one[0]))
    return {operator: {key: draw(_lists(st.sampled_from(values)))} for operator, key, values in chosen}


@st.composite
def statements(draw: st.DrawFn, with_principal: bool) -> Json:
    """A statement of the tiny world, of any shape."""
    statement: Json = {"Effect": draw(st.sampled_from(("Allow", "Allow", "Deny")))}
    if with_principal:
        statement["Principal"] = {"AWS": draw(_lists(_principal, 2))}
    statement[draw(st.sampled_from(("Action", "Action", "NotAction")))] = draw(_lists(_action))
    statement[draw(st.sampled_from(("Resource", "Resource", "NotResource")))] = draw(_lists(_resource))
    condition = draw(conditions())
    return {**statement, "Condition": condition} if condition or draw(st.booleans()) else statement


@st.composite
def documents(draw: st.DrawFn, most: int = 5) -> Json:
    """A document of the tiny world."""
    with_principal = draw(st.booleans())
    return {"Version": NEW, "Statement": draw(st.lists(statements(with_principal), min_size=1, max_size=most))}


@st.composite
def rewritten(draw: st.DrawFn, document: Json) -> Json:
    """The same document in other words: split, repeated, shuffled, renamed, in other case."""
    written = [part for one in document["Statement"] for part in draw(_split(one))]
    written += draw(st.lists(st.sampled_from(written), max_size=2))
    return {"Statement": [draw(_respelt(one)) for one in draw(st.permutations(written))], "Version": NEW}


@st.composite
def _split(draw: st.DrawFn, statement: Json) -> list[Json]:
    element = draw(st.sampled_from(("Action", "Resource", "Principal", *_SPLITTABLE)))
    place = statement.get("Condition", {}).get(element, {}) if element in _SPLITTABLE else statement.get(element)
    if not place:
        return [statement]
    key = next(iter(place)) if isinstance(place, dict) else ""
    value = place[key] if key else place
    members = value if isinstance(value, list) else [value]
    cut = draw(st.integers(0, len(members)))
    parts = [{key: part} if key else part for part in (members[:cut], members[cut:]) if part]
    if element not in _SPLITTABLE:
        return [{**statement, element: part} for part in parts]
    return [{**statement, "Condition": {**statement["Condition"], element: part}} for part in parts]


@st.composite
def _respelt(draw: st.DrawFn, statement: Json) -> Json:
    respelt = {key: draw(_respelt_value(value, key.endswith("Action"))) for key, value in statement.items()}
    respelt["Sid"] = draw(st.sampled_from(("", "A", "B")))
    return {key: respelt[key] for key in draw(st.permutations(list(respelt)))}


@st.composite
def _respelt_value(draw: st.DrawFn, value: Any, blind: bool) -> Any:
    if isinstance(value, dict):
        return {key: draw(_respelt_value(value[key], False)) for key in draw(st.permutations(list(value)))}
    if not isinstance(value, list):
        changed = value.upper() if blind and draw(st.booleans()) else value
        return (
            [changed] if isinstance(value, str) and value not in ("Allow", "Deny") and draw(st.booleans()) else changed
        )
    repeated = [*value, *draw(st.lists(st.sampled_from(value), max_size=2))]
    return [draw(_cased(one, blind)) for one in draw(st.permutations(repeated))]


def _cased(value: Any, blind: bool) -> st.SearchStrategy[Any]:
    return st.sampled_from((value, value.upper(), value.lower())) if blind else st.just(value)
