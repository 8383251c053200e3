"""Which conditions may be declared."""

import re
from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any

from provisioning.core.policy_document.errors import Reason, pointer_to
from provisioning.core.policy_document.operators import Family, Operator, read_operator
from provisioning.core.policy_document.values import text_of

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_DATE = re.compile(r"\d+|\d{4}(-\d\d(-\d\d(T[0-9:.]+(Z|[+-]\d\d:\d\d)?)?)?)?")


def condition_faults(value: Any, pointer: str) -> Iterator[Reason]:
    """What is wrong with a Condition block."""
    if not isinstance(value, dict):
        yield Reason(pointer, "A condition is an object: operator, then key, then value.")
        return
    seen: set[str] = set()
    for name, keys in value.items():
        below = pointer_to(pointer, name)
        operator = read_operator(name)
        if operator is None:
            yield Reason(below, f"There is no condition operator {name}.")
        if name.lower() in seen:
            yield Reason(below, f"The operator {name} is given twice. Put its keys together.")
        seen.add(name.lower())
        if not isinstance(keys, dict) or not keys:
            yield Reason(below, "An operator needs at least one key with a value.")
        else:
            yield from _key_faults(operator, keys, below)


def _key_faults(operator: Operator | None, keys: dict[str, Any], pointer: str) -> Iterator[Reason]:
    seen: set[str] = set()
    for key, value in keys.items():
        below = pointer_to(pointer, key)
        if not key:
            yield Reason(below, "A condition key has a name, e.g. aws:SourceIp.")
        if key.lower() in seen:
            yield Reason(below, f"The key {key} is given twice (case doesn't count). Put its values in one list.")
        seen.add(key.lower())
        if value == []:
            yield Reason(below, "Give at least one value.")
        single = not isinstance(value, list)
        for index, one in enumerate([value] if single else value):
            yield from _value_faults(operator, one, below if single else pointer_to(below, index))


def _value_faults(operator: Operator | None, value: Any, pointer: str) -> Iterator[Reason]:
    text = text_of(value)
    if text is None:
        yield Reason(pointer, "A value is a text, a number, true or false.")
    elif operator and "${" not in text:
        message = _misfit(operator.family, text)
        if message:
            yield Reason(pointer, message)


def _misfit(family: Family, text: str) -> str | None:
    if family is Family.BOOLEAN and text.lower() not in ("true", "false"):
        return "This operator takes true or false."
    if family is Family.NUMBER and not _NUMBER.fullmatch(text):
        return "This operator takes a number."
    if family is Family.DATE and not _DATE.fullmatch(text):
        return "This operator takes a date such as 2030-01-31T00:00:00Z, or epoch seconds."
    if family is Family.NETWORK and not _is_network(text):
        return "This operator takes an address or a network such as 203.0.113.0/24."
    return None


def _is_network(text: str) -> bool:
    try:
        return bool(ip_network(text, strict=False))
    except ValueError:
        return False
