"""Why a policy document is refused: every reason, each with its JSON pointer."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """One fault of a document: where it is (RFC 6901 pointer) and what to do about it."""

    pointer: str
    message: str

    def __str__(self) -> str:
        return f"{self.pointer or '(document)'}: {self.message}"


class PolicyDocumentError(ValueError):
    """A document that AWS would refuse, or read otherwise than its author meant; `reasons` holds all faults."""

    def __init__(self, reasons: Iterable[Reason]) -> None:
        self.reasons: tuple[Reason, ...] = tuple(reasons)
        super().__init__("; ".join(str(reason) for reason in self.reasons))


def pointer_to(parent: str, key: str | int) -> str:
    """The pointer of a member below `parent`, escaped as RFC 6901 says."""
    return f"{parent}/{str(key).replace('~', '~0').replace('/', '~1')}"
