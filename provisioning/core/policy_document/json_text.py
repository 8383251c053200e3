"""JSON text and Python values as plain JSON: dicts, lists, strings, numbers that lose no digit."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from provisioning.core.policy_document.errors import PolicyDocumentError, Reason, pointer_to

MOST_NESTING = 32
_MOST_DIGITS = 40


class Pairs(list[tuple[str, Any]]):
    """The members of an object as written, so that a key given twice is still seen."""


def readable_json(text: str) -> Any:
    """The JSON of a text as plain values; the text itself when it is no JSON or reads in two ways."""
    try:
        return strict_json(text)
    except PolicyDocumentError:
        return text


def strict_json(source: str | Mapping[str, Any]) -> Any:
    """Plain JSON. Raises PolicyDocumentError for every doubled key, non-finite number and too deep nesting at once."""
    reasons: list[Reason] = []
    value = _settle(_loaded(source) if isinstance(source, str) else source, "", reasons, 0)
    if reasons:
        raise PolicyDocumentError(reasons)
    return value


def plain_json(value: Any) -> Any:
    """Plain JSON of parsed JSON, whatever its shape; what is no JSON becomes its text."""
    return _settle(value, "", [], 0)


def _loaded(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=Pairs, parse_float=_number, parse_int=_integer)
    except (ValueError, RecursionError) as error:
        raise PolicyDocumentError([Reason("", f"This is not JSON that can be read: {error}.")]) from error


def _number(text: str) -> float | str:
    """A float when it keeps every digit, else the digits: in conditions AWS compares text."""
    value = float(text)
    return value if Decimal(repr(value)) == Decimal(text) else text


def _integer(text: str) -> int | str:
    # Python refuses to read very long integers; as text they compare just as well.
    return int(text) if len(text) <= _MOST_DIGITS else text


def _settle(value: Any, pointer: str, reasons: list[Reason], depth: int) -> Any:
    if depth > MOST_NESTING:
        reasons.append(Reason(pointer, f"This is nested more than {MOST_NESTING} levels deep."))
        return str(type(value).__name__)
    if isinstance(value, Pairs):
        return _settle_pairs(value, pointer, reasons, depth)
    if isinstance(value, Mapping):
        return _settle_pairs(Pairs(value.items()), pointer, reasons, depth)
    if isinstance(value, list | tuple):
        return [_settle(one, pointer_to(pointer, index), reasons, depth + 1) for index, one in enumerate(value)]
    return _settle_scalar(value, pointer, reasons)


def _settle_pairs(pairs: Pairs, pointer: str, reasons: list[Reason], depth: int) -> dict[str, Any]:
    settled: dict[str, Any] = {}
    for key, value in pairs:
        below = pointer_to(pointer, key)
        if not isinstance(key, str):
            reasons.append(Reason(below, "A key must be a text."))
        if str(key) in settled:
            reasons.append(Reason(below, "This key is given twice and a reader would keep only one. Give it once."))
        settled[str(key)] = _settle(value, below, reasons, depth + 1)
    return settled


def _settle_scalar(value: Any, pointer: str, reasons: list[Reason]) -> Any:
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        reasons.append(Reason(pointer, "NaN and infinity are not JSON. Give a finite number."))
        return repr(value)
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, Decimal):
        return _number(str(value))
    reasons.append(Reason(pointer, f"A {type(value).__name__} is not JSON. Give text, a number, a list or an object."))
    return repr(value)
