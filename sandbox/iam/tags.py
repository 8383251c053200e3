"""Tags of IAM entities: keys ignore case on users, roles and instance profiles, and don't on policies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.call import Call
from sandbox.errors import AwsError, limit_exceeded
from sandbox.iam import shapes
from sandbox.iam.entities import get
from sandbox.iam.managed_policies import ensure
from sandbox.iam.pages import answer
from sandbox.world import world

TAG_LIMIT = 50
_KINDS = {
    "Role": ("role", "RoleName"),
    "User": ("user", "UserName"),
    "InstanceProfile": ("instance-profile", "InstanceProfileName"),
    "Policy": ("policy", "PolicyArn"),
}


def checked_tags(kind: str, present: list[dict[str, str]], added: list[dict[str, str]]) -> list[dict[str, str]]:
    """The tags after a merge. Raises InvalidInput for duplicate or reserved keys, LimitExceeded over 50."""
    keys = [_key(kind, tag["Key"]) for tag in added]
    if len(set(keys)) != len(keys):
        raise AwsError("InvalidInput", "Duplicate tag keys found. Please note that Tag keys are case insensitive.")
    if any(tag["Key"].lower().startswith("aws:") for tag in added):
        raise AwsError("InvalidInput", "Tag keys that begin with aws: are reserved.")
    merged = [tag for tag in present if _key(kind, tag["Key"]) not in keys] + [dict(tag) for tag in added]
    if len(merged) > TAG_LIMIT:
        raise limit_exceeded(f"The number of tags has reached the maximum limit: {TAG_LIMIT}.")
    return merged


def _key(kind: str, key: str) -> str:
    return key if kind == "policy" else key.lower()


def _entity(call: Call, kind: str, parameter: str) -> Any:
    backend = world.iam(call.account)
    if kind == "policy":
        return ensure(backend, call.text(parameter))
    return get(backend, kind, call.text(parameter))


def _handlers(word: str) -> dict[str, Callable[[Call], Any]]:
    kind, parameter = _KINDS[word]

    def tag(call: Call) -> None:
        entity = _entity(call, kind, parameter)
        entity.sandbox_tags = checked_tags(kind, shapes.tags_of(entity), call.params.get("Tags") or [])

    def untag(call: Call) -> None:
        entity = _entity(call, kind, parameter)
        gone = {_key(kind, key) for key in call.params.get("TagKeys") or []}
        entity.sandbox_tags = [t for t in shapes.tags_of(entity) if _key(kind, t["Key"]) not in gone]

    def list_tags(call: Call) -> dict[str, Any]:
        tags = sorted(shapes.tags_of(_entity(call, kind, parameter)), key=lambda item: item["Key"])
        return answer(call, "Tags", tags, dict)

    return {f"Tag{word}": tag, f"Untag{word}": untag, f"List{word}Tags": list_tags}


OPERATIONS: dict[str, Callable[[Call], Any]] = {
    name: handler for word in _KINDS for name, handler in _handlers(word).items()
}
