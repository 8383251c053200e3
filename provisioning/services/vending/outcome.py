"""What a step of a request came to, and what an error of AWS makes of it."""

from dataclasses import dataclass, field
from typing import Any

from accounts.account_request import AccountRequest
from accounts.core.creation_failures import Failure, WayOn, failure_of_code
from provisioning.aws.errors import LeaseTooShortError
from provisioning.core.errors import AccessFailedError, AwsError, ErrorClass, FirstlineError

State = AccountRequest.State

_PASSES = frozenset(
    {
        ErrorClass.THROTTLED,
        ErrorClass.TRANSIENT,
        ErrorClass.UNKNOWN_OUTCOME,
        ErrorClass.CONSISTENCY,
        ErrorClass.CONFLICT,
        ErrorClass.SESSION,
    }
)
_FIRST_WAIT, _LONGEST_WAIT = 5, 120


@dataclass(frozen=True)
class Moved:
    """On to another state."""

    to: State
    fields: dict[str, Any] = field(default_factory=dict)
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Waits:
    """The same again in so many seconds. `is_trouble`: not for ever."""

    seconds: float
    code: str = ""
    message: str = ""
    is_trouble: bool = False


@dataclass(frozen=True)
class Failed:
    """Somebody has to do something, and then retry."""

    failure: Failure
    fields: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Doubtful:
    """Nobody can tell whether the account was made."""

    message: str


Outcome = Moved | Waits | Failed | Doubtful


def outcome_of(error: FirstlineError, attempts: int) -> Outcome:
    """What an error leads to, wherever nothing is left unknown by it: every step may run twice."""
    if isinstance(error, LeaseTooShortError):
        return Waits(1)
    if isinstance(error, AccessFailedError):
        causes = " ".join(error.causes)
        return Failed(Failure(error.code, f"{error.message}. {causes} Then retry.", WayOn.RETRY))
    if isinstance(error, AwsError):
        return _of_aws(error, attempts)
    return Failed(Failure(error.code, error.message, WayOn.PERSON))


def backoff(attempts: int) -> float:
    """Seconds until the next try: 5, 10, 20 ... 120."""
    return float(min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(max(attempts - 1, 0), 8)))


def _of_aws(error: AwsError, attempts: int) -> Outcome:
    known = failure_of_code(error.aws_code)
    if known is not None and known.way_on is WayOn.WAIT:
        return Waits(known.wait, known.code, _told(known.sentence, error), is_trouble=True)
    if known is not None:
        return Failed(Failure(known.code, _told(known.sentence, error), known.way_on))
    if error.error_class in _PASSES:
        return Waits(backoff(attempts), error.code, _told("AWS did not answer as it should.", error), is_trouble=True)
    sentence = "AWS refused it: see its words, change what they name, then retry."
    return Failed(Failure(error.code, _told(sentence, error), WayOn.RETRY))


def _told(sentence: str, error: AwsError) -> str:
    return f"{sentence} (AWS: {error.message})"
