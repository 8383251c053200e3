"""Filter expressions: as declared, as AWS writes them, and in one order, so that equal ones are equal. Pure.

Budgets API reference, Expression: one root; And and Or take two operands or more; nested two deep at most; a value is
matched as a whole unless MatchOptions, of which only one may be given, say otherwise.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from provisioning.core.errors import Reason
from provisioning.core.plain import canonical
from provisioning.kinds.budget.words import DIMENSIONS, MATCHES

Node = Mapping[str, Any]
DEEPEST = 2
LEAVES = {"dimension": "Dimensions", "tag": "Tags", "cost_category": "CostCategories"}
JOINS = {"and": "And", "or": "Or"}


def faults(declared: Any, pointer: str = "", depth: int = 0) -> Iterator[Reason]:
    """Everything wrong with a declared expression."""
    named = [name for name in (*LEAVES, *JOINS, "not") if isinstance(declared, Mapping) and name in declared]
    if len(named) != 1:
        yield Reason(pointer, "Give exactly one of dimension, tag, cost_category, and, or, not.")
    elif named[0] in LEAVES:
        yield from _leaf_faults(named[0], declared, pointer)
    else:
        yield from _join_faults(named[0], declared, pointer, depth)


def _join_faults(name: str, declared: Node, pointer: str, depth: int) -> Iterator[Reason]:
    yield from _others(declared, {name}, pointer)
    if depth == DEEPEST:
        yield Reason(f"{pointer}/{name}", f"AWS takes expressions nested {DEEPEST} deep: flatten this one.")
        return
    if name == "not":
        yield from faults(declared["not"], f"{pointer}/not", depth + 1)
        return
    parts = declared[name]
    if not isinstance(parts, list) or len(parts) < 2:
        yield Reason(f"{pointer}/{name}", f"Give a list of two expressions or more below {name}.")
        return
    for index, part in enumerate(parts):
        yield from faults(part, f"{pointer}/{name}/{index}", depth + 1)


def _leaf_faults(name: str, declared: Node, pointer: str) -> Iterator[Reason]:
    yield from _others(declared, {name, "values", "match"}, pointer)
    key, values, match = declared[name], declared.get("values"), declared.get("match", "equals")
    if name == "dimension" and key not in DIMENSIONS:
        yield Reason(f"{pointer}/dimension", f"There is no such dimension. Known: {', '.join(DIMENSIONS)}.")
    elif not isinstance(key, str) or not key:
        yield Reason(f"{pointer}/{name}", "Give its key as text.")
    if match not in MATCHES:
        yield Reason(f"{pointer}/match", f"Use one of {', '.join(MATCHES)}.")
    if match == "absent" and "values" not in declared and name != "dimension":
        return
    if not isinstance(values, list) or not values or not all(isinstance(one, str) for one in values):
        yield Reason(f"{pointer}/values", "Give a list of one text or more; in YAML put numbers in quotes.")


def _others(declared: Node, known: set[str], pointer: str) -> Iterator[Reason]:
    for name in declared:
        if name not in known:
            yield Reason(
                f"{pointer}/{name}", f"There is no such field here; beside it may be {', '.join(sorted(known))}."
            )


def as_aws(declared: Node) -> dict[str, Any]:
    """A declared expression without faults as AWS writes it."""
    for name, aws in JOINS.items():
        if name in declared:
            return {aws: [as_aws(part) for part in declared[name]]}
    if "not" in declared:
        return {"Not": as_aws(declared["not"])}
    name = next(name for name in LEAVES if name in declared)
    key = DIMENSIONS[declared[name]] if name == "dimension" else declared[name]
    leaf = {
        "Key": key,
        "Values": list(declared.get("values", ())),
        "MatchOptions": [MATCHES[declared.get("match", "equals")]],
    }
    return {LEAVES[name]: {part: value for part, value in leaf.items() if value}}


def in_order(node: Node) -> dict[str, Any]:
    """The same expression in one order: operands and values sorted, joins of joins and of one flattened."""
    for join in ("And", "Or"):
        if node.get(join):
            return _joined(join, [in_order(part) for part in node[join]])
    if node.get("Not"):
        return {"Not": in_order(node["Not"])}
    return {name: _leaf(leaf) for name, leaf in node.items() if leaf}


def joined(parts: Sequence[Node]) -> dict[str, Any]:
    """One expression that holds where all of these do; {} for none."""
    return _joined("And", [dict(part) for part in parts]) if parts else {}


def operands(node: Node) -> list[dict[str, Any]]:
    """What must all hold, of an expression in order."""
    if not node:
        return []
    return list(node["And"]) if "And" in node else [dict(node)]


def _joined(join: str, parts: Sequence[Node]) -> dict[str, Any]:
    flat = [inner for part in parts for inner in (part[join] if set(part) == {join} else [part])]
    distinct = {canonical(part): dict(part) for part in flat}
    ordered = [distinct[text] for text in sorted(distinct)]
    return ordered[0] if len(ordered) == 1 else {join: ordered}


def _leaf(leaf: Any) -> Any:
    if not isinstance(leaf, Mapping):
        return leaf
    written = {name: sorted(set(value)) if isinstance(value, list) else value for name, value in leaf.items() if value}
    if written.get("MatchOptions") == ["EQUALS"]:
        del written["MatchOptions"]
    return written


_TEXTS = {"type": "array", "minItems": 1, "items": {"type": "string"}}


def schema(depth: int = 0) -> dict[str, Any]:
    """JSON Schema of a declared expression."""
    common = {"values": _TEXTS, "match": {"enum": list(MATCHES)}}
    dimension = {"dimension": {"enum": list(DIMENSIONS)}, **common}
    forms = [
        _object(dimension, ["dimension", "values"]),
        *(_object({name: {"type": "string", "minLength": 1}, **common}, [name]) for name in ("tag", "cost_category")),
    ]
    if depth < DEEPEST:
        inner = schema(depth + 1)
        lists = {"type": "array", "minItems": 2, "items": inner}
        forms += [*(_object({name: lists}, [name]) for name in JOINS), _object({"not": inner}, ["not"])]
    return {"anyOf": forms}


def _object(properties: Mapping[str, Any], required: list[str]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
