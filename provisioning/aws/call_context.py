"""Whose call it is that this thread makes, until when it may be sent, and who counts it.

One context variable, set around each single call: threads share the clients and nothing else, and a client used
outside such a call (another thread, a pager consumed later) finds nothing and refuses.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from provisioning.core.errors import AwsError, ErrorClass


@dataclass(frozen=True)
class AccountCredentials:
    """One session's keys. Never printed."""

    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)
    token: str = field(repr=False)


@dataclass
class CallCounter:
    """Counts every HTTP request to AWS of one run: pages, retries and AssumeRole. For one thread.

    `throttled`: those that AWS answered with "too fast".
    """

    made: int = 0
    throttled: int = 0

    def note(self, failure: AwsError) -> AwsError:
        """Count a failure where it was a throttle, and give it back."""
        self.throttled += failure.error_class is ErrorClass.THROTTLED
        return failure


@dataclass(frozen=True)
class CallContext:
    """`credentials` is None for the hub's own calls; `deadline` is monotonic seconds, None where nothing is written."""

    credentials: AccountCredentials | None
    counter: CallCounter
    deadline: float | None = None


_current: ContextVar[CallContext | None] = ContextVar("firstline_aws_call", default=None)
_lease_deadline: ContextVar[float | None] = ContextVar("firstline_lease_deadline", default=None)


def current_call() -> CallContext | None:
    """The call this thread is making, or None."""
    return _current.get()


@contextmanager
def making(call: CallContext) -> Iterator[None]:
    """Make one call as `call` says."""
    token = _current.set(call)
    try:
        yield
    finally:
        _current.reset(token)


@contextmanager
def lease_deadline(at: float) -> Iterator[None]:
    """Writes inside may be sent while `time.monotonic()` is far enough before `at`, the end of the account's lease."""
    token = _lease_deadline.set(at)
    try:
        yield
    finally:
        _lease_deadline.reset(token)


def current_lease_deadline() -> float | None:
    """When the lease that this thread writes under ends, in monotonic seconds; None without one."""
    return _lease_deadline.get()
