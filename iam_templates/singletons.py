"""Kinds of which an account has exactly one are declared by their fields alone: `billing_access: {activated: true}`.

Inside, such an item has the name that its kind gives it; nobody writes that name, and no pointer shows it. Pure.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from provisioning.core.errors import Reason
from provisioning.core.kind import Kind
from provisioning.core.merge import pointer

Kinds = Mapping[str, Kind[Any]]


def with_names(content: Mapping[str, Any], kinds: Kinds) -> Mapping[str, Any]:
    """What was written, with the items of such kinds under their names."""
    resources = content.get("resources")
    if not isinstance(resources, Mapping):
        return content
    named = {kind: {name: items} if (name := _only(kind, kinds)) else items for kind, items in resources.items()}
    return {**content, "resources": named}


def as_written(reasons: Iterable[Reason], kinds: Kinds) -> tuple[Reason, ...]:
    """The reasons, pointing into what was written."""
    single = {name: kind.only for name, kind in kinds.items() if kind.only}
    inside = {pointer("resources", name, only): pointer("resources", name) for name, only in single.items()}
    return tuple(replace(reason, pointer=_written(reason.pointer, inside)) for reason in reasons)


def not_closable(content: Mapping[str, Any], kinds: Kinds) -> list[Reason]:
    """Scopes that can't be closed, because nothing else of the kind could be there."""
    closed = content.get("closed")
    scopes = [kind for kind in closed if _only(kind, kinds)] if isinstance(closed, Mapping) else []
    return [Reason(pointer("closed", kind), "an account has exactly one; there is nothing to close") for kind in scopes]


def _only(kind: str, kinds: Kinds) -> str:
    return kinds[kind].only if kind in kinds else ""


def _written(place: str, inside: Mapping[str, str]) -> str:
    for start, written in inside.items():
        if place == start or place.startswith(f"{start}/"):
            return written + place[len(start) :]
    return place
