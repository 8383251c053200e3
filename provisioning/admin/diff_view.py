"""Two values side by side, line by line, as data for a template. Pure: left is what is there, right what should be."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum
from itertools import zip_longest
from typing import Any, Literal

from provisioning.core.policy_document import equivalent, presentation

Mark = Literal["same", "changed", "removed", "added"]
UNMANAGED = "unmanaged"
ALIKE_ENOUGH = 0.35
"""Two lines less alike than this are shown as one removed and one added, without marks inside them."""
MOST_COMPARISONS = 250_000
"""Lines with more pairs of words than this are not compared word by word."""


class Absent(Enum):
    """The type of `ABSENT`: there is nothing on this side, which is not the same as an empty value or `none`."""

    ABSENT = "absent"


ABSENT = Absent.ABSENT


@dataclass(frozen=True)
class Piece:
    """Part of a line; `changed` when the other side's line has something else here."""

    text: str
    changed: bool = False


@dataclass(frozen=True)
class Side:
    """One line of one side with its number."""

    number: int
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """The whole line."""
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True)
class Row:
    """One line of both sides; None where a side has none."""

    mark: Mark
    left: Side | None
    right: Side | None


@dataclass(frozen=True)
class FieldView:
    """One field of both sides. `left_note` and `right_note` say what an empty side means."""

    name: str
    mark: Mark
    rows: tuple[Row, ...]
    left_note: str = ""
    right_note: str = ""
    shared: bool = False
    """Others may have added to it: these are ours only."""
    alike: bool = False
    """Two documents that are written differently and that AWS treats alike."""

    @property
    def has_note(self) -> bool:
        """Whether a side is empty."""
        return bool(self.left_note or self.right_note)


def item_views(left: Any, right: Any) -> tuple[FieldView, ...]:
    """The fields of one resource as two specs in plain JSON, or ABSENT for a side that does not exist.

    What neither side manages is left out.
    """
    if not isinstance(left, Mapping) and not isinstance(right, Mapping):
        return (field_view("", left, right),)
    names = {name for side in (left, right) if isinstance(side, Mapping) for name in side}
    return tuple(view for name in sorted(names) for view in _field(name, _member(left, name), _member(right, name)))


def field_view(name: str, left: Any, right: Any) -> FieldView:
    """One field of both sides; ABSENT for a side that has none."""
    left_items, right_items = _ours(left), _ours(right)
    alike = left != right and _is_document(left) and _is_document(right) and equivalent(left, right)
    rows = tuple(line_rows(text_lines(left_items), text_lines(right_items)))
    return FieldView(
        name=name,
        mark="same" if alike else _mark(left, right),
        rows=rows,
        left_note=_note(left_items, "not there"),
        right_note=_note(right_items, "not declared"),
        shared=_is_shared(left) or _is_shared(right),
        alike=alike,
    )


def text_lines(value: Any) -> list[str]:
    """A value as the lines a person reads: documents in one order, one element of a list per line."""
    if value is ABSENT or value == [] or value == {}:
        return []
    if isinstance(value, Mapping):
        return _mapping_lines(value)
    if isinstance(value, list) and all(not isinstance(item, list | Mapping) for item in value):
        return sorted(_scalar(item) for item in value)
    return _json(value) if isinstance(value, list) else _scalar(value).split("\n")


def line_rows(left: list[str], right: list[str]) -> Iterator[Row]:
    """Both texts line by line, lines that go together in one row."""
    for tag, at, to, from_, until in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        pairs = zip_longest(range(at, to), range(from_, until))
        for left_at, right_at in pairs:
            yield _row(tag == "equal", left, right, left_at, right_at)


def _row(is_same: bool, left: list[str], right: list[str], left_at: int | None, right_at: int | None) -> Row:
    if right_at is None:
        return Row("removed", _side(left, left_at), None)
    if left_at is None:
        return Row("added", None, _side(right, right_at))
    if is_same:
        return Row("same", _side(left, left_at), _side(right, right_at))
    old, new = _pieces(left[left_at], right[right_at])
    return Row("changed", Side(left_at + 1, old), Side(right_at + 1, new))


def _side(lines: list[str], at: int | None) -> Side | None:
    return None if at is None else Side(at + 1, (Piece(lines[at]),))


def _pieces(left: str, right: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    old, new = _tokens(left), _tokens(right)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if len(old) * len(new) > MOST_COMPARISONS or matcher.ratio() < ALIKE_ENOUGH:
        return (Piece(left, changed=True),), (Piece(right, changed=True),)
    codes = matcher.get_opcodes()
    return (
        tuple(Piece("".join(old[a:b]), tag != "equal") for tag, a, b, _, _ in codes if b > a),
        tuple(Piece("".join(new[a:b]), tag != "equal") for tag, _, _, a, b in codes if b > a),
    )


def _tokens(line: str) -> list[str]:
    return re.findall(r"\w+|\s+|[^\w\s]", line)


def _field(name: str, left: Any, right: Any) -> Iterator[FieldView]:
    if _unmanaged(left) and _unmanaged(right):
        return
    ours = [_ours(side) for side in (left, right)]
    if any(_holds_documents(side) for side in ours) and all(_may_hold_documents(side) for side in ours):
        keys = dict.fromkeys(key for side in ours if isinstance(side, Mapping) for key in side)
        for key in sorted(keys):
            yield field_view(f"{name}[{key}]", *(_member(side, key) for side in ours))
    else:
        yield field_view(name, left, right)


def _member(side: Any, name: str) -> Any:
    return side.get(name, ABSENT) if isinstance(side, Mapping) else ABSENT


def _holds_documents(value: Any) -> bool:
    return isinstance(value, Mapping) and bool(value) and all(_is_document(member) for member in value.values())


def _may_hold_documents(value: Any) -> bool:
    return value is ABSENT or value == {} or _holds_documents(value)


def _is_document(value: Any) -> bool:
    return isinstance(value, Mapping) and "Statement" in value


def _unmanaged(value: Any) -> bool:
    return value is ABSENT or value == UNMANAGED


def _is_shared(value: Any) -> bool:
    return isinstance(value, Mapping) and set(value) == {"include"}


def _ours(value: Any) -> Any:
    return value["include"] if _is_shared(value) else value


def _mark(left: Any, right: Any) -> Mark:
    if _unmanaged(right) or _unmanaged(left):
        return "same" if _unmanaged(left) and _unmanaged(right) else "added" if _unmanaged(left) else "removed"
    return "same" if left == right else "changed"


def _note(value: Any, absent: str) -> str:
    if value is ABSENT:
        return absent
    return "empty" if value in ([], {}, "") else ""


def _mapping_lines(value: Mapping[str, Any]) -> list[str]:
    if _is_document(value):
        return presentation.pretty(value).splitlines()
    if all(not isinstance(item, list | Mapping) for item in value.values()):
        return [f"{key}: {_scalar(value[key])}" for key in sorted(value)]
    return _json(value)


def _json(value: Any) -> list[str]:
    return json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False).splitlines()


def _scalar(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    return "not managed" if value == UNMANAGED else str(value)
