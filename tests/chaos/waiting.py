"""Waiting for what other processes do."""

import time
from collections.abc import Callable

import pytest

PATIENCE_SECONDS = 120.0


def wait_until(holds: Callable[[], object], what: str, *, every: float = 0.1) -> None:
    """Return once `holds()` is true; fail the test when it never is."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        if time.monotonic() > until:
            pytest.fail(f"in vain: {what}")
        time.sleep(every)
