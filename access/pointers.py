"""Where in a request an error is (RFC 6901)."""

from collections.abc import Iterator
from typing import Any


def pointers(detail: Any, pointer: str = "") -> Iterator[dict[str, str]]:
    """DRF's nested errors as a flat list of {pointer, detail}."""
    if isinstance(detail, dict):
        for key, value in detail.items():
            yield from pointers(value, pointer if key == "non_field_errors" else f"{pointer}/{_escaped(key)}")
    elif isinstance(detail, list):
        for index, value in enumerate(detail):
            yield from pointers(value, f"{pointer}/{index}" if isinstance(value, dict | list) else pointer)
    else:
        yield {"pointer": pointer, "detail": str(detail)}


def _escaped(key: Any) -> str:
    return str(key).replace("~", "~0").replace("/", "~1")
