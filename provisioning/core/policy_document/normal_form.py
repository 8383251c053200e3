"""The normal form of a document: the widest combinations of alternatives, grouped in one way only.

Two documents say the same exactly when their normal forms are equal: split statements, duplicates, alternatives that
a wider one contains and Allows that a Deny of the same document wholly contains have all fallen away.

Combinations are never listed one by one. The boxes are walked dimension by dimension; alternatives that lead to the
same rest share it (a decision diagram), so 400 actions on 400 resources are one step each, not 160,000.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from provisioning.core.policy_document.boxes import ACTION, ANY, Atom, Box, Dimension, above, reduce_boxes
from provisioning.core.policy_document.effort import Effort
from provisioning.core.policy_document.meaning import Meaning
from provisioning.core.policy_document.union import join_actions

Sides = dict[Dimension, tuple[Atom, ...]]
# A dimension and its branches: alternatives that share one rest, and that rest's number.
_Node = tuple[Dimension, tuple[tuple[tuple[Atom, ...], int], ...]]
_END = 0


@dataclass(frozen=True, slots=True)
class _Level:
    """One dimension: which boxes (bits) hold an alternative, and which hold one that strictly contains it."""

    side: Dimension
    holds: dict[Atom, int]
    holds_wider: dict[Atom, int]


@dataclass(slots=True)
class _Diagram:
    levels: Sequence[_Level]
    effort: Effort
    nodes: list[_Node] = field(default_factory=list)
    known: dict[_Node, int] = field(default_factory=dict)
    visited: dict[tuple[int, int, int], int | None] = field(default_factory=dict)

    def node(self, depth: int, plus: int, minus: int) -> int | None:
        """The widest combinations of the boxes `plus` that no box of `minus` contains; None when there are none."""
        if not plus:
            return None
        if depth == len(self.levels):
            return None if minus else _END
        state = (depth, plus, minus)
        if state not in self.visited:
            self.visited[state] = self._branch(self.levels[depth], depth, plus, minus)
        return self.visited[state]

    def _branch(self, level: _Level, depth: int, plus: int, minus: int) -> int | None:
        rests: dict[int, list[Atom]] = {}
        for atom, holders in level.holds.items():
            self.effort.spend(1)
            wider = level.holds_wider[atom]
            rest = self.node(depth + 1, plus & holders, (minus & (holders | wider)) | (plus & wider))
            if rest is not None:
                rests.setdefault(rest, []).append(atom)
        if not rests:
            return None
        if list(rests.values()) == [[ANY]]:
            # A dimension that narrows nothing leaves no trace, or a mention in a dead statement would count.
            return next(iter(rests))
        if level.side == ACTION:
            rests = {rest: join_actions(atoms, self.effort) for rest, atoms in rests.items()}
        branches = sorted((tuple(sorted(atoms)), rest) for rest, atoms in rests.items())
        return self._intern((level.side, tuple(branches)))

    def _intern(self, content: _Node) -> int:
        if content not in self.known:
            self.nodes.append(content)
            self.known[content] = len(self.nodes)
        return self.known[content]

    def paths(self, node: int) -> Iterator[Sides]:
        """Each way through the diagram as one box."""
        self.effort.spend(1)
        if node == _END:
            yield {}
            return
        side, branches = self.nodes[node - 1]
        for atoms, rest in branches:
            for path in self.paths(rest):
                yield {side: atoms, **path}


def widest(plus: Sequence[Box], minus: Sequence[Box], variables: bool, effort: Effort) -> list[Sides]:
    """What the boxes `plus` match and no box of `minus` takes back, in normal form. Raises TooMuchEffort."""
    ours = reduce_boxes(plus, variables, effort)
    kept = [*ours, *reduce_boxes(minus, variables, effort)]
    sides = sorted({side for box in kept for side in box.sides}, key=lambda side: side.order)
    diagram = _Diagram([_level(side, kept, variables, effort) for side in sides], effort)
    first = (1 << len(ours)) - 1
    root = diagram.node(0, first, ((1 << len(kept)) - 1) & ~first)
    return [] if root is None else list(diagram.paths(root))


def normal_form(meaning: Meaning, effort: Effort) -> list[tuple[str, Sides]]:
    """The normal form of a whole document, as (effect, box) pairs. Raises TooMuchEffort."""
    allows, denies = meaning.of_effect("Allow"), meaning.of_effect("Deny")
    return [
        *(("Allow", sides) for sides in widest(allows, denies, meaning.variables, effort)),
        *(("Deny", sides) for sides in widest(denies, (), meaning.variables, effort)),
    ]


def _level(side: Dimension, boxes: Sequence[Box], variables: bool, effort: Effort) -> _Level:
    holds: dict[Atom, int] = {}
    for index, box in enumerate(boxes):
        for atom in box.sides.get(side, (ANY,)):
            holds[atom] = holds.get(atom, 0) | (1 << index)
    wider = dict.fromkeys(holds, 0)
    for atom, higher in above(side, frozenset(holds), variables, effort).items():
        for one in higher:
            wider[atom] |= holds[one]
    return _Level(side, holds, wider)
