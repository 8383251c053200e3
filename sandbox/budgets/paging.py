"""Budgets' paging: MaxResults and NextToken."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sandbox.call import Call
from sandbox.errors import AwsError
from sandbox.world import world

_TOKEN = "page-"


def page(call: Call, member: str, items: Sequence[Any], default: int) -> dict[str, Any]:
    """Raises InvalidNextTokenException."""
    size = world.page_size(int(call.params.get("MaxResults") or default))
    token = call.text("NextToken", f"{_TOKEN}0")
    if not token.removeprefix(_TOKEN).isdigit() or not token.startswith(_TOKEN):
        raise AwsError("InvalidNextTokenException", "The pagination token is invalid.")
    start = int(token.removeprefix(_TOKEN))
    answer: dict[str, Any] = {member: list(items[start : start + size])}
    if start + size < len(items):
        answer["NextToken"] = f"{_TOKEN}{start + size}"
    return answer
