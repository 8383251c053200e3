"""From a spec and a snapshot to calls, as an assessment does it for an owned resource."""

from typing import Any

import pytest

from provisioning.core.change import Call, Create, ResourceKey, Update
from provisioning.core.diff import differences
from provisioning.core.errors import DeclarationError
from provisioning.core.kind import Context, Kind
from provisioning.core.snapshot import Snapshot
from tests.kinds.iam_model import ACCOUNT, Iam

CONTEXT = Context(ACCOUNT, customer_policies={"mfaguard": "/guards/"})


def seen(kind: Kind[Any], name: str, snapshot: Snapshot) -> tuple[str, Any]:
    """The stored name and observed spec, the given name and None where it is not there."""
    for stored, spec in kind.observed(snapshot).items():
        if kind.identity(stored) == kind.identity(name):
            return stored, spec
    return name, None


def calls_for(kind: Kind[Any], name: str, desired: Any, snapshot: Snapshot) -> tuple[Call, ...]:
    """What an apply would send."""
    stored, observed = seen(kind, name, snapshot)
    key = ResourceKey(kind.name, stored)
    if observed is None:
        return tuple(kind.calls(Create(key, desired), snapshot))
    fields = frozenset(difference.field for difference in differences(desired, observed)) - kind.immutable
    return tuple(kind.calls(Update(key, observed, desired, fields), snapshot)) if fields else ()


def drift(kind: Kind[Any], name: str, desired: Any, snapshot: Snapshot) -> list[str]:
    """The paths that differ."""
    return [difference.path for difference in differences(desired, seen(kind, name, snapshot)[1])]


def operations(calls: tuple[Call, ...]) -> list[str]:
    """Just the names, in order."""
    return [call.operation for call in calls]


def applied(kind: Kind[Any], name: str, declared: dict[str, Any], iam: Iam) -> Iam:
    """Send what the declaration needs."""
    return iam.send(calls_for(kind, name, kind.parse(name, declared, CONTEXT), iam.snapshot()))


def refusals(kind: Kind[Any], name: str, declared: Any, context: Context = CONTEXT) -> dict[str, str]:
    """Why it is refused: pointer -> message."""
    with pytest.raises(DeclarationError) as refused:
        kind.parse(name, declared, context)
    return {reason.pointer: reason.message for reason in refused.value.reasons}


def document(*actions: str, effect: str = "Allow", resource: str = "*") -> dict[str, Any]:
    """A policy document of one statement."""
    statement = {"Effect": effect, "Action": [*actions], "Resource": resource}
    return {"Version": "2012-10-17", "Statement": [statement]}


def trust(*principals: str, effect: str = "Allow", **condition: Any) -> dict[str, Any]:
    """A trust document of one statement per AWS principal."""
    statements = [
        {"Effect": effect, "Principal": {"AWS": one}, "Action": "sts:AssumeRole", **condition} for one in principals
    ]
    return {"Version": "2012-10-17", "Statement": statements}
