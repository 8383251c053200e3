"""Reading JSON strictly: what one parser would accept and the next would not never gets in (RFC 8259, I-JSON)."""

import json
import math
from typing import IO, Any, NoReturn

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

DEPTH = 32
SHOWN = 60


class StrictJSONParser(BaseParser):
    """JSON of a bounded size and depth, without duplicate keys, infinite or huge numbers, NUL or lone surrogates."""

    media_type = "application/json"

    def parse(self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None) -> Any:
        """The body's value. Raises ParseError (400) with the reason, RequestDataTooBig (413) before reading on."""
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        raw = stream.read(limit + 1)
        if len(raw) > limit:
            raise RequestDataTooBig(f"The body is larger than {limit} bytes.")
        return parse_json(raw)


def parse_json(raw: bytes) -> Any:
    """Read one JSON text. Raises ParseError that says what is wrong."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ParseError(f"The body is not UTF-8: byte {error.start}.") from None
    _refuse_depth(text)
    try:
        value = json.loads(
            text, object_pairs_hook=_object, parse_constant=_constant, parse_int=_int, parse_float=_float
        )
    except json.JSONDecodeError as error:
        raise ParseError(f"The body is not JSON: {error.msg} at line {error.lineno} column {error.colno}.") from None
    if not isinstance(value, dict | list):
        raise ParseError("The body must be a JSON object or list.")
    _refuse_unclean(value)
    return value


def _refuse_depth(text: str) -> None:
    """Count before parsing: the parser itself recurses."""
    if text.count("[") + text.count("{") <= DEPTH:
        return
    depth, quoted, escaped = 0, False, False
    for character in text:
        if quoted:
            escaped, quoted = character == "\\" and not escaped, character != '"' or escaped
        elif character == '"':
            quoted = True
        elif character in "[{":
            depth += 1
            if depth > DEPTH:
                raise ParseError(f"The body is nested deeper than {DEPTH} levels.")
        elif character in "]}":
            depth -= 1


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ParseError(f"The key {key[:SHOWN]!a} stands twice in one object: keep one.")
        found[key] = value
    return found


def _constant(name: str) -> NoReturn:
    raise ParseError(f"{name} is not a JSON number.")


def _int(text: str) -> int:
    if len(text) > 20 or not -(2**63) <= int(text) < 2**63:
        raise ParseError(f"The number {text[:SHOWN]} is too large: 64 bits are the most.")
    return int(text)


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ParseError(f"The number {text[:SHOWN]} is too large.")
    return value


def _refuse_unclean(value: Any) -> None:
    if isinstance(value, str):
        if "\x00" in value or any("\ud800" <= character <= "\udfff" for character in value):
            raise ParseError(f"The text {value[:SHOWN]!a} holds a NUL or half a character (a lone surrogate).")
    elif isinstance(value, dict):
        for key, item in value.items():
            _refuse_unclean(key)
            _refuse_unclean(item)
    elif isinstance(value, list):
        for item in value:
            _refuse_unclean(item)
