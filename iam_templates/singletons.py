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
    scopes = [*closed] if isinstance(closed, Mapping) else []
    told = {kind: _why_not_closable(kind, kinds) for kind in scopes}
    return [Reason(pointer("closed", kind), why) for kind, why in told.items() if why]


def _why_not_closable(kind: str, kinds: Kinds) -> str:
    if kind in kinds and kinds[kind].is_rule:
        return "it holds rules, not resources; there is nothing to close"
    return "an account has exactly one; there is nothing to close" if _only(kind, kinds) else ""


def _only(kind: str, kinds: Kinds) -> str:
    return kinds[kind].only if kind in kinds else ""


def _written(place: str, inside: Mapping[str, str]) -> str:
    for start, written in inside.items():
        if place == start or place.startswith(f"{start}/"):
            return written + place[len(start) :]
    return place
