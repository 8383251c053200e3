"""Answers reads from before a write for a while, as an eventually consistent service may."""

from __future__ import annotations

import json
import time
from collections import OrderedDict
from dataclasses import dataclass

from sandbox.call import Call
from sandbox.protocol import Answer

_KEPT = 2000
_MISSING = {"iam": ("NoSuchEntity", 404), "budgets": ("NotFoundException", 400)}


@dataclass
class Remembered:
    answer: Answer
    at: float


class ReadMemory:
    """The last answer of each read, and when each account and each new entity was last written."""

    def __init__(self) -> None:
        self._answers: OrderedDict[str, Remembered] = OrderedDict()
        self._written: dict[str, float] = {}
        self._created: dict[tuple[str, str, str], float] = {}

    def clear(self) -> None:
        self._answers.clear()
        self._written.clear()
        self._created.clear()

    def note_read(self, call: Call, answer: Answer) -> None:
        key = _key(call)
        self._answers[key] = Remembered(answer, time.monotonic())
        self._answers.move_to_end(key)
        if len(self._answers) > _KEPT:
            self._answers.popitem(last=False)

    def note_write(self, call: Call) -> None:
        """The first write opens the account's window; later ones inside it don't lengthen it for older reads."""
        self._written[call.account] = time.monotonic()
        if call.operation.startswith("Create"):
            for name in _names(call):
                self._created[(call.account, call.service, name)] = time.monotonic()

    def stale_answer(self, call: Call, seconds: float) -> Answer | tuple[str, int] | None:
        """An older answer, an error (code, status) for what was just created, or None when the read is fresh."""
        moment = time.monotonic()
        written = self._written.get(call.account)
        if written is None or moment - written > seconds:
            return None
        for name in _names(call):
            if moment - self._created.get((call.account, call.service, name), float("-inf")) <= seconds:
                return _MISSING.get(call.service)
        old = self._answers.get(_key(call))
        return old.answer if old and old.at < written else None


def _key(call: Call) -> str:
    return json.dumps([call.account, call.service, call.operation, call.params], sort_keys=True)


def _names(call: Call) -> list[str]:
    """The entities a call names, each with its kind: a role and a group may share a name."""
    named = ("RoleName", "GroupName", "UserName", "InstanceProfileName", "BudgetName")
    found = [f"{kind}:{call.params[kind]}".lower() for kind in named if call.params.get(kind)]
    budget = call.params.get("Budget")
    if isinstance(budget, dict):
        found.append(f"budgetname:{budget.get('BudgetName', '')}".lower())
    policy = call.text("PolicyArn").rpartition("/")[2] or (
        call.text("PolicyName") if call.operation == "CreatePolicy" else ""
    )
    return [*found, f"policy:{policy}".lower()] if policy else found
