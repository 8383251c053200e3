"""People's addresses and external ids do not go into what can never be changed: history keeps where mail goes, not to
whom, and that a trust asks for an external id, not for which."""

import re
from collections.abc import Callable
from typing import Any

_ADDRESS = re.compile(r"[^\s@,;:<>\"'\[\](){}]+(?=@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+)")

_EXTERNAL_IDS = frozenset({"sts:externalid", "external_id"})
_PERSONS = frozenset({"full_name", "phone"})
"""Fields that say who somebody is, or how to reach them, in a form that text does not show."""


def without_addresses(value: Any) -> Any:
    """The same JSON with the part of each e-mail address before the @, and each external id of a trust, as `…`."""
    return _walked(value, _is_external_id_or_person, lambda text: _ADDRESS.sub("…", text))


def without_external_ids(value: Any) -> Any:
    """The same JSON of a policy with what it demands of sts:ExternalId as `…`: that is half of a way in."""
    return _walked(value, _is_external_id, lambda text: text)


def _walked(value: Any, hides: Callable[[str, Any], bool], shown: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return shown(value)
    if isinstance(value, dict):
        return {shown(key): "…" if hides(key, item) else _walked(item, hides, shown) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_walked(item, hides, shown) for item in value]
    return value


def _is_external_id(key: str, item: Any) -> bool:
    return key.lower() in _EXTERNAL_IDS and item is not None


def _is_external_id_or_person(key: str, item: Any) -> bool:
    return _is_external_id(key, item) or (key in _PERSONS and isinstance(item, str))
