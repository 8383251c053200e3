"""Processes that a demo has started and that are still there."""

from __future__ import annotations

import os
import time
import uuid
from contextlib import suppress
from pathlib import Path

SECONDS = 30


def marked_environment(**more: str) -> tuple[str, dict[str, str]]:
    """An environment without anybody's settings, whose mark every process of the demo inherits."""
    mark = f"DEMO_OF_A_TEST={uuid.uuid4().hex}"
    name, _, value = mark.partition("=")
    kept = {key: text for key, text in os.environ.items() if not key.startswith(("FIRSTLINE_", "AWS_", "DJANGO_"))}
    return mark, {**kept, **more, name: value}


def left_over(mark: str) -> list[str]:
    """Commands of the processes that bear the mark, once they had time to end."""
    deadline = time.monotonic() + SECONDS
    while (found := _bearing(mark.encode())) and time.monotonic() < deadline:
        time.sleep(0.2)
    return found


def _bearing(mark: bytes) -> list[str]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if mark in (folder / "environ").read_bytes():
                found.append((folder / "cmdline").read_bytes().replace(b"\0", b" ").decode())
    return found
