"""Reading a declaration's text, YAML or JSON: only plain data gets in, and every fault is named at once.

Knows nothing of what a declaration means. YAML is read with the scalars of its version 1.2: `2012-10-17`, `on` and
`0123` are text, so that nothing a policy says turns into a date, a boolean or another number.
"""

import json
import math
import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any, Literal

import yaml

from provisioning.core.errors import DeclarationError, Reason
from provisioning.core.merge import pointer

MAX_BYTES = 512 * 1024
MAX_DEPTH = 32
MAX_INTEGER = 2**63 - 1
ContentType = Literal["yaml", "json"]
Place = tuple[str | int, ...]

_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_LINES = frozenset("\t\n\r")
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_WORDS = {"": None, "~": None, "null": None, "Null": None, "NULL": None}
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_declaration(text: str, content_type: ContentType) -> dict[str, Any]:
    """The text as plain data. Raises DeclarationError: pointers where there is a structure, else line and column."""
    reasons: list[Reason] = []
    _check_size(text)
    pairs = _read_json(text) if content_type == "json" else _Composer(text, reasons).document()
    content = _plain(pairs, (), reasons)
    if not isinstance(content, dict) and not reasons:
        reasons.append(Reason("", "a declaration is a map with parameters, resources and closed"))
    if reasons:
        raise DeclarationError(reasons)
    return content  # type: ignore[no-any-return]


def check_plain(value: Any, *at: str | int) -> tuple[Reason, ...]:
    """What keeps a value that came another way (parameters, a mode) from being plain data."""
    reasons: list[Reason] = []
    _plain(_as_pairs(value), at, reasons)
    return tuple(reasons)


class _Pairs(list[tuple[str, Any]]):
    """A map as it was written: keys may still be there twice."""


def _check_size(text: str) -> None:
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        raise _refused(f"character {error.start} is half of a surrogate pair; send UTF-8 text") from None
    if size > MAX_BYTES:
        raise _refused(f"the declaration has {size} bytes; at most {MAX_BYTES} are allowed, so split the baseline")
    if not text.strip():
        raise _refused("the declaration is empty")


def _refused(message: str, where: str = "") -> DeclarationError:
    return DeclarationError([Reason(where, message)])


def _read_json(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_Pairs, parse_int=_integer)
    except json.JSONDecodeError as error:
        raise _refused(f"not JSON: {error.msg} (line {error.lineno}, column {error.colno})") from None
    except RecursionError:
        raise _refused(_TOO_DEEP) from None


def _integer(text: str) -> int | float:
    return int(text) if len(text) <= 20 else math.inf


class _Composer:
    """Builds data from YAML's events itself, because only there aliases, anchors and tags can still be seen."""

    def __init__(self, text: str, reasons: list[Reason]) -> None:
        self._events = self._parse(text)
        self._reasons = reasons

    def document(self) -> Any:
        """The one document of the stream."""
        event = self._content()
        if isinstance(event, yaml.StreamEndEvent):
            raise _refused("the declaration is empty")
        value = self._node(event, ())
        if not isinstance(another := self._content(), yaml.StreamEndEvent):
            self._refuse((), another, "a declaration is one YAML document; remove the second")
        return value

    @staticmethod
    def _parse(text: str) -> Iterator[Any]:
        try:
            yield from yaml.parse(text, Loader=_LOADER)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            where = f" (line {mark.line + 1}, column {mark.column + 1})" if mark else ""
            raise _refused(f"not YAML: {error.problem or error.context}{where}") from None
        except yaml.YAMLError as error:
            raise _refused(f"not YAML: {' '.join(str(error).split())}") from None

    def _content(self) -> Any:
        frame = yaml.StreamStartEvent | yaml.DocumentStartEvent | yaml.DocumentEndEvent
        return next(event for event in self._events if not isinstance(event, frame))

    def _node(self, event: Any, path: Place) -> Any:
        if len(path) > MAX_DEPTH:
            raise _refused(_TOO_DEEP, pointer(*path))
        if isinstance(event, yaml.AliasEvent):
            return self._refuse(path, event, "aliases are not allowed; write the value out")
        if event.anchor is not None:
            self._refuse(path, event, f"anchors are not allowed; remove &{event.anchor}")
        if event.tag is not None:
            self._refuse(path, event, f"tags are not allowed; remove {event.tag}")
        if isinstance(event, yaml.MappingStartEvent):
            return self._map(path)
        return self._list(path) if isinstance(event, yaml.SequenceStartEvent) else self._scalar(event)

    def _map(self, path: Place) -> _Pairs:
        pairs = _Pairs()
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._key(event, path)
            pairs.append((key, self._node(next(self._events), (*path, key))))
        return pairs

    def _key(self, event: Any, path: Place) -> str:
        key = self._node(event, (*path, "?"))
        if isinstance(event, yaml.ScalarEvent):
            return event.value
        self._refuse(path, event, "a key is one word or text, not a list or a map")
        return str(key)

    def _list(self, path: Place) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._node(event, (*path, len(items))))
        return items

    @staticmethod
    def _scalar(event: Any) -> Any:
        return resolve(event.value) if event.implicit[0] else event.value

    def _refuse(self, path: Place, event: Any, message: str) -> None:
        mark = event.start_mark
        self._reasons.append(Reason(pointer(*path), f"{message} (line {mark.line + 1}, column {mark.column + 1})"))


