"""Several declarations reach one account: united where they agree, refused by name where they don't. Pure.

Each contribution is a DesiredAccount, and so is the result; the order of contributions never matters.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from provisioning.core.desired import ClosedScope, DesiredAccount, DesiredItem, Mode, Origin
from provisioning.core.errors import DeclarationError, Reason
from provisioning.core.plain import canonical

Identity = Callable[[str, str], str]
"""(kind, name) -> the name as AWS compares it."""

Claim = tuple[str, Any]
"""(who declares it, the value)"""


class MergeConflictError(DeclarationError):
    """Two declarations want different things of one resource; each reason names both."""

    code = "conflicting_declarations"


def merge(contributions: Iterable[DesiredAccount], identity: Identity) -> DesiredAccount:
    """Unite all contributions per item and field. Raises MergeConflictError with every conflict at once.

    Equal values agree; `{include: …}` lists and maps unite; anything else that differs is a conflict. Of two modes
    the weaker wins. An item stays the one of AWS's comparison, so two spellings of one name are a conflict too.
    """
    accounts = tuple(contributions)
    same: dict[tuple[str, str], list[DesiredItem]] = defaultdict(list)
    for account in accounts:
        for item in account.items:
            same[item.kind, identity(item.kind, item.name)].append(item)
    reasons: list[Reason] = []
    items = tuple(_merge_items(same[key], reasons) for key in sorted(same))
    if reasons:
        raise MergeConflictError(reasons)
    return DesiredAccount(items, _closed(scope for account in accounts for scope in account.closed))


def pointer(*parts: str | int) -> str:
    """An RFC 6901 pointer of these parts."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def is_shared(value: Any) -> bool:
    """Whether a declared value is `{include: …}`: ours must be there, others' may be."""
    return isinstance(value, Mapping) and set(value) == {"include"} and isinstance(value["include"], list | Mapping)


def _merge_items(items: Sequence[DesiredItem], reasons: list[Reason]) -> DesiredItem:
    items = sorted(items, key=lambda item: (item.name, canonical(item.declared), canonical(item.origins)))
    first = items[0]
    where = pointer("resources", first.kind, first.name)
    if len(spellings := {item.name: _who(item) for item in items}) > 1:
        reasons.append(_conflict(where, list(spellings.items()), "spell one name differently; AWS takes both for one"))
    fields = sorted({field for item in items for field in item.declared})
    declared = {
        field: _merge_field(
            f"{where}{pointer(field)}",
            [(_who(item), item.declared[field]) for item in items if field in item.declared],
            reasons,
        )
        for field in fields
    }
    return replace(first, declared=declared, mode=weakest(item.mode for item in items), origins=_origins(items))


def _merge_field(where: str, claims: Sequence[Claim], reasons: list[Reason]) -> Any:
    values = [value for _, value in claims]
    if all(is_shared(value) for value in values):
        return {"include": _unite(where, [(who, value["include"]) for who, value in claims], reasons)}
    if len({canonical(value) for value in values}) > 1:
        mixed = any(is_shared(value) for value in values)
        reasons.append(_conflict(where, claims, _EXCLUSIVE if mixed else "declare different values"))
    return values[0]


_EXCLUSIVE = "can't both hold: one declares the whole list, the other adds to it; use {include: …} in both"


def _unite(where: str, claims: Sequence[Claim], reasons: list[Reason]) -> Any:
    if all(isinstance(value, list) for _, value in claims):
        elements = {canonical(element): element for _, value in claims for element in value}
        return [elements[text] for text in sorted(elements)]
    if any(isinstance(value, list) for _, value in claims):
        reasons.append(_conflict(f"{where}/include", claims, "declare a list and a map"))
        return claims[0][1]
    return _unite_maps(f"{where}/include", claims, reasons)


def _unite_maps(where: str, claims: Sequence[Claim], reasons: list[Reason]) -> dict[str, Any]:
    united: dict[str, Any] = {}
    for key in sorted({key for _, value in claims for key in value}):
        rivals = [(who, value[key]) for who, value in claims if key in value]
        if len({canonical(value) for _, value in rivals}) > 1:
            reasons.append(_conflict(f"{where}{pointer(key)}", rivals, "declare different values"))
        united[key] = rivals[0][1]
    return united


def _conflict(where: str, claims: Sequence[Claim], what: str) -> Reason:
    return Reason(where, f"{' and '.join(sorted({who for who, _ in claims}))} {what}")


def _who(item: DesiredItem) -> str:
    return ", ".join(f"{origin} (assignment {origin.assignment})" for origin in item.origins)


def weakest(modes: Iterable[Mode]) -> Mode:
    """The mode that does least."""
    return min(modes, key=lambda mode: mode.strength)


def _origins(parts: Iterable[DesiredItem | ClosedScope]) -> tuple[Origin, ...]:
    return tuple(sorted({origin for part in parts for origin in part.origins}, key=canonical))


def _closed(scopes: Iterable[ClosedScope]) -> tuple[ClosedScope, ...]:
    """One scope per widest path: a scope inside another says nothing more, so its origins join the wider one's."""
    by_kind: dict[str, list[ClosedScope]] = defaultdict(list)
    for scope in scopes:
        by_kind[scope.kind].append(scope)
    return tuple(scope for kind in sorted(by_kind) for scope in _widest(by_kind[kind]))


def _widest(scopes: Sequence[ClosedScope]) -> Iterable[ClosedScope]:
    paths = {scope.path for scope in scopes}
    for path in sorted(paths):
        if not any(path != wider and path.startswith(wider) for wider in paths):
            inside = [scope for scope in scopes if scope.path.startswith(path)]
            yield replace(inside[0], path=path, origins=_origins(inside))
