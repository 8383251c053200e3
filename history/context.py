"""What the present work is part of: bound at the doors (a request, a task, a command), read by whatever records."""

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

REQUEST_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}", re.ASCII)


@dataclass(frozen=True)
class Context:
    """`request_id` names the request that all this came from, `cause` the door it came by; the rest is for the logs."""

    request_id: str = ""
    cause: str = ""
    run_id: str = ""
    account_id: str = ""


_SECRET = re.compile(r"fl_[0-9a-f]{12}\.|AKIA|ASIA")
NONE = Context()
_context: ContextVar[Context] = ContextVar("history_context", default=NONE)


def present() -> Context:
    """The present work's context; empty outside every door."""
    return _context.get()


def request_id() -> str:
    """The id of the request that this work came from; '' when none did."""
    return _context.get().request_id


def accepted_request_id(sent: str) -> str:
    """The id a caller sent when it is one (8 to 64 of letters, digits, dot, hyphen, underscore), else a new one."""
    return sent if REQUEST_ID.fullmatch(sent) and not _SECRET.match(sent) else uuid.uuid4().hex


@contextmanager
def bound(*, request_id: str, cause: str, run_id: str = "", account_id: str = "") -> Iterator[None]:
    """Everything recorded meanwhile carries this request id and cause."""
    before = _context.set(Context(request_id, cause, run_id, account_id))
    try:
        yield
    finally:
        _context.reset(before)
