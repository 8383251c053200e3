"""A statement as a box: for each dimension (principal, condition key, resource, action) the set of its alternatives.

A box matches the requests that one alternative of *each* dimension matches. A dimension that a box doesn't mention
does not narrow it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from provisioning.core.policy_document.effort import Effort
from provisioning.core.policy_document.operators import read_operator
from provisioning.core.policy_document.wildcard import Flavour, Pattern, are_disjoint, contains, read_pattern

# An alternative: ("is", text), ("not", text, ...), ("set", value, ...), ("opaque", json), or one of those below.
Atom = tuple[str, ...]
ANY: Atom = ("any",)
NONE: Atom = ("none",)
MISSING: Atom = ("missing",)
"""The condition's key is not in the request."""


class Dimension(NamedTuple):
    """What an alternative is about; the order is that of the normal form."""

    element: str
    operator: str = ""
    key: str = ""

    @property
    def order(self) -> tuple[int, str, str]:
        return ("Principal", "Condition", "Resource", "Action").index(self.element), self.operator, self.key


PRINCIPAL, RESOURCE, ACTION = Dimension("Principal"), Dimension("Resource"), Dimension("Action")
Contains = Callable[[Atom, Atom], bool]


@dataclass(frozen=True, slots=True)
class Box:
    """The meaning of one statement."""

    effect: str
    sides: Mapping[Dimension, frozenset[Atom]]

    @property
    def is_empty(self) -> bool:
        """Whether it matches no request at all, as `NotAction: "*"` does."""
        return any(not atoms for atoms in self.sides.values())


def reduce_boxes(boxes: Iterable[Box], variables: bool, effort: Effort) -> list[Box]:
    """The same boxes without alternatives that another one of the same box contains, and without empty boxes."""
    known: dict[tuple[Dimension, frozenset[Atom]], frozenset[Atom]] = {}
    reduced: list[Box] = []
    for box in boxes:
        for side in box.sides.items():
            # Split statements repeat long lists; each is reduced once.
            if side not in known:
                known[side] = _reduce_side(*side, variables, effort)
        reduced.append(Box(box.effect, {side[0]: known[side] for side in box.sides.items()}))
    return [box for box in reduced if not box.is_empty]


def containment(side: Dimension, variables: bool) -> Contains:
    """How alternatives of a dimension contain one another: a sure yes, or no."""
    if side.element == "Principal":
        return _principal_contains
    if side.element == "Condition":
        return _condition_containment(side, variables)
    flavour = _flavour(side)
    return lambda wide, narrow: _pattern_atom_contains(wide, narrow, flavour, variables)


def above(side: Dimension, atoms: frozenset[Atom], variables: bool, effort: Effort) -> dict[Atom, list[Atom]]:
    """For each alternative, the others that strictly contain it."""
    within = containment(side, variables)
    found: dict[Atom, list[Atom]] = {atom: [] for atom in atoms}
    ordered = sorted(atoms)
    for wide in ordered:
        for narrow in _candidates(side, wide, ordered, variables):
            effort.spend(_cost(side, wide, narrow))
            # Two spellings of one set must never take each other out.
            if narrow != wide and within(wide, narrow) and not within(narrow, wide):
                found[narrow].append(wide)
    return found


def _cost(side: Dimension, wide: Atom, narrow: Atom) -> int:
    """Roughly the time of one comparison: following a pattern costs most, lists mostly end at the first letters."""
    followed = side.element != "Principal" and wide[0] == narrow[0] == "is"
    return 4 * max(1, wide[1].count("*")) ** 2 if followed else 1 + len(wide) * len(narrow) // 16


def _candidates(side: Dimension, wide: Atom, ordered: list[Atom], variables: bool) -> list[Atom]:
    if wide == ANY:
        return ordered
    if wide[0] in ("none", "missing", "opaque") or (side.element == "Principal" and wide[0] == "is" and wide[1] != "*"):
        return []
    operator = read_operator(side.operator) if side.element == "Condition" else None
    if operator and wide[0] == "is" and not operator.may_contain:
        return []
    if side in (ACTION, RESOURCE) and wide[0] == "is" and wide[1] != "*":
        return _matchable(read_pattern(wide[1], _flavour(side), variables), ordered)
    return ordered


def _matchable(pattern: Pattern, ordered: list[Atom]) -> list[Atom]:
    if not pattern.is_wild:
        return []
    listed = (atom for atom in ordered if atom[0] == "is")
    return [atom for atom in listed if atom[1].startswith(pattern.prefix) and pattern.chunk in atom[1]]


def _flavour(side: Dimension) -> Flavour:
    return Flavour.ACTION if side == ACTION else Flavour.RESOURCE


def _reduce_side(side: Dimension, atoms: frozenset[Atom], variables: bool, effort: Effort) -> frozenset[Atom]:
    folded = frozenset(_reduce_list(side, atom, variables, effort) for atom in atoms)
    folded = frozenset(atom for atom in folded if atom != ("not", "*") or side == PRINCIPAL)
    higher = above(side, folded, variables, effort)
    return frozenset(atom for atom in folded if not higher[atom])


def _reduce_list(side: Dimension, atom: Atom, variables: bool, effort: Effort) -> Atom:
    """A list that counts as one alternative, without the members that others of it contain."""
    if atom[0] not in ("not", "set") or side == PRINCIPAL:
        return atom
    members = frozenset(("is", text) for text in atom[1:])
    higher = above(side, members, variables, effort)
    return (atom[0], *sorted(member[1] for member in members if not higher[member]))


@lru_cache(maxsize=4096)
def _read(atom: Atom, flavour: Flavour, variables: bool) -> tuple[Pattern, ...]:
    return tuple(read_pattern(text, flavour, variables) for text in atom[1:])


def _pattern_atom_contains(wide: Atom, narrow: Atom, flavour: Flavour, variables: bool) -> bool:
    if NONE in (wide, narrow):
        return wide == narrow
    ours, theirs = _read(wide, flavour, variables), _read(narrow, flavour, variables)
    if wide[0] == "is" and narrow[0] == "is":
        return contains(ours[0], theirs[0])
    if wide[0] == "is":
        return wide[1] == "*"
    if narrow[0] == "is":
        return all(are_disjoint(excluded, theirs[0]) for excluded in ours)
    return all(any(contains(their, excluded) for their in theirs) for excluded in ours)


def _principal_contains(wide: Atom, narrow: Atom) -> bool:
    """`*` takes in the AWS principals only: whether it reaches services and federated ones is not documented."""
    if wide == narrow:
        return True
    if wide[0] == "not" and narrow[0] == "not":
        return set(wide[1:]) <= set(narrow[1:])
    return wide == ("is", "*") and narrow[0] == "is" and narrow[1].startswith("aws:")


def _condition_containment(side: Dimension, variables: bool) -> Contains:
    operator = read_operator(side.operator)

    def within(wide: Atom, narrow: Atom) -> bool:
        if wide in (ANY, narrow):
            return True
        if operator is None or wide[0] != narrow[0] or wide[0] not in ("is", "set"):
            return False
        # "None of [a]" takes in "none of [a, b]": a longer list of exclusions is the narrower one.
        turned = operator.is_negated and wide[0] == "set"
        outer, inner = (narrow, wide) if turned else (wide, narrow)
        return all(any(operator.value_contains(o, i, variables) for o in outer[1:]) for i in inner[1:])

    return within
