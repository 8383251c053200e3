"""GetAccountAuthorizationDetails, with the names, ids, boundaries and paging that AWS gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.iam.models import AWSManagedPolicy, IAMBackend

from sandbox.call import Call
from sandbox.iam import shapes
from sandbox.iam.pages import page
from sandbox.world import world

_KINDS = ("User", "Group", "Role", "LocalManagedPolicy", "AWSManagedPolicy")
_MEMBERS = {
    "User": "UserDetailList",
    "Group": "GroupDetailList",
    "Role": "RoleDetailList",
    "LocalManagedPolicy": "Policies",
    "AWSManagedPolicy": "Policies",
}


def get_account_authorization_details(call: Call) -> dict[str, Any]:
    """MaxItems counts all kinds together. AWS managed policies only when asked for, and only those in use."""
    backend = world.iam(call.account)
    wanted = call.params.get("Filter") or _KINDS
    found = [(kind, entity) for kind in _KINDS if kind in wanted for entity in _sorted(backend, kind)]
    chosen, paging = page(call, found)
    answer: dict[str, Any] = {member: [] for member in _MEMBERS.values()}
    groups = _groups_by_user(backend) if any(kind == "User" for kind, _ in chosen) else {}
    for kind, entity in chosen:
        answer[_MEMBERS[kind]].append(_detail(backend, kind, entity, groups))
    return answer | paging


def _sorted(backend: IAMBackend, kind: str) -> list[Any]:
    return sorted(_entities(backend, kind), key=lambda entity: str(entity.name).lower())


def _entities(backend: IAMBackend, kind: str) -> list[Any]:
    if kind == "User":
        return list(backend.users.values())
    if kind == "Group":
        return list(backend.groups.values())
    if kind == "Role":
        return list(backend.roles.values())
    policies = backend.managed_policies.values()
    if kind == "LocalManagedPolicy":
        return [policy for policy in policies if not isinstance(policy, AWSManagedPolicy)]
    return [p for p in policies if isinstance(p, AWSManagedPolicy) and p.attachment_count]


def _groups_by_user(backend: IAMBackend) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for group in _sorted(backend, "Group"):
        for user in group.users:
            found.setdefault(user.id, []).append(group.name)
    return found


def _detail(backend: IAMBackend, kind: str, entity: Any, groups: dict[str, list[str]]) -> dict[str, Any]:
    if kind == "User":
        return _user(entity, groups.get(entity.id, []))
    if kind == "Group":
        return _group(entity)
    if kind == "Role":
        return _role(entity)
    return _policy(backend, entity)


def _user(entity: Any, groups: list[str]) -> dict[str, Any]:
    detail = {k: v for k, v in shapes.user_in_full(entity).items() if k != "PasswordLastUsed"}
    # AWS leaves the key out when there is no inline policy.
    inline = shapes.inline_policies(entity) or None
    attached = shapes.attached_policies(entity)
    return detail | {"UserPolicyList": inline, "GroupList": groups, "AttachedManagedPolicies": attached}


def _group(entity: Any) -> dict[str, Any]:
    return shapes.group(entity) | {
        "GroupPolicyList": shapes.inline_policies(entity),
        "AttachedManagedPolicies": shapes.attached_policies(entity),
    }


def _role(entity: Any) -> dict[str, Any]:
    detail = shapes.nested_role(entity)
    return detail | {
        "InstanceProfileList": [shapes.instance_profile(item) for item in entity.instance_profile_list],
        "RolePolicyList": shapes.inline_policies(entity),
        "AttachedManagedPolicies": shapes.attached_policies(entity),
        "PermissionsBoundary": shapes.boundary(entity),
        "Tags": shapes.tags_of(entity),
        "RoleLastUsed": shapes.last_used(entity),
    }


def _policy(backend: IAMBackend, entity: Any) -> dict[str, Any]:
    versions = sorted(entity.versions, key=lambda version: int(version.version_id[1:]), reverse=True)
    shown: Callable[[Any], dict[str, Any]] = shapes.policy_version
    return shapes.policy(backend, entity) | {"PolicyVersionList": [shown(version) for version in versions]}


OPERATIONS = {"GetAccountAuthorizationDetails": get_account_authorization_details}
