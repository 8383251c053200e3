"""PolicyDocument: an IAM policy document that equals another when AWS treats both alike."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from provisioning.core.policy_document import presentation
from provisioning.core.policy_document.boxes import MISSING, NONE, Atom, Box, Dimension
from provisioning.core.policy_document.effort import Effort, TooMuchEffort
from provisioning.core.policy_document.json_text import plain_json, readable_json
from provisioning.core.policy_document.meaning import OLD, Meaning, read_meaning, verbatim
from provisioning.core.policy_document.normal_form import Sides, normal_form

Source = str | Mapping[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class PolicyDocument:
    """A policy document. Equal means: AWS treats both alike (Sid, Id, order, splitting, spelling don't count).

    `json` is the text to store, send and show. The meaning is worked out when it is asked for: most documents of an
    account are not declared and never compared, and most that are compared are written alike.
    """

    json: str

    @property
    def canonical(self) -> str:
        """The one text of its meaning."""
        return _canonical_of_text(self.json)

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical text."""
        return hashlib.sha256(self.canonical.encode()).hexdigest()

    @property
    def size(self) -> int:
        """Characters that count for IAM's quotas, which leave white space out."""
        return len(self.json)

    @property
    def pretty(self) -> str:
        """Several lines in a stable order, for people and for diffs."""
        return presentation.pretty(readable_json(self.json))

    @property
    def meaning(self) -> Meaning:
        """What it says, statement by statement."""
        return read_meaning(readable_json(self.json))

    def to_plain(self) -> Any:
        """The document as plain JSON (its raw text when it is none)."""
        return readable_json(self.json)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PolicyDocument):
            return NotImplemented
        return self.json == other.json or self.canonical == other.canonical

    def __hash__(self) -> int:
        return hash(self.canonical)

    def __str__(self) -> str:
        return self.json


def read_document(value: Source) -> PolicyDocument:
    """Reads what AWS has stored, parsed or as text, percent-decoded. Never refuses: see `meaning`."""
    return document_of(readable_json(value) if isinstance(value, str) else plain_json(value))


def document_of(value: Any) -> PolicyDocument:
    """The document of plain JSON, or of a raw text that is none."""
    return PolicyDocument(value if isinstance(value, str) else presentation.compact(value))


# Accounts of one organisation hold the same documents many times over.
@lru_cache(maxsize=1024)
def _canonical_of_text(text: str) -> str:
    return canonical_text(read_meaning(readable_json(text)))


def equivalent(left: Source | PolicyDocument, right: Source | PolicyDocument) -> bool:
    """Whether AWS treats two documents alike; pure, for parsed JSON and for PolicyDocuments."""
    return _as_document(left) == _as_document(right)


def _as_document(value: Source | PolicyDocument) -> PolicyDocument:
    return value if isinstance(value, PolicyDocument) else read_document(value)


def canonical_text(meaning: Meaning) -> str:
    """The meaning as canonical JSON: equal texts, and only they, are equivalent documents."""
    whole: dict[str, Any] = {"Version": meaning.version or OLD, "Statement": []}
    if not meaning.version:
        whole = {}
    try:
        whole["Statement"] = _sorted_statements(normal_form(meaning, Effort()))
    except TooMuchEffort:
        # Too intricate to fold: then only what is written alike is alike, which errs on the side of showing drift.
        whole["AsWritten"] = _sorted_statements((box.effect, _as_written(box)) for box in meaning.boxes)
    if meaning.opaque:
        whole["Opaque"] = sorted(meaning.opaque)
    return verbatim(whole)


def _as_written(box: Box) -> Sides:
    return {side: tuple(sorted(atoms)) for side, atoms in box.sides.items()}


def _sorted_statements(boxes: Iterable[tuple[str, Sides]]) -> list[dict[str, Any]]:
    rendered = {verbatim(one): one for one in (_render(effect, sides) for effect, sides in boxes)}
    return [rendered[text] for text in sorted(rendered)]


def _render(effect: str, sides: Mapping[Dimension, tuple[Atom, ...]]) -> dict[str, Any]:
    rendered: dict[str, Any] = {"Effect": effect}
    for side, atoms in sides.items():
        if atoms == (NONE,):
            continue
        shown = [atom[1] if atom[0] == "is" else list(atom) for atom in atoms if atom != MISSING]
        if side.element == "Condition":
            operator = f"{side.operator}IfExists" if MISSING in atoms else side.operator
            rendered.setdefault("Condition", {}).setdefault(operator, {})[side.key] = shown
        else:
            rendered[side.element] = shown
    return rendered
