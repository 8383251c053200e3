"""A mapping that makes each value when it is first asked for: an account holds much that nobody declared."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Generic, TypeVar

V = TypeVar("V")


class LazyMap(Mapping[str, V], Generic[V]):
    """Name -> `make(row)`, made once. For one thread; `make` must be pure."""

    def __init__(self, rows: Mapping[str, Any], make: Callable[[Any], V]) -> None:
        self._rows = rows
        self._make = make
        self._made: dict[str, V] = {}

    def __getitem__(self, name: str) -> V:
        if name not in self._made:
            self._made[name] = self._make(self._rows[name])
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, name: object) -> bool:
        return name in self._rows
