"""What a document says, read from plain JSON: its version, its boxes, and verbatim whatever is not understood.

Lenient on purpose: AWS has stored documents that today's grammar refuses. A part that is not understood is opaque: it
equals only the same part.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from provisioning.core.policy_document.boxes import ACTION, MISSING, NONE, PRINCIPAL, RESOURCE, Atom, Box, Dimension
from provisioning.core.policy_document.operators import read_operator
from provisioning.core.policy_document.values import text_of
from provisioning.core.policy_document.wildcard import Flavour, read_pattern

OLD, NEW = "2008-10-17", "2012-10-17"
PRINCIPAL_TYPES = ("AWS", "Service", "Federated", "CanonicalUser")
_PAIRED = ("Action", "Resource", "Principal")
_STATEMENT = {"Sid", "Effect", "Condition", *_PAIRED, *(f"Not{name}" for name in _PAIRED)}
_ROOT = re.compile(r"arn:[a-z0-9-]+:iam::(\d{12}):root")


@dataclass(frozen=True, slots=True)
class Meaning:
    """A read document. Without a Version it is of 2008-10-17, as for AWS."""

    version: str
    boxes: tuple[Box, ...]
    opaque: frozenset[str] = frozenset()

    @property
    def variables(self) -> bool:
        """Whether `${…}` is a variable; before 2012-10-17 it is plain text."""
        return self.version == NEW

    def of_effect(self, effect: str) -> tuple[Box, ...]:
        return tuple(box for box in self.boxes if box.effect == effect)


def read_meaning(value: Any) -> Meaning:
    """Reads plain JSON (or the raw text of what is not JSON)."""
    if not isinstance(value, dict) or value.get("Version", OLD) not in (OLD, NEW) or "Statement" not in value:
        return Meaning("", (), frozenset({verbatim(value)}))
    version = value.get("Version", OLD)
    written = value["Statement"] if isinstance(value["Statement"], list) else [value["Statement"]]
    boxes = {verbatim(_without_sid(one)): _read_statement(one, version == NEW) for one in written}
    unknown = {key: part for key, part in value.items() if key not in ("Version", "Id", "Statement")}
    if not isinstance(value.get("Id", ""), str):
        unknown["Id"] = value["Id"]
    opaque = {text for text, box in boxes.items() if box is None} | ({verbatim(unknown)} if unknown else set())
    return Meaning(version, tuple(box for box in boxes.values() if box is not None), frozenset(opaque))


def verbatim(value: Any) -> str:
    """The one text of a part that is compared as it stands."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def principal_text(kind: str, value: str) -> str:
    """A principal in its one spelling: `*`, `service:ec2.amazonaws.com`, `aws:123456789012`, `aws:arn:…`."""
    if kind == "AWS" and value == "*":
        return "*"
    root = _ROOT.fullmatch(value) if kind == "AWS" else None
    return f"{kind.lower()}:{root.group(1) if root else value}"


def _without_sid(statement: Any) -> Any:
    if isinstance(statement, dict) and isinstance(statement.get("Sid", ""), str):
        return {key: part for key, part in statement.items() if key != "Sid"}
    return statement


def _read_statement(statement: Any, variables: bool) -> Box | None:
    if not isinstance(statement, dict) or set(statement) - _STATEMENT or not isinstance(statement.get("Sid", ""), str):
        return None
    if statement.get("Effect") not in ("Allow", "Deny") or not {"Action", "NotAction"} & set(statement):
        return None
    action = _read_patterns(statement, "Action", Flavour.ACTION, variables)
    resource = _read_patterns(statement, "Resource", Flavour.RESOURCE, variables)
    principal = _read_principal(statement)
    conditions = read_condition(statement.get("Condition", {}), variables)
    if action is None or resource is None or principal is None or conditions is None:
        return None
    sides = {PRINCIPAL: principal, **conditions, RESOURCE: resource, ACTION: action}
    return Box(statement["Effect"], sides)


