"""Where two JSON values differ: pure, for people to read. What counts as drift is decided elsewhere."""

import json
from collections.abc import Iterator
from typing import Any

from provisioning.core.plain import canonical


def difference(desired: Any, observed: Any) -> list[dict[str, Any]]:
    """The places that differ, as {pointer, desired?, observed?}; lists compare as sets, JSON texts by content."""
    return list(_differences(_opened(desired), _opened(observed), ""))


def _differences(desired: Any, observed: Any, pointer: str) -> Iterator[dict[str, Any]]:
    if canonical(desired) == canonical(observed):
        return
    if isinstance(desired, dict) and isinstance(observed, dict):
        for key in sorted(desired.keys() | observed.keys()):
            yield from _at_key(desired, observed, key, f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}")
    elif isinstance(desired, list) and isinstance(observed, list):
        yield from _of_lists(desired, observed, pointer)
    else:
        yield {"pointer": pointer, "desired": desired, "observed": observed}


def _at_key(desired: dict[str, Any], observed: dict[str, Any], key: str, pointer: str) -> Iterator[dict[str, Any]]:
    if key in desired and key in observed:
        yield from _differences(desired[key], observed[key], pointer)
    elif key in desired:
        yield {"pointer": pointer, "desired": desired[key]}
    else:
        yield {"pointer": pointer, "observed": observed[key]}


def _of_lists(desired: list[Any], observed: list[Any], pointer: str) -> Iterator[dict[str, Any]]:
    there = {canonical(item) for item in observed}
    wanted = {canonical(item) for item in desired}
    for index, item in enumerate(desired):
        if canonical(item) not in there:
            yield {"pointer": f"{pointer}/{index}", "desired": item}
    for index, item in enumerate(observed):
        if canonical(item) not in wanted:
            yield {"pointer": f"{pointer}/{index}", "observed": item}


def _opened(value: Any) -> Any:
    """A policy document kept as text is compared by what it says."""
    if isinstance(value, str) and value.startswith(("{", "[")):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value
