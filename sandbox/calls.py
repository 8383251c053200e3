"""The log of every call, and from the session names who wrote which account under which fence."""

from __future__ import annotations

import re
import threading
import time
from typing import Any

_FENCED = re.compile(r"(?P<run>.+)\.(?P<fence>\d+)")


class CallLog:
    """Thread-safe by a lock of its own, because calls in flight are noted before the world's lock is taken."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: list[dict[str, Any]] = []
        self._overlaps: list[dict[str, Any]] = []
        self._highest: dict[str, tuple[int, str]] = {}
        self._in_flight: dict[str, dict[int, str]] = {}
        self._next = 1

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()
            self._overlaps.clear()
            self._highest.clear()
            self._in_flight.clear()

    def begin(self, account: str, session_name: str, is_write: bool) -> int:
        """Numbers the call; a write notes itself in flight and is compared with what went before."""
        with self._lock:
            number, self._next = self._next, self._next + 1
            if is_write and (fence := _fence(session_name)) is not None:
                self._compare(account, session_name, fence, number)
                self._in_flight.setdefault(account, {})[number] = session_name
            return number

    def applied(self, account: str, number: int) -> None:
        """The write's effect is done (or refused), whatever becomes of its answer."""
        with self._lock:
            self._in_flight.get(account, {}).pop(number, None)

    def record(self, entry: dict[str, Any]) -> None:
        with self._lock:
            self._entries.append({"time": time.time(), **entry})

    def _compare(self, account: str, session_name: str, fence: int, number: int) -> None:
        others = sorted({name for name in self._in_flight.get(account, {}).values() if name != session_name})
        for other in others:
            self._note(account, number, session_name, other, "two writes in flight at once")
        highest, holder = self._highest.get(account, (-1, ""))
        if fence < highest:
            self._note(account, number, session_name, holder, "a write under a lower fence came after")
        elif fence == highest and session_name != holder:
            self._note(account, number, session_name, holder, "two sessions wrote under one fence")
        else:
            self._highest[account] = (fence, session_name)

    def _note(self, account: str, number: int, session_name: str, other: str, why: str) -> None:
        found = {"account": account, "call": number, "session": session_name, "other": other, "why": why}
        self._overlaps.append(found)

    def entries(self, account: str = "", since: int = 0) -> list[dict[str, Any]]:
        """Oldest first; `since` is the last number already seen."""
        with self._lock:
            chosen = [e for e in self._entries if e["n"] > since and account in ("", e["account"])]
        return sorted(chosen, key=lambda entry: entry["n"])

    def overlaps(self) -> list[dict[str, Any]]:
        with self._lock:
            return list(self._overlaps)


def _fence(session_name: str) -> int | None:
    """Session names are `<run id>.<fence>`; any other writer is no worker and holds no fence."""
    found = _FENCED.fullmatch(session_name)
    return int(found["fence"]) if found else None
