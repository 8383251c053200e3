"""People's addresses and external ids do not go into what can never be changed: history keeps where mail goes, not to
whom, and that a trust asks for an external id, not for which."""

import re
from typing import Any

_ADDRESS = re.compile(r"[^\s@,;:<>\"'\[\](){}]+(?=@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+)")

_SECRET = frozenset({"sts:externalid", "external_id"})


_PERSONS = frozenset({"full_name", "phone"})
"""Fields that say who somebody is, or how to reach them, in a form that text does not show."""


def without_addresses(value: Any) -> Any:
    """The same JSON with the part of each e-mail address before the @, and each external id of a trust, as `…`."""
    if isinstance(value, str):
        return _ADDRESS.sub("…", value)
    if isinstance(value, dict):
        return {without_addresses(key): _masked(key, item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [without_addresses(item) for item in value]
    return value


def without_external_ids(value: Any) -> Any:
    """The same JSON of a policy with what it demands of sts:ExternalId as `…`: that is half of a way in."""
    if isinstance(value, dict):
        return {key: _shown(key, item) for key, item in value.items()}
    return [without_external_ids(item) for item in value] if isinstance(value, list) else value


def _shown(key: str, item: Any) -> Any:
    return "…" if key.lower() == "sts:externalid" else without_external_ids(item)


def _masked(key: Any, item: Any) -> Any:
    is_hidden = (key in _PERSONS and isinstance(item, str)) or (str(key).lower() in _SECRET and item is not None)
    return "…" if is_hidden else without_addresses(item)
