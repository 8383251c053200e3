"""What roles, groups and users hold alike: inline policies and attached managed ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.call import Call
from sandbox.errors import AwsError, no_such_entity
from sandbox.iam import limits, shapes
from sandbox.iam.documents import check_identity_policy
from sandbox.iam.entities import get, inline_name, refuse_protected
from sandbox.iam.managed_policies import ensure
from sandbox.world import world

_WORDS = {"role": "Role", "group": "Group", "user": "User"}


def _holder(call: Call, kind: str) -> Any:
    holder = get(world.iam(call.account), kind, call.text(f"{_WORDS[kind]}Name"))
    if kind == "role":
        refuse_protected(holder, call.operation)
    return holder


def _put(call: Call, kind: str) -> None:
    """Another spelling of the name replaces, and the stored spelling stays."""
    holder = _holder(call, kind)
    name, document = inline_name(holder, call.text("PolicyName")), call.text("PolicyDocument")
    check_identity_policy(document)
    limits.check_inline(world.iam(call.account), kind, holder, name, document)
    holder.policies[name] = document


def _stored(call: Call, holder: Any, kind: str) -> str:
    name = inline_name(holder, call.text("PolicyName"))
    if name not in holder.policies:
        raise no_such_entity(f"The {kind} policy with name {name} cannot be found.")
    return name


def _get(call: Call, kind: str) -> dict[str, Any]:
    holder = _holder(call, kind)
    name = _stored(call, holder, kind)
    document = shapes.encoded(holder.policies[name])
    return {f"{_WORDS[kind]}Name": holder.name, "PolicyName": name, "PolicyDocument": document}


def _delete(call: Call, kind: str) -> None:
    holder = _holder(call, kind)
    del holder.policies[_stored(call, holder, kind)]


def _attach(call: Call, kind: str) -> None:
    """Attaching again changes nothing, the count included."""
    backend, holder = world.iam(call.account), _holder(call, kind)
    policy = ensure(backend, call.text("PolicyArn"))
    if policy.arn in holder.managed_policies:
        return
    if ":aws:policy/aws-service-role/" in policy.arn:
        raise AwsError("PolicyNotAttachable", f"Cannot attach a Service Role Policy to a {kind}.")
    limits.check_attached(backend, kind, holder)
    policy.attach_to(holder)


def _detach(call: Call, kind: str) -> None:
    holder, arn = _holder(call, kind), call.text("PolicyArn")
    policy = holder.managed_policies.get(arn)
    if policy is None:
        raise no_such_entity(f"Policy {arn} was not found.")
    policy.detach_from(holder)


def _bound(handler: Callable[[Call, str], Any], kind: str) -> Callable[[Call], Any]:
    return lambda call: handler(call, kind)


OPERATIONS: dict[str, Callable[[Call], Any]] = {
    f"{verb}{word}{noun}": _bound(handler, kind)
    for kind, word in _WORDS.items()
    for verb, noun, handler in (
        ("Put", "Policy", _put),
        ("Get", "Policy", _get),
        ("Delete", "Policy", _delete),
        ("Attach", "Policy", _attach),
        ("Detach", "Policy", _detach),
    )
}
