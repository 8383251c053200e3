"""How a declared field binds: exclusively, shared with others, or not at all."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")
Items = TypeVar("Items", bound="frozenset[Any] | FrozenMap[Any, Any]", covariant=True)


class Unmanaged(Enum):
    """The type of `UNMANAGED`: a field left out of a declaration is not managed."""

    UNMANAGED = "unmanaged"


UNMANAGED = Unmanaged.UNMANAGED


class FrozenMap(Mapping[K, V]):
    """An immutable, hashable mapping. Equality is by content; values need only be comparable."""

    __slots__ = ("_items",)

    def __init__(self, items: Mapping[K, V] | None = None) -> None:
        self._items: dict[K, V] = dict(items or {})

    def __getitem__(self, key: K) -> V:
        return self._items[key]

    def __iter__(self) -> Iterator[K]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __hash__(self) -> int:
        return hash(frozenset(self._items))

    def __repr__(self) -> str:
        return f"FrozenMap({self._items!r})"


@dataclass(frozen=True)
class Exclusive(Generic[Items]):
    """These items and no others. Observed values are always exclusive: they are all there is."""

    items: Items

    def to_plain(self) -> Any:
        from provisioning.core.plain import plain

        return plain(self.items)


@dataclass(frozen=True)
class Shared(Generic[Items]):
    """At least these items; what others added is theirs."""

    items: Items

    def to_plain(self) -> Any:
        from provisioning.core.plain import plain

        return {"include": plain(self.items)}


class Rule(ABC):
    """A declared field that says what may be, not what is: whatever keeps it counts as equal to it."""

    @abstractmethod
    def broken_by(self, observed: Any) -> Mapping[str, Any]:
        """Element -> what breaks the rule there, as JSON; the element is '' where it is the field as a whole.

        Nothing in it may change by itself while the rule stays broken (an age, say): plans and fingerprints hold it.
        """


@dataclass(frozen=True)
class Broken:
    """What was observed of a field, cut down to what breaks the rule declared for it."""

    elements: Mapping[str, Any] = field(hash=False)

    def to_plain(self) -> Any:
        return {key: self.elements[key] for key in sorted(self.elements)}
