"""Policy variables: `${aws:username}`, with a default `${aws:username, 'x'}` (IAM user guide, "Variables and tags")."""

import re
from dataclasses import dataclass

from provisioning.core.policy_document.wildcard import VARIABLE, Token
from provisioning.core.policy_evaluation.context import Context, Held
from provisioning.core.policy_evaluation.truth import Truth, known, unknown

_DEFAULT = re.compile(r"\s*'(.*)'\s*")


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable of a pattern."""

    written: str
    key: str
    default: str | None
    is_readable: bool = True


@dataclass(frozen=True, slots=True)
class Filled:
    """The values that a request gives to the variables of a pattern, or why it can't."""

    values: tuple[str, ...]
    trouble: Truth | None = None


def variables_of(tokens: tuple[Token, ...]) -> tuple[Variable, ...]:
    """The variables of a read pattern, in order."""
    return tuple(_read(text) for kind, text in tokens if kind == VARIABLE)


def fill(variables: tuple[Variable, ...], context: Context, negated: bool) -> Filled:
    """A variable without a value matches nothing. Where not matching is what is asked for, AWS says only that the
    statement might become invalid: then it isn't known."""
    values: list[str] = []
    for variable in variables:
        held = context.held(variable.key) if variable.is_readable else Held.UNKNOWN
        if held is Held.UNKNOWN:
            return Filled((), unknown(variable.key if variable.is_readable else variable.written))
        if held is Held.ABSENT:
            if variable.default is None:
                return Filled((), unknown(f"a value for {variable.written}") if negated else known(False))
            values.append(variable.default)
        elif isinstance(held, tuple):
            if len(held) > 1:
                return Filled((), unknown(f"which of several values {variable.written} stands for"))
            values.append(held[0])
    return Filled(tuple(values))


def _read(text: str) -> Variable:
    key, comma, rest = text.partition(",")
    default = _DEFAULT.fullmatch(rest) if comma else None
    written = f"${{{text}}}"
    return Variable(written, key.strip(), default.group(1) if default else None, not comma or default is not None)
