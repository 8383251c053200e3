"""Values as plain JSON: to store, to show, to digest. The same value gives the same text in every process."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from enum import Enum
from typing import Any

Json = None | bool | int | float | str | list[Any] | dict[str, Any]


def plain(value: Any) -> Json:
    """Turn specs, sets and immutable maps into JSON; sets are sorted, so that order never reaches a digest."""
    if hasattr(value, "to_plain"):
        return value.to_plain()  # type: ignore[no-any-return]
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in sorted(value.items(), key=lambda pair: str(pair[0]))}
    if isinstance(value, frozenset | set):
        return sorted((plain(item) for item in value), key=canonical)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value  # type: ignore[no-any-return]


def canonical(value: Any) -> str:
    """The one JSON text of a value: sorted keys, no spaces."""
    return _text(plain(value))


def digest(value: Any) -> str:
    """SHA-256 of the canonical text, in hexadecimal."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def digest_of_json(value: Mapping[str, Any]) -> str:
    """The `digest` of what is plain JSON already, several times faster for a large one."""
    return hashlib.sha256(_text(value).encode()).hexdigest()


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
