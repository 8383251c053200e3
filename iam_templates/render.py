"""Putting values into a declaration: `{{ name }}` takes a parameter or a fact of the account, and nothing else.

Placeholders stand in values and in the names of resources, never in other keys. There is no code and no loop, what
was put in is not read again, and IAM's own `${aws:…}` passes through untouched. Pure.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from provisioning.core.errors import DeclarationError, Reason
from provisioning.core.merge import pointer

_PLACEHOLDER = re.compile(r"\{\{\s*([a-z][a-z0-9_]*)\s*\}\}")
_OPEN = "{{"
_VARIABLE = "${"
Place = tuple[str | int, ...]
Resources = Mapping[str, Mapping[str, Mapping[str, Any]]]


def render(resources: Resources, values: Mapping[str, Any], free: Iterable[str] = ()) -> dict[str, dict[str, Any]]:
    """The resources with every placeholder filled. Raises DeclarationError with every reason.

    A value that is one placeholder and nothing else takes the typed value; inside text, its text. `free` names the
    parameters that may bring IAM variables (`${`) with them.
    """
    renderer = _Renderer(values, frozenset(free))
    rendered = {kind: renderer.names(items, ("resources", kind)) for kind, items in resources.items()}
    if renderer.reasons:
        raise DeclarationError(renderer.reasons)
    return rendered


def render_checks(
    checks: Sequence[Mapping[str, Any]], values: Mapping[str, Any], free: Iterable[str] = ()
) -> list[Any]:
    """The checks with every placeholder filled, under the same rules. Raises DeclarationError with every reason."""
    renderer = _Renderer(values, frozenset(free))
    rendered = renderer.values(checks, ("checks",))
    if renderer.reasons:
        raise DeclarationError(renderer.reasons)
    return rendered


def placeholders(value: Any) -> frozenset[str]:
    """Every name that the placeholders in a declaration use."""
    if isinstance(value, Mapping):
        return frozenset().union(*(placeholders(part) for pair in value.items() for part in pair))
    if isinstance(value, list):
        return frozenset().union(*map(placeholders, value))
    return frozenset(_PLACEHOLDER.findall(value)) if isinstance(value, str) else frozenset()


class _Renderer:
    def __init__(self, values: Mapping[str, Any], free: frozenset[str]) -> None:
        self._values = values
        self._free = free
        self.reasons: list[Reason] = []

    def names(self, items: Mapping[str, Any], path: Place) -> dict[str, Any]:
        """The items of one kind by their rendered names."""
        rendered: dict[str, Any] = {}
        for name, fields in items.items():
            new = self._text(name, (*path, name), only_text=True)
            if new in rendered:
                self._refuse((*path, name), f"two resources are both called {new} here")
            rendered[new] = self._value(fields, (*path, name))
        return rendered

    def values(self, listed: Sequence[Any], path: Place) -> list[Any]:
        """Every value of a list."""
        return [self._value(value, (*path, index)) for index, value in enumerate(listed)]

    def _value(self, value: Any, path: Place) -> Any:
        if isinstance(value, Mapping):
            return {self._key(key, path): self._value(item, (*path, key)) for key, item in value.items()}
        if isinstance(value, list):
            return self.values(value, path)
        return self._text(value, path) if isinstance(value, str) else value

    def _key(self, key: str, path: Place) -> str:
        if _OPEN in key:
            self._refuse((*path, key), "a placeholder may stand in a value or a resource's name, not in another key")
        return key

    def _text(self, text: str, path: Place, only_text: bool = False) -> Any:
        if _OPEN not in text:
            return text
        if _OPEN in _PLACEHOLDER.sub("", text):
            return self._refuse(path, "write a placeholder as {{ name }}: small letters, digits and _")
        if text.lstrip().startswith("{") and not _PLACEHOLDER.match(text.lstrip()):
            return self._refuse(path, "no placeholder inside JSON text; write the document as a map")
        if unknown := [name for name in _PLACEHOLDER.findall(text) if name not in self._values]:
            known = ", ".join(sorted(self._values))
            return self._refuse(path, f"unknown name {', '.join(unknown)}; there are: {known}")
        whole = _PLACEHOLDER.fullmatch(text)
        return self._values[whole[1]] if whole and not only_text else self._inside(text, path)

    def _inside(self, text: str, path: Place) -> str:
        names = _PLACEHOLDER.findall(text)
        for name in names:
            if not isinstance(self._values[name], str | int):
                self._refuse(path, f"{name} is a list; it must be the whole value")
        rendered = _PLACEHOLDER.sub(lambda match: _as_text(self._values[match[1]]), text)
        written = _PLACEHOLDER.sub("\x00", text).count(_VARIABLE)
        if rendered.count(_VARIABLE) > written and not self._free.intersection(names):
            self._refuse(path, "the values put in here would make an IAM variable ${…}")
        return rendered

    def _refuse(self, path: Place, message: str) -> str:
        self.reasons.append(Reason(pointer(*path), message))
        return ""


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
