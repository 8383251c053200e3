"""AWS principals of trust policies: stored by unique id, printed as ARN, or as the bare id once the entity is gone."""

from __future__ import annotations

import json
import re
from typing import Any

from sandbox.conditions import as_list
from sandbox.errors import malformed
from sandbox.evaluate import parsed, statements
from sandbox.iam.entities import find
from sandbox.world import world

_ENTITY = re.compile(r"arn:aws[a-z-]*:iam::(?P<account>\d{12}):(?P<kind>role|user)/(?:.+/)?(?P<name>[^/]+)")
_ACCOUNT = re.compile(r"\d{12}")


def store_trust(role: Any, document: str) -> None:
    """Keeps the document with bare account ids as root ARNs, and notes the id behind each named role or user.

    Raises MalformedPolicyDocument for a role or user that an account of this sandbox doesn't have.
    """
    loaded = json.loads(document)
    ids: dict[str, str] = {}
    changed = False
    for statement in statements(loaded):
        for element in ("Principal", "NotPrincipal"):
            named = statement.get(element)
            if isinstance(named, dict) and "AWS" in named:
                written = [_as_arn(item) for item in as_list(named["AWS"])]
                ids |= {arn: found for arn in written if (found := _unique_id(arn))}
                changed = changed or written != as_list(named["AWS"])
                named["AWS"] = written if isinstance(named["AWS"], list) else written[0]
    role.assume_role_policy_document = json.dumps(loaded) if changed else document
    role.sandbox_principals = ids


def _as_arn(item: Any) -> Any:
    return f"arn:aws:iam::{item}:root" if isinstance(item, str) and _ACCOUNT.fullmatch(item) else item


def _unique_id(arn: Any) -> str:
    entity = _entity(arn)
    if entity is None and _is_ours(arn):
        raise malformed(f'Invalid principal in policy: "AWS":"{arn}"')
    return str(entity.id) if entity is not None else ""


def _is_ours(arn: Any) -> bool:
    found = _ENTITY.fullmatch(str(arn))
    return found is not None and found["account"] in world.accounts


def _entity(arn: Any) -> Any | None:
    found = _ENTITY.fullmatch(str(arn))
    if not found or found["account"] not in world.accounts:
        return None
    entity = find(world.iam(found["account"]), found["kind"], found["name"])
    return entity if entity is not None and entity.arn == arn else None


def printed_trust(role: Any) -> str:
    """The trust as AWS shows it now: a deleted (or deleted and recreated) principal shows its old unique id."""
    ids: dict[str, str] = getattr(role, "sandbox_principals", {})
    gone = {arn: unique for arn, unique in ids.items() if not _still_there(arn, unique)}
    return _replaced(role.assume_role_policy_document, gone) if gone else str(role.assume_role_policy_document)


def _still_there(arn: str, unique: str) -> bool:
    found = _ENTITY.fullmatch(arn)
    assert found is not None
    backend = world.iam(found["account"])
    if found["kind"] == "role":
        return unique in backend.roles
    entity = _entity(arn)
    return entity is not None and entity.id == unique


def _replaced(document: str, gone: dict[str, str]) -> str:
    loaded = json.loads(json.dumps(parsed(document)))
    for statement in statements(loaded):
        for element in ("Principal", "NotPrincipal"):
            named = statement.get(element)
            if isinstance(named, dict) and "AWS" in named:
                shown = [gone.get(item, item) for item in as_list(named["AWS"])]
                named["AWS"] = shown if isinstance(named["AWS"], list) else shown[0]
    return json.dumps(loaded)
