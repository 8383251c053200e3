"""IAM's paging: MaxItems (default 100) and an opaque Marker."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Any

from sandbox.call import Call
from sandbox.errors import validation_error
from sandbox.world import world

DEFAULT_MAX_ITEMS = 100


def page(call: Call, items: Sequence[Any]) -> tuple[Sequence[Any], dict[str, Any]]:
    """The items of this page and the answer's paging members."""
    size = world.page_size(int(call.params.get("MaxItems") or DEFAULT_MAX_ITEMS))
    start = _position(call.text("Marker"))
    end = start + size
    more = end < len(items)
    paging = {"IsTruncated": more, "Marker": _marker(end) if more else None}
    return items[start:end], paging


def cut(items: Sequence[Any], asked: int, token: str) -> tuple[Sequence[Any], str]:
    """The items of this page, and the token of the next one or ''. For services with tokens of their own names."""
    start, size = _position(token), world.page_size(asked)
    end = start + size
    return items[start:end], _marker(end) if end < len(items) else ""


def answer(call: Call, member: str, items: Sequence[Any], shape: Callable[[Any], Any]) -> dict[str, Any]:
    chosen, paging = page(call, items)
    return {member: [shape(item) for item in chosen], **paging}


def _marker(position: int) -> str:
    return base64.urlsafe_b64encode(f"sandbox:{position}".encode()).decode()


def _position(marker: str) -> int:
    if not marker:
        return 0
    try:
        return int(base64.urlsafe_b64decode(marker).decode().removeprefix("sandbox:"))
    except (ValueError, binascii.Error):
        raise validation_error("Invalid Marker.") from None
