"""Differences between what is desired and what is observed, field by field."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from provisioning.core.fields import UNMANAGED, Broken, Exclusive, FrozenMap, Shared
from provisioning.core.plain import Json, digest, plain
from provisioning.core.project import project


class DriftType(StrEnum):
    """How the account differs from its desired state."""

    MISSING = "missing"
    CHANGED = "changed"
    EXTRA = "extra"


@dataclass(frozen=True)
class Difference:
    """One difference of one resource. `path` is '' for the resource itself, `field` or `field[element]` inside it."""

    path: str
    type: DriftType
    desired: Json
    observed: Json

    @property
    def field(self) -> str:
        """The spec's field this difference lies in; '' for the resource itself."""
        return self.path.partition("[")[0]

    @property
    def fingerprint(self) -> str:
        """Digest of what was observed: a decision about one observed value does not cover another."""
        return digest([self.path, self.type, self.observed])


def differences(desired: Any, observed: Any | None) -> tuple[Difference, ...]:
    """Compare two specs of one kind; `observed` None means the resource does not exist."""
    if observed is None:
        return (Difference("", DriftType.MISSING, plain(desired), None),)
    projected = project(observed, desired)
    return tuple(
        difference
        for field in fields(desired)
        for difference in _field(field.name, getattr(desired, field.name), getattr(projected, field.name))
    )


def _field(name: str, desired: Any, observed: Any) -> Iterator[Difference]:
    if desired is UNMANAGED or desired == observed:
        return
    if isinstance(desired, Exclusive | Shared) and isinstance(observed, Exclusive | Shared):
        yield from _items(name, desired.items, observed.items)
    elif isinstance(observed, Broken):
        for element, seen in sorted(observed.elements.items()):
            path = f"{name}[{element}]" if element else name
            yield Difference(path, DriftType.CHANGED, plain(desired), plain(seen))
    else:
        yield Difference(name, DriftType.CHANGED, plain(desired), plain(observed))


def _items(name: str, desired: Any, observed: Any) -> Iterator[Difference]:
    for key in sorted({*desired, *observed}, key=str):
        path = f"{name}[{key}]"
        ours, theirs = _value(desired, key), _value(observed, key)
        if key not in observed:
            yield Difference(path, DriftType.MISSING, ours, None)
        elif key not in desired:
            yield Difference(path, DriftType.EXTRA, None, theirs)
        elif isinstance(desired, FrozenMap) and desired[key] != observed[key]:
            yield Difference(path, DriftType.CHANGED, ours, theirs)


def _value(items: Any, key: Any) -> Json:
    if key not in items:
        return None
    return plain(items[key]) if isinstance(items, FrozenMap) else plain(key)
