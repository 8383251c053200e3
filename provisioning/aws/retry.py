"""When to try again: per account, because the shared clients never do."""

import random
import time
from collections.abc import Callable
from typing import TypeVar

from provisioning.core.errors import AwsError, ErrorClass

Answer = TypeVar("Answer")
Pause = Callable[[float], None]

READ_AGAIN = frozenset({ErrorClass.THROTTLED, ErrorClass.TRANSIENT})
WRITE_AGAIN = frozenset({ErrorClass.THROTTLED})
"""A throttled write was answered, so it had no effect."""

_TRIES = 3
_FIRST_PAUSE = 0.5
_FREE_RETRIES = 4


class Patience:
    """The retries of one account's session: three tries a call, and in all no more than 4 + a tenth of its calls.

    Without the second limit a throttled account is asked three times as often as a healthy one.
    """

    def __init__(self, pause: Pause = time.sleep) -> None:
        self._pause = pause
        self._calls = 0
        self._retries = 0

    def call(self, attempt: Callable[[], Answer], again: frozenset[ErrorClass]) -> Answer:
        """Try up to three times while the failure is of a class in `again`, with full jitter between."""
        self._calls += 1
        for tried in range(1, _TRIES):
            try:
                return attempt()
            except AwsError as error:
                if error.error_class not in again or not self._may_retry():
                    raise
            self._pause(random.uniform(0, _FIRST_PAUSE * 2**tried))  # noqa: S311 (spreads load, guards nothing)
        return attempt()

    def _may_retry(self) -> bool:
        if self._retries >= _FREE_RETRIES + self._calls // 10:
            return False
        self._retries += 1
        return True
