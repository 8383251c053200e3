"""Checks parameters against the limits that botocore's models carry but botocore itself does not enforce."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from botocore.model import Shape

from sandbox.errors import AwsError
from sandbox.service_models import REST_SERVICES, operation_model

_CODES = {"budgets": "InvalidParameterException", "organizations": "InvalidInputException"}
# Java's way to say "letters, separators and numbers of any script", which Python's re does not know.
_JAVA_WORDS = r"\p{L}\p{Z}\p{N}"


def check_parameters(service: str, operation: str, params: dict[str, Any]) -> None:
    """Raises the service's validation error, naming every parameter that is outside its shape."""
    model = operation_model(service, operation)
    if model is None or model.input_shape is None:
        return
    faults = list(_faults(model.input_shape, params, ""))
    if faults:
        code = "ValidationException" if service in REST_SERVICES else _CODES.get(service, "ValidationError")
        text = f"{len(faults)} validation error{'s' * (len(faults) > 1)} detected: " + "; ".join(faults)
        raise AwsError(code, text)


def _faults(shape: Shape, value: Any, at: str) -> Iterator[str]:
    kind = shape.type_name
    if kind == "structure":
        yield from _structure_faults(shape, value, at)
    elif kind == "list":
        yield from _length_faults(shape, value, at)
        for index, item in enumerate(value, 1):
            yield from _faults(shape.member, item, f"{at}.{index}.member")  # type: ignore[attr-defined]
    elif kind == "map":
        for key, item in value.items():
            yield from _faults(shape.value, item, f"{at}.{key}")  # type: ignore[attr-defined]
    elif kind == "string":
        yield from _string_faults(shape, value, at)
    elif kind in ("integer", "long", "double", "float"):
        yield from _number_faults(shape, value, at)


def _structure_faults(shape: Shape, value: Any, at: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"Value at '{at}' must be a structure"
        return
    for name in shape.required_members:
        if value.get(name) is None:
            yield f"Value null at '{_join(at, name)}' failed to satisfy constraint: Member must not be null"
    for name, member in shape.members.items():  # type: ignore[attr-defined]
        if value.get(name) is not None:
            yield from _faults(member, value[name], _join(at, name))


def _join(at: str, name: str) -> str:
    return f"{at}.{name}" if at else name[:1].lower() + name[1:]


def _length_faults(shape: Shape, value: Any, at: str) -> Iterator[str]:
    low, high = shape.metadata.get("min", 0), shape.metadata.get("max")
    if high is not None and len(value) > high:
        yield f"Value at '{at}' failed to satisfy constraint: Member must have length less than or equal to {high}"
    if len(value) < low:
        yield f"Value at '{at}' failed to satisfy constraint: Member must have length greater than or equal to {low}"


def _string_faults(shape: Shape, value: Any, at: str) -> Iterator[str]:
    if not isinstance(value, str):
        yield f"Value at '{at}' must be a string"
        return
    yield from _length_faults(shape, value, at)
    options = getattr(shape, "enum", None)
    if options and value not in options:
        yield (
            f"Value '{value}' at '{at}' failed to satisfy constraint: "
            f"Member must satisfy enum value set: [{', '.join(options)}]"
        )
    pattern = shape.metadata.get("pattern")
    if pattern and (matcher := compiled(pattern)) and not matcher.fullmatch(value):
        yield f"Value at '{at}' failed to satisfy constraint: Member must satisfy regular expression pattern: {pattern}"


def _number_faults(shape: Shape, value: Any, at: str) -> Iterator[str]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        yield f"Value '{value}' at '{at}' must be a number"
        return
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if low is not None and value < low:
        yield f"Value at '{at}' failed to satisfy constraint: Member must have value greater than or equal to {low}"
    if high is not None and value > high:
        yield f"Value at '{at}' failed to satisfy constraint: Member must have value less than or equal to {high}"


@lru_cache(maxsize=512)
def compiled(pattern: str) -> re.Pattern[str] | None:
    """The model's pattern for Python, or None where it says nothing or can't be said safely."""
    if ".*" in pattern:
        return None
    if _JAVA_WORDS in pattern:
        return re.compile(pattern.replace(_JAVA_WORDS, r"\w\s"))
    try:
        return re.compile(pattern, re.ASCII)
    except re.error:
        return None
