"""How a question about permissions is written: what an action, a resource and a value of its context may be. Pure."""

import re
from typing import Any

_ACTION = re.compile(r"[a-z0-9-]+:[A-Za-z0-9]+")
_ARN = re.compile(r"arn:[^:\s]+:[^:\s]+:[^:\s]*:[^:\s]*:\S+")

ACTION = "name one action such as s3:PutObject, without * or ?"
RESOURCE = "give an ARN such as arn:aws:s3:::bucket/*, or * for any resource"
VALUE = "give a text, a whole number, true or false, or a list of these"


def is_action(text: str) -> bool:
    """Whether it names one action. Whether AWS knows it is not asked: AWS adds actions every week."""
    return _ACTION.fullmatch(text) is not None


def is_resource(text: str) -> bool:
    """Whether it is an ARN, or `*`."""
    return text == "*" or _ARN.fullmatch(text) is not None


def is_value(value: Any) -> bool:
    """Whether it can be the value of a condition key."""
    listed = value if isinstance(value, list) else [value]
    return bool(listed) and all(isinstance(one, str | bool | int) for one in listed)


def values(value: Any) -> tuple[str, ...]:
    """The values of a condition key as AWS compares them."""
    listed = value if isinstance(value, list) else [value]
    return tuple(str(one).lower() if isinstance(one, bool) else str(one) for one in listed)