def resolve(text: str) -> Any:
    """What an unquoted YAML scalar means (YAML 1.2, core schema; a number with a leading zero stays text)."""
    if text in _WORDS:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if _INTEGER.fullmatch(text):
        return _integer(text)
    if _NOT_FINITE.fullmatch(text):
        return math.nan
    leading_zero = re.match(r"[-+]?0[0-9]", text)
    return float(text) if _FLOAT.fullmatch(text) and not leading_zero else text


def _as_pairs(value: Any) -> Any:
    if isinstance(value, Mapping):
        return _Pairs((str(key), _as_pairs(item)) for key, item in value.items())
    return [_as_pairs(item) for item in value] if isinstance(value, list) else value


def _plain(value: Any, path: Place, reasons: list[Reason]) -> Any:
    if len(path) > MAX_DEPTH:
        raise _refused(_TOO_DEEP, pointer(*path))
    if isinstance(value, _Pairs):
        return _plain_map(value, path, reasons)
    if isinstance(value, list):
        return [_plain(item, (*path, index), reasons) for index, item in enumerate(value)]
    if fault := _fault(value):
        reasons.append(Reason(pointer(*path), fault))
    return value


def _plain_map(pairs: _Pairs, path: Place, reasons: list[Reason]) -> dict[str, Any]:
    content: dict[str, Any] = {}
    for key, value in pairs:
        if fault := name_fault(key):
            reasons.append(Reason(pointer(*path, ascii(key)[1:-1]), fault))
        if key in content:
            reasons.append(Reason(pointer(*path, key), "this key is there twice; keep one"))
        content[key] = _plain(value, (*path, key), reasons)
    return content


def _fault(value: Any) -> str | None:
    if isinstance(value, str):
        return text_fault(value)
    if isinstance(value, float) and not math.isfinite(value):
        return "this number is too large or not a number"
    if isinstance(value, int) and abs(value) > MAX_INTEGER:
        return "this number is too large; put it in quotes if it is text"
    return None


def text_fault(text: str) -> str | None:
    """Why no text may be this one: it can't be stored, or would be shown as something else than it is."""
    if "\x00" in text:
        return "text may not hold the character NUL"
    if any("\ud800" <= character <= "\udfff" for character in text):
        return "text may not hold half of a surrogate pair"
    if found := next((character for character in text if _deceives(character)), None):
        return f"text may not hold U+{ord(found):04X}: control characters and reading-direction marks deceive readers"
    return None


def name_fault(name: str) -> str | None:
    """Why no name may be this one: it would be shown as something else than it is."""
    if any(character in _BIDI or unicodedata.category(character) == "Cc" for character in name):
        return "a name may not hold control characters or marks that turn the reading direction"
    return text_fault(name)


def _deceives(character: str) -> bool:
    return character in _BIDI or (character not in _LINES and unicodedata.category(character) == "Cc")


_TOO_DEEP = f"nested deeper than {MAX_DEPTH} levels"
