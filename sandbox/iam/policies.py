"""Customer managed policies and their versions; AWS managed ones can be read and attached only."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from moto.iam.models import AWSManagedPolicy, ManagedPolicy, PolicyVersion

from sandbox.call import Call
from sandbox.errors import AwsError, already_exists, delete_conflict, limit_exceeded, no_such_entity
from sandbox.iam import limits, shapes
from sandbox.iam.documents import check_identity_policy
from sandbox.iam.entities import new_id
from sandbox.iam.managed_policies import ensure
from sandbox.iam.tags import checked_tags
from sandbox.world import world


def create_policy(call: Call) -> dict[str, Any]:
    """The name is unique whatever the path or the case."""
    backend, name = world.iam(call.account), call.text("PolicyName")
    own = [p for p in backend.managed_policies.values() if not isinstance(p, AWSManagedPolicy)]
    if any(policy.name.lower() == name.lower() for policy in own):
        raise already_exists(f"A policy called {name} already exists. Duplicate names are not allowed.")
    limits.check_count(backend, "policy", len(own))
    document = _checked(call)
    policy = ManagedPolicy(
        name,
        account_id=call.account,
        region=backend.region_name,
        description=call.text("Description"),
        document=document,
        path=call.text("Path", "/"),
    )
    policy.id = new_id("policy")
    policy.sandbox_tags = checked_tags("policy", [], call.params.get("Tags") or [])
    backend.managed_policies[policy.arn] = policy
    return {"Policy": shapes.policy(backend, policy) | {"Tags": shapes.tags_of(policy) or None}}


def _checked(call: Call) -> str:
    document = call.text("PolicyDocument")
    check_identity_policy(document)
    limits.check_policy_size(world.iam(call.account), document)
    return document


def get_policy(call: Call) -> dict[str, Any]:
    backend = world.iam(call.account)
    return {"Policy": shapes.policy_in_full(backend, ensure(backend, call.text("PolicyArn")))}


def get_policy_version(call: Call) -> dict[str, Any]:
    policy = ensure(world.iam(call.account), call.text("PolicyArn"))
    return {"PolicyVersion": shapes.policy_version(_version(policy, call.text("VersionId")))}


def _version(policy: Any, version_id: str) -> Any:
    for version in policy.versions:
        if version.version_id == version_id:
            return version
    raise no_such_entity(f"Policy {policy.arn} version {version_id} does not exist or is not attachable.")


def _own(call: Call) -> Any:
    policy = ensure(world.iam(call.account), call.text("PolicyArn"))
    if isinstance(policy, AWSManagedPolicy):
        raise AwsError("AccessDenied", f"The policy {policy.arn} is managed by AWS and can't be changed.", 403)
    return policy


def create_policy_version(call: Call) -> dict[str, Any]:
    policy = _own(call)
    document = _checked(call)
    allowed = limits.quota(world.iam(call.account), "VersionsPerPolicyQuota")
    if len(policy.versions) >= allowed:
        raise limit_exceeded(
            f"A managed policy can have up to {allowed} versions. Before you create a new version, "
            "you must delete an existing version."
        )
    version = PolicyVersion(policy.arn, document, False, f"v{policy.next_version_num}")
    policy.versions.append(version)
    policy.next_version_num += 1
    if call.params.get("SetAsDefault"):
        policy.update_default_version(version.version_id)
    _touch(policy)
    return {"PolicyVersion": shapes.policy_version(version, with_document=False)}


def set_default_policy_version(call: Call) -> None:
    policy = _own(call)
    version_id = _version(policy, call.text("VersionId")).version_id
    if version_id != policy.default_version_id:
        policy.update_default_version(version_id)
        _touch(policy)


def delete_policy_version(call: Call) -> None:
    policy = _own(call)
    version = _version(policy, call.text("VersionId"))
    if version.version_id == policy.default_version_id:
        raise delete_conflict("Cannot delete the default version of a policy.")
    policy.versions.remove(version)
    _touch(policy)


def _touch(policy: Any) -> None:
    policy.update_date = datetime.now(UTC).replace(tzinfo=None)


def delete_policy(call: Call) -> None:
    backend, policy = world.iam(call.account), _own(call)
    if policy.attachment_count or shapes.boundary_uses(backend, policy.arn):
        raise delete_conflict("Cannot delete a policy attached to entities.")
    if len(policy.versions) > 1:
        raise delete_conflict(
            "This policy has more than one version. Before you delete a policy, you must delete the policy's "
            "versions. The default version is deleted with the policy."
        )
    del backend.managed_policies[policy.arn]


OPERATIONS = {
    "CreatePolicy": create_policy,
    "GetPolicy": get_policy,
    "GetPolicyVersion": get_policy_version,
    "CreatePolicyVersion": create_policy_version,
    "SetDefaultPolicyVersion": set_default_policy_version,
    "DeletePolicyVersion": delete_policy_version,
    "DeletePolicy": delete_policy,
}
