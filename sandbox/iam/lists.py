"""IAM's list operations: every one pages, and shows only what AWS shows in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from moto.iam.models import AWSManagedPolicy

from sandbox.call import Call
from sandbox.iam import shapes
from sandbox.iam.entities import entities, get
from sandbox.iam.managed_policies import ensure, every_aws_policy
from sandbox.iam.pages import answer, page
from sandbox.world import world


def by_name(found: Iterable[Any], prefix: str = "/") -> list[Any]:
    return sorted((e for e in found if e.path.startswith(prefix)), key=lambda entity: str(entity.name).lower())


def _all_of(kind: str, member: str, shape: Callable[[Any], Any]) -> Callable[[Call], dict[str, Any]]:
    def handler(call: Call) -> dict[str, Any]:
        found = by_name(entities(world.iam(call.account), kind), call.text("PathPrefix", "/"))
        return answer(call, member, found, shape)

    return handler


def _named(call: Call, kind: str) -> Any:
    parameter = {"role": "RoleName", "group": "GroupName", "user": "UserName"}[kind]
    return get(world.iam(call.account), kind, call.text(parameter))


def _inline_of(kind: str) -> Callable[[Call], dict[str, Any]]:
    return lambda call: answer(call, "PolicyNames", sorted(_named(call, kind).policies), str)


def _attached_of(kind: str) -> Callable[[Call], dict[str, Any]]:
    def handler(call: Call) -> dict[str, Any]:
        policies = by_name(_named(call, kind).managed_policies.values(), call.text("PathPrefix", "/"))
        return answer(call, "AttachedPolicies", policies, lambda p: {"PolicyName": p.name, "PolicyArn": p.arn})

    return handler


def get_group(call: Call) -> dict[str, Any]:
    group = _named(call, "group")
    return {"Group": shapes.group(group)} | answer(call, "Users", by_name(group.users), shapes.user)


def list_groups_for_user(call: Call) -> dict[str, Any]:
    user = _named(call, "user")
    found = [group for group in entities(world.iam(call.account), "group") if user in group.users]
    return answer(call, "Groups", by_name(found), shapes.group)


def list_instance_profiles_for_role(call: Call) -> dict[str, Any]:
    profiles = by_name(_named(call, "role").instance_profile_list)
    return answer(call, "InstanceProfiles", profiles, shapes.instance_profile)


def list_policies(call: Call) -> dict[str, Any]:
    backend = world.iam(call.account)
    scope = call.text("Scope", "All")
    found = [] if scope == "AWS" else [p for p in backend.managed_policies.values() if not _is_aws(p)]
    if scope != "Local":
        found.extend(every_aws_policy(backend))
    if call.params.get("OnlyAttached"):
        found = [policy for policy in found if policy.attachment_count]
    chosen = by_name(found, call.text("PathPrefix", "/"))
    return answer(call, "Policies", chosen, lambda policy: shapes.policy(backend, policy))


def _is_aws(policy: Any) -> bool:
    return isinstance(policy, AWSManagedPolicy)


def list_policy_versions(call: Call) -> dict[str, Any]:
    policy = ensure(world.iam(call.account), call.text("PolicyArn"))
    versions = sorted(policy.versions, key=lambda version: int(version.version_id[1:]), reverse=True)
    return answer(call, "Versions", versions, lambda version: shapes.policy_version(version, with_document=False))


def list_entities_for_policy(call: Call) -> dict[str, Any]:
    """Without a usage filter both uses show: as permissions policy and as boundary."""
    backend, arn = world.iam(call.account), call.text("PolicyArn")
    ensure(backend, arn)
    wanted, usage = call.text("EntityFilter"), call.text("PolicyUsageFilter")
    found = [
        (kind, entity)
        for kind in ("group", "role", "user")
        if wanted in ("", kind.capitalize())
        for entity in by_name(entities(backend, kind), call.text("PathPrefix", "/"))
        if _uses(entity, arn, usage)
    ]
    chosen, paging = page(call, found)
    listed: dict[str, Any] = {"PolicyGroups": [], "PolicyRoles": [], "PolicyUsers": []}
    for kind, entity in chosen:
        word = kind.capitalize()
        listed[f"Policy{word}s"].append({f"{word}Name": entity.name, f"{word}Id": entity.id})
    return listed | paging


def _uses(entity: Any, arn: str, usage: str) -> bool:
    attached = arn in entity.managed_policies and usage != "PermissionsBoundary"
    bounded = getattr(entity, "permissions_boundary_arn", None) == arn and usage != "PermissionsPolicy"
    return attached or bounded


OPERATIONS = {
    "ListRoles": _all_of("role", "Roles", shapes.role),
    "ListGroups": _all_of("group", "Groups", shapes.group),
    "ListUsers": _all_of("user", "Users", shapes.user),
    "ListInstanceProfiles": _all_of("instance-profile", "InstanceProfiles", shapes.instance_profile),
    "ListRolePolicies": _inline_of("role"),
    "ListGroupPolicies": _inline_of("group"),
    "ListUserPolicies": _inline_of("user"),
    "ListAttachedRolePolicies": _attached_of("role"),
    "ListAttachedGroupPolicies": _attached_of("group"),
    "ListAttachedUserPolicies": _attached_of("user"),
    "GetGroup": get_group,
    "ListGroupsForUser": list_groups_for_user,
    "ListInstanceProfilesForRole": list_instance_profiles_for_role,
    "ListPolicies": list_policies,
    "ListPolicyVersions": list_policy_versions,
    "ListEntitiesForPolicy": list_entities_for_policy,
}
