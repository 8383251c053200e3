"""The chain's arithmetic: what an event says, and the code that ties it to all events before it. Pure."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

FIELDS = (
    "id",
    "at",
    "actor",
    "verb",
    "account_id",
    "subject",
    "run_id",
    "plan_id",
    "before",
    "after",
    "detail",
    "request_id",
    "cause",
)
START = "0" * 64


@dataclass(frozen=True)
class Anchor:
    """The chain's end at some moment. Kept outside the database it shows that nothing up to it was cut or rewritten."""

    seq: int
    mac: str

    def __str__(self) -> str:
        return f"{self.seq}:{self.mac}"

    @classmethod
    def parse(cls, text: str) -> "Anchor":
        """Read `seq:mac`. Raises ValueError."""
        seq, _, mac = text.strip().partition(":")
        if not seq.isascii() or not seq.isdigit() or len(mac) != 64 or set(mac) - set("0123456789abcdef"):
            raise ValueError("an anchor is a number, a colon and 64 hexadecimal digits")
        return cls(int(seq), mac)


def mac_of(key: str, *, previous: str, seq: int, event: Mapping[str, Any]) -> str:
    """HMAC-SHA256 over the previous link, the place in the chain, and the event's canonical text."""
    body = json.dumps(
        [seq, {name: _plain(event[name]) for name in FIELDS}],
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=True,
    )
    return hmac.new(key.encode(), f"{previous}\n{body}".encode(), hashlib.sha256).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value if value is None or isinstance(value, str | int | float | bool | list | dict) else str(value)
