"""Which principals may be declared."""

import re
from collections.abc import Iterator
from typing import Any

from provisioning.core.policy_document.errors import Reason, pointer_to
from provisioning.core.policy_document.meaning import PRINCIPAL_TYPES

_AWS = re.compile(r"\*|\d{12}|arn:[a-z0-9-]+:(iam|sts)::\d{12}:[^*?]+|A[A-Z0-9]{15,127}")
_SERVICE = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


def principal_faults(value: Any, pointer: str) -> Iterator[Reason]:
    """What is wrong with the value of Principal or NotPrincipal."""
    if value == "*":
        return
    if not isinstance(value, dict) or not value:
        yield Reason(pointer, f'A principal is "*" or an object with {", ".join(PRINCIPAL_TYPES)}.')
        return
    for kind, names in value.items():
        below = pointer_to(pointer, kind)
        if kind not in PRINCIPAL_TYPES:
            yield Reason(below, f"There is no principal type {kind}. Known: {', '.join(PRINCIPAL_TYPES)}.")
        elif names == []:
            yield Reason(below, "An empty list is refused by IAM. Name at least one principal.")
        else:
            yield from _name_faults(kind, names, below)


def _name_faults(kind: str, names: Any, pointer: str) -> Iterator[Reason]:
    single = not isinstance(names, list)
    for index, name in enumerate([names] if single else names):
        below = pointer if single else pointer_to(pointer, index)
        if not isinstance(name, str) or not name:
            yield Reason(below, "Give a text.")
        elif kind == "AWS" and not _AWS.fullmatch(name):
            yield Reason(below, "An AWS principal is an account id, an ARN without wildcards, a unique id or `*`.")
        elif kind == "Service" and not _SERVICE.fullmatch(name):
            yield Reason(below, "A service principal looks like ec2.amazonaws.com, without wildcards.")
