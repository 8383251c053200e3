"""Finds IAM entities as AWS does: names are unique and found ignoring case, and keep the case they were stored in."""

from __future__ import annotations

from typing import Any

from moto.iam.models import IAMBackend
from moto.moto_api._internal import mock_random

from sandbox.errors import AwsError, already_exists, no_such_entity

_ID_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_ID_PREFIXES = {"group": "AGPA", "user": "AIDA", "policy": "ANPA", "instance-profile": "AIPA"}
_WORDS = {"role": "role", "group": "group", "user": "user", "instance-profile": "Instance Profile"}
# Calls that do work on service-linked and Identity Center roles, and reads.
_OPEN_TO_ALL = ("Get", "List", "Tag", "Untag")
_PROTECTED_PATHS = ("/aws-service-role/", "/aws-reserved/")


def new_id(kind: str) -> str:
    return _ID_PREFIXES[kind] + "".join(mock_random.choice(_ID_ALPHABET) for _ in range(17))


def entities(backend: IAMBackend, kind: str) -> list[Any]:
    stores = {
        "role": backend.roles,
        "group": backend.groups,
        "user": backend.users,
        "instance-profile": backend.instance_profiles,
    }
    return list(stores[kind].values())


def find(backend: IAMBackend, kind: str, name: str) -> Any | None:
    if kind != "role":
        exact = {"group": backend.groups, "user": backend.users, "instance-profile": backend.instance_profiles}
        if name in exact[kind]:
            return exact[kind][name]
    wanted = name.lower()
    return next((entity for entity in entities(backend, kind) if entity.name.lower() == wanted), None)


def get(backend: IAMBackend, kind: str, name: str) -> Any:
    """Raises NoSuchEntity."""
    entity = find(backend, kind, name)
    if entity is None:
        raise no_such_entity(f"The {_WORDS[kind]} with name {name} cannot be found.")
    return entity


def refuse_taken(backend: IAMBackend, kind: str, name: str) -> None:
    """Raises EntityAlreadyExists, whatever the path or the case."""
    if find(backend, kind, name) is not None:
        raise already_exists(f"{_WORDS[kind].capitalize()} with name {name} already exists.")


def find_role_by_arn(backend: IAMBackend, arn: str) -> Any | None:
    return next((role for role in backend.roles.values() if role.arn == arn), None)


def refuse_protected(role: Any, operation: str) -> None:
    """Raises UnmodifiableEntity for roles that only AWS may change."""
    if role.path.startswith(_PROTECTED_PATHS) and not operation.startswith(_OPEN_TO_ALL):
        raise AwsError(
            "UnmodifiableEntity",
            f"Cannot perform the operation on the protected role '{role.name}' - this role is only modifiable by AWS",
        )


def inline_name(holder: Any, name: str) -> str:
    """The stored spelling of an inline policy's name, or the name itself when there is none."""
    return next((stored for stored in holder.policies if stored.lower() == name.lower()), name)
