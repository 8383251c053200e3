"""Yes, no, or not known and what is missing (the logic of Kleene: an unknown counts only where it could matter)."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Truth:
    """`value` is None when it isn't known; `missing` then names what would have to be."""

    value: bool | None
    missing: frozenset[str] = frozenset()

    @property
    def is_yes(self) -> bool:
        return self.value is True

    @property
    def is_no(self) -> bool:
        return self.value is False

    @property
    def is_unknown(self) -> bool:
        return self.value is None


YES, NO = Truth(True), Truth(False)


def known(value: bool) -> Truth:
    """A truth that needs nothing more."""
    return YES if value else NO


def unknown(*missing: str) -> Truth:
    """A truth that can't be told without what is named."""
    return Truth(None, frozenset(missing))


def all_of(truths: Iterable[Truth]) -> Truth:
    """Whether all hold. One no settles it, whatever isn't known beside it; the rest is then not asked for."""
    missing: frozenset[str] | None = None
    for truth in truths:
        if truth.value is False:
            return NO
        if truth.value is None:
            missing = truth.missing if missing is None else missing | truth.missing
    return YES if missing is None else Truth(None, missing)


def any_of(truths: Iterable[Truth]) -> Truth:
    """Whether one holds at least. One yes settles it."""
    missing: frozenset[str] | None = None
    for truth in truths:
        if truth.value is True:
            return YES
        if truth.value is None:
            missing = truth.missing if missing is None else missing | truth.missing
    return NO if missing is None else Truth(None, missing)


def negate(truth: Truth) -> Truth:
    """The opposite; what isn't known stays so."""
    return truth if truth.value is None else known(not truth.value)
