"""What an evaluation says: the decision, why, and the statement that decided."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Decision(StrEnum):
    """Whether a request would be let through; `cannot_tell` never counts as either."""

    ALLOWED = "allowed"
    DENIED = "denied"
    CANNOT_TELL = "cannot_tell"


class Why(StrEnum):
    """What decided: a Deny statement, the layer that doesn't allow, or the Allow that does."""

    EXPLICIT_DENY = "explicit_deny"
    SCP = "scp"
    BOUNDARY = "boundary"
    SESSION = "session"
    NOT_ALLOWED = "not_allowed"
    ALLOWED_BY = "allowed_by"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True, slots=True)
class StatementRef:
    """One statement of one policy. It goes by its Sid, or by its number when it has none (the first is 1)."""

    source: str
    sid_or_number: str
    statement: Any

    def __str__(self) -> str:
        return f"statement {self.sid_or_number} of {self.source}"


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one request. `missing` names what would have to be known; `sentence` is for people."""

    decision: Decision
    why: Why
    deciding: StatementRef | None
    missing: tuple[str, ...]
    considered: tuple[str, ...]
    sentence: str
