"""The rule table of faults: what goes wrong, for whom, at which call, how often."""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass, field
from typing import Any

from sandbox.errors import AwsError
from sandbox.token_errors import expired_token

KINDS = ("throttle", "server_error", "denied", "expired", "timeout", "cut", "cut_after", "delay", "stale", "error")
BEFORE_EFFECT = ("throttle", "server_error", "denied", "expired", "error")

_THROTTLES = {"iam": "Throttling", "sts": "Throttling", "organizations": "TooManyRequestsException"}
_SERVER_ERRORS = {"iam": "ServiceFailure", "sts": "InternalFailure", "budgets": "InternalErrorException"}


@dataclass
class Fault:
    """`account`, `service`, `operation` empty match all; operation may also be "read" or "write".

    It fires from the `nth` matching call (1 is the first) for `count` calls (0 without end), each with `probability`
    by its own `seed`. `seconds` is how long a time-out or delay holds, or how long reads stay stale.
    """

    kind: str
    account: str = ""
    service: str = ""
    operation: str = ""
    nth: int = 1
    count: int = 0
    probability: float = 1.0
    seed: int = 0
    seconds: float = 5.0
    code: str = ""
    status: int = 0
    message: str = ""
    seen: int = 0
    fired: int = 0
    dice: random.Random = field(default_factory=random.Random, repr=False)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"kind: {self.kind!r} is no fault; use one of {', '.join(KINDS)}")
        self.dice = random.Random(self.seed)

    def matches(self, account: str, service: str, operation: str, is_write: bool) -> bool:
        group = "write" if is_write else "read"
        return (
            self.account in ("", account) and self.service in ("", service) and self.operation in ("", operation, group)
        )

    def strikes(self) -> bool:
        """Counts one matching call and says whether it goes wrong."""
        self.seen += 1
        if self.seen < self.nth or (self.count and self.fired >= self.count):
            return False
        if self.dice.random() >= self.probability:
            return False
        self.fired += 1
        return True

    def as_dict(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "dice"}


class FaultTable:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[Fault] = []

    def add(self, rule: Fault) -> None:
        with self._lock:
            self._rules.append(rule)

    def clear(self) -> None:
        with self._lock:
            self._rules.clear()

    def rules(self) -> list[dict[str, Any]]:
        with self._lock:
            return [rule.as_dict() for rule in self._rules]

    def stale_seconds(self, account: str) -> float:
        """How long reads of the account may lag behind its writes; 0 without such a rule."""
        with self._lock:
            return max((r.seconds for r in self._rules if r.kind == "stale" and r.account in ("", account)), default=0)

    def strike(self, account: str, service: str, operation: str, is_write: bool) -> Fault | None:
        """The first rule that fires for this call; every matching rule counts it."""
        with self._lock:
            hits = [
                rule
                for rule in self._rules
                if rule.kind != "stale" and rule.matches(account, service, operation, is_write) and rule.strikes()
            ]
        return hits[0] if hits else None


def fault_error(rule: Fault, service: str) -> AwsError:
    """The answer of a fault that refuses before any effect."""
    if rule.kind == "expired":
        return expired_token(service)
    query = service in ("iam", "sts")
    code, message, status = {
        "throttle": (_THROTTLES.get(service, "ThrottlingException"), "Rate exceeded", 400),
        "server_error": (_SERVER_ERRORS.get(service, "ServiceException"), "Internal failure", 500),
        "denied": ("AccessDenied" if query else "AccessDeniedException", "Access denied", 403 if query else 400),
        "error": ("ServiceFailure", "Injected", 500),
    }[rule.kind]
    return AwsError(rule.code or code, rule.message or message, rule.status or status)
