"""Wildcard patterns matched in time that grows with pattern and text only, whatever a document holds.

A regular expression would do the same in few words, but one with twenty stars can hold up a worker for hours.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from functools import cached_property


class Wild(Enum):
    """What a wildcard takes."""

    ONE = "one character"
    ONE_IN_SEGMENT = "one character, no colon"
    RUN = "any characters"
    RUN_IN_SEGMENT = "any characters but colons"


_RUNS = (Wild.RUN, Wild.RUN_IN_SEGMENT)
Symbol = str | Wild


@dataclass(frozen=True, eq=False)
class Glob:
    """A pattern: plain text first, then single characters and wildcards."""

    prefix: str
    rest: tuple[Symbol, ...]

    def matches(self, text: str) -> bool:
        """Whether the whole text matches."""
        if not text.startswith(self.prefix):
            return False
        if not self.rest:
            return len(text) == len(self.prefix)
        return self.rest == (Wild.RUN,) or self._follow(text[len(self.prefix) :])

    def _follow(self, text: str) -> bool:
        # Bit i stands for "what is read so far can be matched by the symbols before i".
        places = self._past_runs(1)
        for character in text:
            within = self._in_segment if character != ":" else 0
            taken = places & (self._plain.get(character, 0) | self._ones | within & self._segment_ones)
            stayed = places & (self._runs | within & self._segment_runs)
            places = self._past_runs(taken << 1 | stayed)
            if not places:
                return False
        return bool(places >> len(self.rest) & 1)

    def _past_runs(self, places: int) -> int:
        while True:
            further = places | (places & (self._runs | self._segment_runs)) << 1
            if further == places:
                return places
            places = further

    @cached_property
    def _plain(self) -> dict[str, int]:
        masks: dict[str, int] = {}
        for at, symbol in enumerate(self.rest):
            if isinstance(symbol, str):
                masks[symbol] = masks.get(symbol, 0) | 1 << at
        return masks

    @cached_property
    def _in_segment(self) -> int:
        return (1 << len(self.rest)) - 1

    @cached_property
    def _ones(self) -> int:
        return self._mask(Wild.ONE)

    @cached_property
    def _segment_ones(self) -> int:
        return self._mask(Wild.ONE_IN_SEGMENT)

    @cached_property
    def _runs(self) -> int:
        return self._mask(Wild.RUN)

    @cached_property
    def _segment_runs(self) -> int:
        return self._mask(Wild.RUN_IN_SEGMENT)

    def _mask(self, wanted: Wild) -> int:
        return sum(1 << at for at, symbol in enumerate(self.rest) if symbol is wanted)


def glob_of(symbols: Iterable[Symbol]) -> Glob:
    """The pattern of these symbols; a text among them may hold several characters."""
    listed = [one for symbol in symbols for one in ([symbol] if isinstance(symbol, Wild) else symbol)]
    first = next((at for at, symbol in enumerate(listed) if isinstance(symbol, Wild)), len(listed))
    return Glob("".join(str(symbol) for symbol in listed[:first]), tuple(listed[first:]))
