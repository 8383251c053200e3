"""A worker that dies at the n-th point of an apply, in this process: nothing of ours catches it."""

from collections.abc import Callable
from typing import Any

import pytest

from provisioning.aws.session import AwsSession
from provisioning.services import apply_run, make_change


class DeathError(BaseException):
    """The process is gone; what it had committed stays, and nothing else."""


class Points:
    """Counts the points that an apply passes and dies at one of them.

    For every call of the plan: before its intent, after it, after the call was answered, after its outcome is stored;
    and before and after the end is recorded.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.deadly = 0
        self.passed: list[str] = []
        self._around(monkeypatch, make_change, "_intend", before="before the intent", after="after the intent")
        self._around(monkeypatch, AwsSession, "send", after="after the send")
        self._around(monkeypatch, make_change, "_store", after="after the outcome")
        self._around(monkeypatch, apply_run, "end_verified", before="before the end", after="after the end")

    def start(self, deadly: int) -> None:
        """Die at this point, 1 is the first; at none for 0."""
        self.deadly, self.passed = deadly, []

    def _around(
        self, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, *, before: str = "", after: str = ""
    ) -> None:
        inner: Callable[..., Any] = getattr(owner, name)

        def outer(*arguments: Any, **named: Any) -> Any:
            self._pass(before)
            answer = inner(*arguments, **named)
            self._pass(after)
            return answer

        monkeypatch.setattr(owner, name, outer)

    def _pass(self, point: str) -> None:
        if point:
            self.passed.append(point)
        if point and len(self.passed) == self.deadly:
            raise DeathError(point)
