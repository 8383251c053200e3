"""Refusals in the history, so many a minute and no more: whoever is refused must not be able to fill the disk."""

import logging
import threading
import time
from collections import Counter
from typing import Any

from history.services.record import record

logger = logging.getLogger(__name__)
MOST_A_MINUTE = 20
MOST_OF_ALL_A_MINUTE = 300


class _Minute:
    """How many refusals this process recorded in the present minute, by actor."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._minute, self._by_actor = 0, Counter[str]()

    def admits(self, actor: str) -> bool:
        """Whether one more may be recorded."""
        with self._lock:
            now = int(time.monotonic() // 60)
            if now != self._minute:
                self._minute, self._by_actor = now, Counter()
            if self._by_actor[actor] >= MOST_A_MINUTE or self._by_actor.total() >= MOST_OF_ALL_A_MINUTE:
                return False
            self._by_actor[actor] += 1
            return True


_minute = _Minute()


def record_refusal(*, actor: str, verb: str, subject: str = "", detail: dict[str, Any] | None = None) -> None:
    """Record a refusal; beyond 20 a minute of one actor it goes to the log only.

    Call it outside the refused transaction, or it is rolled back with it.
    """
    if _minute.admits(actor):
        record(actor=actor[:150] or "unknown", verb=verb, subject=subject[:300], detail=detail)
    else:
        logger.warning("refusal not recorded, too many", extra={"verb": verb})
