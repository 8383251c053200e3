"""Whether a pattern of a policy matches what a request asks for (IAM user guide, "Using wildcards in resource ARNs",
"ARN condition operators", "Variables and tags")."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from provisioning.core.policy_document.wildcard import (
    CHARACTER,
    EDGE,
    FREE,
    ONE,
    VARIABLE,
    Flavour,
    Token,
    are_disjoint,
    contains,
    read_pattern,
)
from provisioning.core.policy_evaluation.context import Context
from provisioning.core.policy_evaluation.truth import NO, YES, Truth, known, unknown
from provisioning.core.policy_evaluation.variables import Variable, fill, variables_of

_COLONS_IN_ARN = 5
_EVERYTHING: tuple[Token, ...] = ((FREE, "*"),)


@dataclass(frozen=True, eq=False)
class Matcher:
    """A compiled pattern. `strict` is AWS's documented rule; `loose` lets every star and variable stand for anything,
    so what it refuses is surely refused."""

    written: str
    flavour: Flavour
    tokens: tuple[Token, ...]
    variables: tuple[Variable, ...]
    loose: re.Pattern[str]
    strict: re.Pattern[str] | None
    has_early_variable: bool
    flags: int

    def matches(self, text: str, context: Context, negated: bool = False) -> Truth:
        """Whether it matches; `negated` when a match is what must not be."""
        if self.is_everything:
            return YES
        if not self.loose.fullmatch(text):
            return NO
        if self.strict is not None:
            return self._told(self.strict.fullmatch(text) is not None)
        filled = fill(self.variables, context, negated)
        if filled.trouble is not None:
            return filled.trouble
        if not self._filled_in(filled.values, False).fullmatch(text):
            return NO
        if self.has_early_variable:
            return self._early
        return self._told(self._filled_in(filled.values, True).fullmatch(text) is not None)

    def _told(self, strictly: bool) -> Truth:
        # AWS documents that only a star that ends its segment runs past a colon; what happens otherwise is not said.
        if strictly or self.flavour is not Flavour.RESOURCE:
            return known(strictly)
        return unknown(f"whether * and ? run past a colon in {self.written}")

    def _filled_in(self, values: tuple[str, ...], strict: bool) -> re.Pattern[str]:
        return _expression(self.tokens, self.flavour, values, strict, self.flags)

    def takes_in(self, asked: str, context: Context, negated: bool = False) -> Truth:
        """Whether it matches everything that `asked`, a pattern itself, may stand for."""
        if self.is_everything:
            return YES
        filled = fill(self.variables, context, negated)
        if filled.trouble is not None:
            anything = self._compared(("*",) * len(self.variables), asked, values_are_patterns=True)
            return NO if anything is False else filled.trouble
        whole = self._compared(filled.values, asked)
        if whole is False:
            return NO
        if self.has_early_variable:
            return self._early
        return YES if whole else unknown(f"which of {asked} is meant")

    def _compared(self, values: tuple[str, ...], asked: str, values_are_patterns: bool = False) -> bool | None:
        return _takes_in(_spelt(self.tokens, values, values_are_patterns), asked, self.flavour)

    @property
    def is_everything(self) -> bool:
        """Whether it is `*`."""
        return self.tokens == _EVERYTHING

    @property
    def _early(self) -> Truth:
        # Variables are documented for the part of an ARN after its fifth colon only.
        return unknown(f"whether a variable counts so early in {self.written}")


@lru_cache(maxsize=16384)
def matcher(text: str, flavour: Flavour, variables: bool, ignore_case: bool = False) -> Matcher:
    """Compiles a pattern once; `variables` is true from policy version 2012-10-17 on."""
    tokens = read_pattern(text, flavour, variables).tokens
    found = variables_of(tokens)
    flags = re.DOTALL | (re.IGNORECASE if ignore_case else 0)
    loose = re.compile(_loosely(tokens), flags)
    strict = None if found else _expression(tokens, flavour, (), True, flags)
    early = flavour is Flavour.RESOURCE and _colons_before_variable(tokens) < _COLONS_IN_ARN
    return Matcher(text, flavour, tokens, found, loose, strict, early, flags)


def is_wild(text: str) -> bool:
    """Whether what is asked for is itself a pattern."""
    return "*" in text or "?" in text


def _colons_before_variable(tokens: tuple[Token, ...]) -> int:
    colons = 0
    for token in tokens:
        if token[0] == VARIABLE:
            return colons
        colons += token == (CHARACTER, ":")
    return _COLONS_IN_ARN


def _loosely(tokens: Iterable[Token]) -> str:
    return "".join(re.escape(value) if kind == CHARACTER else _loose(kind) for kind, value in tokens)


@lru_cache(maxsize=16384)
def _expression(
    tokens: tuple[Token, ...], flavour: Flavour, values: tuple[str, ...], strict: bool, flags: int
) -> re.Pattern[str]:
    """The pattern with its variables filled in. A value is plain text: a star in it is no wildcard."""
    waiting = iter(values)
    parts: list[str] = []
    colons = 0
    for kind, value in tokens:
        text = next(waiting) if kind == VARIABLE else value
        if kind in (CHARACTER, VARIABLE):
            parts.append(re.escape(text))
            colons += text.count(":")
        else:
            parts.append(_wild(kind, flavour, colons) if strict else _loose(kind))
    return re.compile("".join(parts), flags)


def _wild(kind: str, flavour: Flavour, colons: int) -> str:
    bound = flavour is Flavour.RESOURCE or (flavour is Flavour.ARN and colons < _COLONS_IN_ARN)
    if kind == ONE:
        return "[^:]" if bound else "."
    return ".*" if kind in (FREE, EDGE) else "[^:]*"


def _loose(kind: str) -> str:
    return "." if kind == ONE else ".*"


@lru_cache(maxsize=65536)
def _takes_in(ours: str, asked: str, flavour: Flavour) -> bool | None:
    """Whether a pattern surely matches all of another, or surely none; None when it is neither, or not certain."""
    wide = read_pattern(ours, flavour, True)
    narrow = read_pattern(_without_variables(asked, flavour), flavour, True)
    if are_disjoint(wide, narrow):
        return False
    return True if contains(wide, narrow) else None


def _spelt(tokens: tuple[Token, ...], values: tuple[str, ...], values_are_patterns: bool) -> str:
    waiting = iter(values)
    parts = []
    for kind, value in tokens:
        if kind == VARIABLE:
            filled = next(waiting)
            parts.append(filled if values_are_patterns else _escaped(filled))
        elif kind == CHARACTER:
            parts.append(_escaped(value))
        else:
            parts.append("?" if kind == ONE else "*")
    return "".join(parts)


def _escaped(text: str) -> str:
    return "".join(f"${{{one}}}" if one in "*?$" else one for one in text)


def _without_variables(asked: str, flavour: Flavour) -> str:
    return asked if flavour is Flavour.ACTION else asked.replace("$", "${$}")
