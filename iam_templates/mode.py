"""What an assignment allows, as its author writes it: a default, and exceptions per kind and per item. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from provisioning.core.desired import Mode
from provisioning.core.errors import Reason
from provisioning.core.kind import Kind
from provisioning.core.merge import pointer

_LATER = "enforce_and_prune"


@dataclass(frozen=True)
class ModeConfig:
    """`items` is keyed "kind/name"; the narrowest entry holds."""

    default: Mode = Mode.OBSERVE
    kinds: Mapping[str, Mode] = field(default_factory=dict)
    items: Mapping[str, Mode] = field(default_factory=dict)

    def of(self, kind: Kind[Any], name: str) -> Mode:
        """The mode of one item; names as AWS compares them."""
        wanted = kind.identity(name)
        for key, mode in self.items.items():
            of_kind, _, of_name = key.partition("/")
            if of_kind == kind.name and kind.identity(of_name) == wanted:
                return mode
        return self.kinds.get(kind.name, self.default)

    def to_plain(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "default": self.default.value,
            "kinds": {name: mode.value for name, mode in self.kinds.items()},
            "items": {name: mode.value for name, mode in self.items.items()},
        }


def read_mode(data: Mapping[str, Any]) -> ModeConfig:
    """A stored configuration, which `mode_reasons` once found in order."""
    return ModeConfig(
        default=Mode(data.get("default", Mode.OBSERVE)),
        kinds={name: Mode(mode) for name, mode in data.get("kinds", {}).items()},
        items={name: Mode(mode) for name, mode in data.get("items", {}).items()},
    )


def mode_reasons(data: Any, resources: Mapping[str, Mapping[str, Any]], kinds: Mapping[str, Kind[Any]]) -> list[Reason]:
    """What is wrong with a configuration for a declaration with these resources."""
    if not isinstance(data, Mapping):
        return [Reason("/mode", 'must be a map such as {"default": "observe"}')]
    unknown = [
        Reason(pointer("mode", key), "unknown field; there are: default, kinds, items")
        for key in data
        if key not in {"default", "kinds", "items"}
    ]
    return [
        *unknown,
        *_word_reasons(data.get("default", Mode.OBSERVE), "mode", "default"),
        *_table_reasons(data.get("kinds", {}), "kinds", set(resources), "no item of this kind is declared"),
        *_items_reasons(data.get("items", {}), resources, kinds),
    ]


def _items_reasons(
    items: Any, resources: Mapping[str, Mapping[str, Any]], kinds: Mapping[str, Kind[Any]]
) -> list[Reason]:
    declared = {f"{kind}/{kinds[kind].identity(name)}" for kind, names in resources.items() for name in names}
    templated = {kind for kind, names in resources.items() if any("{{" in name for name in names)}
    known = {
        key
        for key in (items if isinstance(items, Mapping) else ())
        if (parts := str(key).partition("/"))[0] in templated
        or (parts[0] in kinds and f"{parts[0]}/{kinds[parts[0]].identity(parts[2])}" in declared)
    }
    return _table_reasons(items, "items", known, 'no such item is declared; write it as "kind/name"')


def _table_reasons(table: Any, part: str, known: Iterable[str], unknown: str) -> list[Reason]:
    if not isinstance(table, Mapping):
        return [Reason(pointer("mode", part), "must be a map from name to mode")]
    names = set(known)
    return [
        *(Reason(pointer("mode", part, key), unknown) for key in table if key not in names),
        *(reason for key, word in table.items() for reason in _word_reasons(word, "mode", part, key)),
    ]


def _word_reasons(word: Any, *where: str) -> list[Reason]:
    if word == _LATER:
        return [Reason(pointer(*where), f"{_LATER} is not yet supported: removal comes later; use enforce")]
    if word in list(Mode):
        return []
    return [Reason(pointer(*where), f"must be one of: {', '.join(Mode)}")]