def _read_patterns(
    statement: Mapping[str, Any], element: str, flavour: Flavour, variables: bool
) -> frozenset[Atom] | None:
    """The alternatives of `Action` or `NotAction` (and of the resource pair); a `Not…` list is one alternative."""
    present = [name for name in (element, f"Not{element}") if name in statement]
    if not present:
        return frozenset({NONE})
    texts = _texts(statement[present[0]])
    if len(present) > 1 or texts is None:
        return None
    spelt = {read_pattern(text, flavour, variables).text for text in texts}
    if present[0] == element:
        return frozenset(("is", text) for text in spelt)
    return frozenset({("not", *sorted(spelt))})


def _texts(value: Any) -> list[str] | None:
    texts = value if isinstance(value, list) else [value]
    return texts if texts and all(isinstance(text, str) for text in texts) else None


def _read_principal(statement: Mapping[str, Any]) -> frozenset[Atom] | None:
    present = [name for name in ("Principal", "NotPrincipal") if name in statement]
    if not present:
        return frozenset({NONE})
    named = _principals(statement[present[0]])
    if len(present) > 1 or named is None:
        return None
    if present[0] == "Principal":
        return frozenset(("is", text) for text in named)
    return frozenset({("not", *sorted(named))})


def _principals(value: Any) -> set[str] | None:
    if value == "*":
        return {"*"}
    if not isinstance(value, dict) or not value or set(value) - set(PRINCIPAL_TYPES):
        return None
    listed = {kind: _texts(names) for kind, names in value.items()}
    if any(names is None for names in listed.values()):
        return None
    return {principal_text(kind, name) for kind, names in listed.items() for name in names or ()}


def read_condition(value: Any, variables: bool) -> dict[Dimension, frozenset[Atom]] | None:
    """One dimension per (operator, key), both without regard to case; None when it is no condition block at all."""
    if not isinstance(value, dict) or not all(isinstance(keys, dict) for keys in value.values()):
        return None
    read: dict[Dimension, list[frozenset[Atom]]] = {}
    for operator, keys in value.items():
        for side, atoms in _read_operator_block(operator, keys, variables):
            read.setdefault(side, []).append(atoms)
    whole = {side: _all_of(demands) for side, demands in read.items()}
    return dict(_or_missing(side, atoms, whole) for side, atoms in whole.items())


def _or_missing(
    side: Dimension, atoms: frozenset[Atom], whole: Mapping[Dimension, frozenset[Atom]]
) -> tuple[Dimension, frozenset[Atom]]:
    """`…IfExists` as one alternative more of the same demand: the key is missing. So the two take in one another.

    Not where the block makes the plain demand on the same key as well: both must hold then.
    """
    operator = read_operator(side.operator)
    if operator is None or not operator.is_or_missing or not all(atom[0] == "is" for atom in atoms):
        return side, atoms
    plain = side._replace(operator=operator.demand)
    return (side, atoms) if plain in whole else (plain, atoms | {MISSING})


def _read_operator_block(name: str, keys: dict[str, Any], variables: bool) -> list[tuple[Dimension, frozenset[Atom]]]:
    operator = read_operator(name)
    if operator is None or not keys:
        # What an operator without keys does is not documented, so it is kept as it stands.
        return [(Dimension("Condition", name, ""), frozenset({("opaque", verbatim(keys))}))]
    read: list[tuple[Dimension, frozenset[Atom]]] = []
    for key, value in keys.items():
        texts = [text_of(one) for one in (value if isinstance(value, list) else [value])]
        known = [operator.fold(text, variables) for text in texts if text is not None]
        atoms: set[Atom] = {("opaque", verbatim(value))}
        if known and len(known) == len(texts):
            atoms = {("is", text) for text in known} if operator.is_splittable else {("set", *sorted(set(known)))}
        read.append((Dimension("Condition", operator.name, key.lower()), frozenset(atoms)))
    return read


def _all_of(demands: list[frozenset[Atom]]) -> frozenset[Atom]:
    """Demands on one key that must all hold, e.g. ArnEquals beside ArnLike: kept together as one alternative."""
    distinct = sorted({verbatim(sorted(atoms)) for atoms in demands})
    return demands[0] if len(distinct) == 1 else frozenset({("opaque", *distinct)})
