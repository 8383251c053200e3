"""Several declarations reach one account: united where they agree, refused by name where they don't. Pure.

Each contribution is a DesiredAccount, and so is the result; the order of contributions never matters.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from provisioning.core.desired import ClosedScope, DesiredAccount, DesiredItem, Mode, Origin
from provisioning.core.errors import DeclarationError, Reason
from provisioning.core.merge_checks import merge_checks
from provisioning.core.plain import canonical
from provisioning.core.policy_document import read_document

Identity = Callable[[str, str], str]
"""(kind, name) -> the name as AWS compares it."""

Claim = tuple[str, Any]
"""(who declares it, the value)"""


class MergeConflictError(DeclarationError):
    """Two declarations want different things of one resource; each reason names both."""

    code = "conflicting_declarations"


def merge(contributions: Iterable[DesiredAccount], identity: Identity) -> DesiredAccount:
    """Unite all contributions per item and field. Raises MergeConflictError with every conflict at once.

    Equal values agree, policy documents by meaning; `{include: …}` lists and maps unite; anything else that differs is
    a conflict. Of two modes the weaker wins. Names are as AWS compares them, so two spellings of one are a conflict.
    """
    accounts = tuple(contributions)
    same: dict[tuple[str, str], list[DesiredItem]] = defaultdict(list)
    for account in accounts:
        for item in account.items:
            same[item.kind, identity(item.kind, item.name)].append(item)
    reasons: list[Reason] = []
    items = tuple(_merge_items(same[key], reasons) for key in sorted(same))
    checks = merge_checks((check for account in accounts for check in account.checks), reasons)
    if reasons:
        raise MergeConflictError(reasons)
    return DesiredAccount(items, _closed(scope for account in accounts for scope in account.closed), checks)


def pointer(*parts: str | int) -> str:
    """An RFC 6901 pointer of these parts."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def is_shared(value: Any) -> bool:
    """Whether a declared value is `{include: …}`: ours must be there, others' may be."""
    return isinstance(value, Mapping) and set(value) == {"include"} and isinstance(value["include"], list | Mapping)


def _merge_items(items: Sequence[DesiredItem], reasons: list[Reason]) -> DesiredItem:
    if len(items) > 1:
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
    if _differ(values):
        mixed = any(is_shared(value) for value in values)
        reasons.append(_conflict(where, claims, _EXCLUSIVE if mixed else "declare different values"))
    return _one_of(values)


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
        if _differ([value for _, value in rivals]):
            reasons.append(_conflict(f"{where}{pointer(key)}", rivals, "declare different values"))
        united[key] = _one_of([value for _, value in rivals])
    return united


def _differ(values: Sequence[Any]) -> bool:
    if len(values) == 1 or len({canonical(value) for value in values}) == 1:
        return False
    return len({canonical(_by_meaning(value)) for value in values}) > 1


def _by_meaning(value: Any) -> Any:
    """Policy documents as what they mean, wherever they stand in a value."""
    if isinstance(value, Mapping):
        if "Statement" in value:
            return {"document": read_document(dict(value)).digest}
        return {key: _by_meaning(part) for key, part in value.items()}
    return [_by_meaning(part) for part in value] if isinstance(value, list) else value


def _one_of(values: Sequence[Any]) -> Any:
    """The same one of values that agree, whoever comes first: documents may be written differently."""
    return values[0] if len(values) == 1 else min(values, key=canonical)


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
