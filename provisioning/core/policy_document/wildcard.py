"""Patterns with `*`, `?` and policy variables: their one spelling, and whether one pattern contains another.

The rules are those of the IAM user guide, elements Action, Resource, Condition operators and "policy variables".
In doubt the answer is "does not contain", so that two patterns stay different.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

# A token is (kind, text). Stars come in three kinds, because in an ARN only a star that ends its segment
# is documented to run on past a colon.
CHARACTER, ONE, FREE, EDGE, INNER, VARIABLE = "c", "?", "*", "e", "i", "v"
_STARS = (FREE, EDGE, INNER)
Token = tuple[str, str]

_VARIABLE = re.compile(r"\$\{([^{}]*)\}")
_ESCAPED = ("*", "?", "$")
_COLONS_IN_ARN = 5
# Sets of states that one comparison may follow before it gives up with "does not contain".
_MOST_STATES = 512


class Flavour(StrEnum):
    """How a pattern is read."""

    ACTION = "action"  # case-blind, no variables
    RESOURCE = "resource"  # the Resource element
    ARN = "arn"  # ArnLike: the six parts of an ARN are matched one by one
    TEXT = "text"  # StringLike
    EXACT = "exact"  # StringEquals: `*` and `?` are plain characters


@dataclass(frozen=True, slots=True)
class Pattern:
    """A read pattern. `text` is its one spelling: two patterns that mean the same are spelt the same."""

    text: str
    tokens: tuple[Token, ...]
    flavour: Flavour
    prefix: str
    chunk: str

    @property
    def is_wild(self) -> bool:
        return any(kind in _STARS or kind == ONE for kind, _ in self.tokens)


@lru_cache(maxsize=16384)
def read_pattern(text: str, flavour: Flavour, variables: bool) -> Pattern:
    """Reads a pattern; `variables` is true from policy version 2012-10-17 on."""
    source = text.lower() if flavour is Flavour.ACTION else text
    collapsed = _collapse(_tokens(source, flavour, variables and flavour is not Flavour.ACTION), flavour)
    if flavour is Flavour.ACTION and [value for _, value in collapsed] == ["*", ":", "*"]:
        collapsed = [(FREE, "*")]
    tokens = tuple(_settle_stars(collapsed, flavour))
    spelt = [_spell(token, flavour, variables) for token in tokens]
    return Pattern("".join(spelt), tokens, flavour, _literal_prefix(tokens, spelt), _longest_chunk(tokens, spelt))


def contains(wide: Pattern, narrow: Pattern) -> bool:
    """Whether everything that `narrow` matches is matched by `wide`; False when that is not certain."""
    if wide.text == narrow.text:
        return True
    if not wide.is_wild:
        return False
    if not narrow.text.startswith(wide.prefix) or wide.chunk not in narrow.text:
        return False
    if wide.flavour is Flavour.ARN and not (_is_whole_arn(wide) and _is_whole_arn(narrow)):
        return False
    return _runs_through(wide, narrow)


def are_disjoint(left: Pattern, right: Pattern) -> bool:
    """Whether no text can match both; False when that is not certain."""
    shorter = min(len(left.prefix), len(right.prefix))
    if left.prefix[:shorter] != right.prefix[:shorter]:
        return True
    # A variable may stand for anything, so here it counts as a star: more meets, never fewer.
    one = [(FREE, "*") if kind in (*_STARS, VARIABLE) else (kind, value) for kind, value in left.tokens]
    other = [(FREE, "*") if kind in (*_STARS, VARIABLE) else (kind, value) for kind, value in right.tokens]
    seen: set[tuple[int, int]] = set()
    waiting = [(0, 0)]
    while waiting:
        state = waiting.pop()
        if state == (len(one), len(other)):
            return False
        if state not in seen:
            seen.add(state)
            waiting.extend(_meets(one, other, *state))
    return True


def _meets(one: list[Token], other: list[Token], i: int, j: int) -> list[tuple[int, int]]:
    left = one[i] if i < len(one) else None
    right = other[j] if j < len(other) else None
    following: list[tuple[int, int]] = []
    if left and left[0] == FREE:
        following += [(i + 1, j)] + ([(i, j + 1)] if right else [])
    if right and right[0] == FREE:
        following += [(i, j + 1)] + ([(i + 1, j)] if left else [])
    if left and right and FREE not in (left[0], right[0]) and (left == right or ONE in (left[0], right[0])):
        following.append((i + 1, j + 1))
    return following


def _tokens(text: str, flavour: Flavour, variables: bool) -> list[Token]:
    tokens: list[Token] = []
    position = 0
    while position < len(text):
        found = _VARIABLE.match(text, position) if variables else None
        if found:
            name = found.group(1)
            tokens.append((CHARACTER, name) if name in _ESCAPED else (VARIABLE, _variable_name(name)))
            position = found.end()
            continue
        character = text[position]
        wild = character in "*?" and flavour is not Flavour.EXACT
        tokens.append(({"*": FREE, "?": ONE}[character] if wild else CHARACTER, character))
        position += 1
    return tokens


def _variable_name(name: str) -> str:
    # Key names are case-blind in variables too; a default value after the comma is text and is not.
    key, comma, default = name.partition(",")
    return key.lower() + comma + default


def _collapse(tokens: list[Token], flavour: Flavour) -> list[Token]:
    """`**` is `*`; and `*?` is `?*` wherever stars are all alike."""
    collapsed: list[Token] = []
    for token in tokens:
        if token[0] == FREE and collapsed and collapsed[-1][0] == FREE:
            continue
        if token[0] == ONE and collapsed and collapsed[-1][0] == FREE and flavour in (Flavour.ACTION, Flavour.TEXT):
            collapsed.insert(len(collapsed) - 1, token)
            continue
        collapsed.append(token)
    return collapsed


def _settle_stars(tokens: list[Token], flavour: Flavour) -> list[Token]:
    """Which stars may run past a colon."""
    settled: list[Token] = []
    colons = 0
    for index, (kind, value) in enumerate(tokens):
        colons += (kind, value) == (CHARACTER, ":")
        following = tokens[index + 1] if index + 1 < len(tokens) else None
        if kind != FREE or flavour in (Flavour.ACTION, Flavour.TEXT):
            settled.append((kind, value))
        elif flavour is Flavour.ARN:
            settled.append((FREE if colons >= _COLONS_IN_ARN else INNER, value))
        else:
            settled.append((FREE if following is None else EDGE if following == (CHARACTER, ":") else INNER, value))
    return settled


def _spell(token: Token, flavour: Flavour, variables: bool) -> str:
    kind, value = token
    if kind == VARIABLE:
        return f"${{{value}}}"
    ambiguous = value == "$" or (value in ("*", "?") and flavour is not Flavour.EXACT)
    if kind == CHARACTER and ambiguous and variables and flavour is not Flavour.ACTION:
        return f"${{{value}}}"
    return value


def _literal_prefix(tokens: tuple[Token, ...], spelt: list[str]) -> str:
    for index, (kind, _) in enumerate(tokens):
        if kind != CHARACTER:
            return "".join(spelt[:index])
    return "".join(spelt)


def _longest_chunk(tokens: tuple[Token, ...], spelt: list[str]) -> str:
    chunks = [""]
    for (kind, _), text in zip(tokens, spelt, strict=True):
        chunks = [*chunks[:-1], chunks[-1] + text] if kind == CHARACTER else [*chunks, ""]
    return max(chunks, key=len)


def _is_whole_arn(pattern: Pattern) -> bool:
    return sum(token == (CHARACTER, ":") for token in pattern.tokens) >= _COLONS_IN_ARN


def _runs_through(wide: Pattern, narrow: Pattern) -> bool:
    """Follows every text of `narrow` through `wide` at once: a star of `narrow` stands for any number of texts."""
    reached = {_skip_stars(wide, frozenset({0}))}
    for token in narrow.tokens:
        if token[0] in _STARS:
            reached = _any_number_of(wide, token, reached)
        else:
            reached = {_step(wide, token, states) for states in reached}
        if frozenset() in reached or len(reached) > _MOST_STATES:
            return False
    return all(len(wide.tokens) in states for states in reached)


def _any_number_of(wide: Pattern, star: Token, reached: set[frozenset[int]]) -> set[frozenset[int]]:
    found = set(reached)
    waiting = list(reached)
    while waiting and len(found) <= _MOST_STATES:
        following = _step(wide, star, waiting.pop())
        if following not in found:
            found.add(following)
            waiting.append(following)
    return found


def _step(wide: Pattern, token: Token, states: frozenset[int]) -> frozenset[int]:
    moved: set[int] = set()
    for state in states:
        if state < len(wide.tokens) and _takes(wide, wide.tokens[state], token):
            moved.add(state if wide.tokens[state][0] in _STARS else state + 1)
    return _skip_stars(wide, frozenset(moved))


def _skip_stars(wide: Pattern, states: frozenset[int]) -> frozenset[int]:
    found = set(states)
    for state in states:
        following = state
        while following < len(wide.tokens) and wide.tokens[following][0] in _STARS:
            following += 1
            found.add(following)
    return frozenset(found)


def _takes(wide: Pattern, by: Token, token: Token) -> bool:
    """Whether one token of the wide pattern surely takes one token (for a star: one character of it)."""
    kind = by[0]
    if kind == FREE:
        return True
    if kind == EDGE:
        return token != (CHARACTER, ":") and token[0] != FREE
    if kind == INNER:
        return token[0] in (INNER, ONE) or (token[0] == CHARACTER and token[1] != ":")
    if kind == ONE:
        return _takes_as_one(wide.flavour, token)
    return by == token


def _takes_as_one(flavour: Flavour, token: Token) -> bool:
    if flavour in (Flavour.ACTION, Flavour.TEXT):
        return token[0] in (CHARACTER, ONE, FREE)
    return token[0] in (ONE, INNER) or (token[0] == CHARACTER and token[1] != ":")
