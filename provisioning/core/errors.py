"""The failures of the product, each with a stable reason code."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class ErrorClass(StrEnum):
    """How an AWS failure is answered (docs/architecture.md, Errors)."""

    THROTTLED = "throttled"
    TRANSIENT = "transient"
    UNKNOWN_OUTCOME = "unknown_outcome"
    CONSISTENCY = "consistency"
    CONFLICT = "conflict"
    SESSION = "session"
    DENIED = "denied"
    GONE = "gone"
    INVALID = "invalid"
    BUG = "bug"


class FirstlineError(Exception):
    """Base of every refusal: a stable `code` for machines and a message that says what to do."""

    code = "error"

    def __init__(self, message: str, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code:
            self.code = code


class AwsError(FirstlineError):
    """AWS answered with an error, or not at all. `aws_code` is AWS's own word."""

    def __init__(self, error_class: ErrorClass, aws_code: str, message: str) -> None:
        super().__init__(message, code=error_class.value)
        self.error_class = error_class
        self.aws_code = aws_code


class AccessFailedError(FirstlineError):
    """The account could not be entered; `causes` lists what it may be and how to test each."""

    code = "cannot_enter"

    def __init__(self, message: str, causes: Iterable[str], code: str | None = None) -> None:
        super().__init__(message, code)
        self.causes = tuple(causes)


@dataclass(frozen=True, order=True)
class Reason:
    """One thing wrong with a declaration: where (RFC 6901 pointer) and what to do."""

    pointer: str
    message: str


class DeclarationError(FirstlineError):
    """A declaration is refused; every reason at once."""

    code = "invalid_declaration"

    def __init__(self, reasons: Iterable[Reason]) -> None:
        self.reasons = tuple(sorted(set(reasons)))
        super().__init__("; ".join(f"{reason.pointer}: {reason.message}" for reason in self.reasons))


class NotAllowedError(FirstlineError):
    """The actor may not do this."""

    code = "not_allowed"


class ConflictError(FirstlineError):
    """The row is not in the state the request needs."""

    code = "conflict"


class NotFoundError(FirstlineError):
    """No such thing, or none that the actor may see."""

    code = "not_found"


class FencedError(FirstlineError):
    """Another worker owns the account now: stop at once, write nothing."""

    code = "fenced"


class GoneError(FirstlineError):
    """It was there once and is no more: what is read once was read, or its time is over."""

    code = "gone"
