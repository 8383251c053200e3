"""Whether a pattern of a policy matches what a request asks for (IAM user guide, "Using wildcards in resource ARNs",
"ARN condition operators", "Variables and tags")."""

from dataclasses import dataclass
from functools import cached_property, lru_cache

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
from provisioning.core.policy_evaluation.glob import Glob, Symbol, Wild, glob_of
from provisioning.core.policy_evaluation.truth import NO, YES, Truth, known, unknown
from provisioning.core.policy_evaluation.variables import Variable, fill, variables_of

_COLONS_IN_ARN = 5
# Two patterns that are longer than this together would hold up a worker; how they meet then counts as not certain.
_MOST_STEPS = 200_000
_EVERYTHING: tuple[Token, ...] = ((FREE, "*"),)


@dataclass(frozen=True, eq=False)
class Matcher:
    """A compiled pattern. Read strictly it follows AWS's documented rule; read loosely every star and variable stands
    for anything, so that what it refuses is surely refused."""

    written: str
    flavour: Flavour
    tokens: tuple[Token, ...]
    variables: tuple[Variable, ...]
    ignores_case: bool

    def matches(self, text: str, context: Context, negated: bool = False) -> Truth:
        """Whether it matches; `negated` when a match is what must not be."""
        if self.is_everything:
            return YES
        asked = text.lower() if self.ignores_case else text
        if not self._loose.matches(asked):
            return NO
        if not self.variables:
            return self._told(self._strict.matches(asked))
        filled = fill(self.variables, context, negated)
        if filled.trouble is not None:
            return filled.trouble
        if not self._filled_in(filled.values, strict=False).matches(asked):
            return NO
        if self._has_early_variable:
            return self._early
        return self._told(self._filled_in(filled.values, strict=True).matches(asked))

    def _told(self, strictly: bool) -> Truth:
        # AWS documents that only a star that ends its segment runs past a colon; what happens otherwise is not said.
        if strictly or self.flavour is not Flavour.RESOURCE:
            return known(strictly)
        return unknown(f"whether * and ? run past a colon in {self.written}")

    @cached_property
    def _loose(self) -> Glob:
        return glob_of(_cased(_loosely(kind, value), self.ignores_case) for kind, value in self.tokens)

    @cached_property
    def _strict(self) -> Glob:
        return self._filled_in((), strict=True)

    def _filled_in(self, values: tuple[str, ...], strict: bool) -> Glob:
        symbols = _filled_in(self.tokens, self.flavour, values, strict)
        return glob_of(_cased(symbol, self.ignores_case) for symbol in symbols)

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
        if self._has_early_variable:
            return self._early
        return YES if whole else unknown(f"which of {asked} is meant")

    def _compared(self, values: tuple[str, ...], asked: str, values_are_patterns: bool = False) -> bool | None:
        return _takes_in(_spelt(self.tokens, values, values_are_patterns), asked, self.flavour)

    @cached_property
    def is_everything(self) -> bool:
        """Whether it is `*`."""
        return self.tokens == _EVERYTHING

    @cached_property
    def _has_early_variable(self) -> bool:
        return self.flavour is Flavour.RESOURCE and _colons_before_variable(self.tokens) < _COLONS_IN_ARN

    @property
    def _early(self) -> Truth:
        # Variables are documented for the part of an ARN after its fifth colon only.
        return unknown(f"whether a variable counts so early in {self.written}")


@lru_cache(maxsize=16384)
def matcher(text: str, flavour: Flavour, variables: bool, ignore_case: bool = False) -> Matcher:
    """Compiles a pattern once; `variables` is true from policy version 2012-10-17 on."""
    tokens = read_pattern(text, flavour, variables).tokens
    return Matcher(text, flavour, tokens, variables_of(tokens), ignore_case)


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


def _loosely(kind: str, value: str) -> Symbol:
    return value if kind == CHARACTER else Wild.ONE if kind == ONE else Wild.RUN


def _filled_in(tokens: tuple[Token, ...], flavour: Flavour, values: tuple[str, ...], strict: bool) -> list[Symbol]:
    """The pattern with its variables filled in. A value is plain text: a star in it is no wildcard."""
    waiting = iter(values)
    symbols: list[Symbol] = []
    colons = 0
    for kind, value in tokens:
        if kind in (CHARACTER, VARIABLE):
            text = value if kind == CHARACTER else next(waiting)
            colons += text.count(":")
            symbols.append(text)
        else:
            symbols.append(_strictly(kind, flavour, colons) if strict else _loosely(kind, value))
    return symbols


def _strictly(kind: str, flavour: Flavour, colons: int) -> Symbol:
    if kind == ONE:
        bound = flavour is Flavour.RESOURCE or (flavour is Flavour.ARN and colons < _COLONS_IN_ARN)
        return Wild.ONE_IN_SEGMENT if bound else Wild.ONE
    return Wild.RUN if kind in (FREE, EDGE) else Wild.RUN_IN_SEGMENT


def _cased(symbol: Symbol, ignores_case: bool) -> Symbol:
    return symbol.lower() if ignores_case and isinstance(symbol, str) else symbol


@lru_cache(maxsize=65536)
def _takes_in(ours: str, asked: str, flavour: Flavour) -> bool | None:
    """Whether a pattern surely matches all of another, or surely none; None when it is neither, or not certain."""
    if len(ours) * len(asked) > _MOST_STEPS:
        return None
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
