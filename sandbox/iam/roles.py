"""IAM roles: create, trust, description and session length, boundary, delete."""

from __future__ import annotations

from typing import Any

from moto.iam.models import Role
from moto.iam.utils import random_role_id

from sandbox.call import Call
from sandbox.errors import AwsError, delete_conflict
from sandbox.iam import limits, shapes
from sandbox.iam.documents import check_trust_policy
from sandbox.iam.entities import get, refuse_protected, refuse_taken
from sandbox.iam.managed_policies import ensure
from sandbox.iam.principals import store_trust
from sandbox.iam.tags import checked_tags
from sandbox.world import PARTITION, world


def create_role(call: Call) -> dict[str, Any]:
    backend, name = world.iam(call.account), call.text("RoleName")
    refuse_taken(backend, "role", name)
    limits.check_count(backend, "role", len(backend.roles))
    if call.text("Path").startswith("/aws-"):
        raise AwsError("InvalidInput", "The path cannot begin with /aws-: it is reserved for AWS.")
    if call.params.get("PermissionsBoundary"):
        ensure(backend, call.text("PermissionsBoundary"))
    role = new_role(call, name)
    _write_trust(call, role, call.text("AssumeRolePolicyDocument"))
    backend.roles[role.id] = role
    return {"Role": {k: v for k, v in shapes.role_in_full(role).items() if k not in ("RoleLastUsed", "Description")}}


def new_role(call: Call, name: str) -> Any:
    role = Role(
        account_id=call.account,
        partition=PARTITION,
        role_id=random_role_id(call.account),
        name=name,
        assume_role_policy_document="",
        path=call.text("Path", "/"),
        permissions_boundary=call.params.get("PermissionsBoundary"),
        description=call.text("Description"),
        tags=[],
        max_session_duration=str(call.params.get("MaxSessionDuration") or 3600),
    )
    role.sandbox_tags = checked_tags("role", [], call.params.get("Tags") or [])
    return role


def _write_trust(call: Call, role: Any, document: str) -> None:
    check_trust_policy(document)
    limits.check_trust_size(world.iam(call.account), document)
    store_trust(role, document)


def own_role(call: Call) -> Any:
    """The role a call changes. Raises NoSuchEntity, UnmodifiableEntity."""
    role = get(world.iam(call.account), "role", call.text("RoleName"))
    refuse_protected(role, call.operation)
    return role


def get_role(call: Call) -> dict[str, Any]:
    return {"Role": shapes.role_in_full(own_role(call))}


def update_role(call: Call) -> dict[str, Any]:
    """What is left out is kept."""
    role = own_role(call)
    if "Description" in call.params:
        role.description = call.text("Description")
    if call.params.get("MaxSessionDuration") is not None:
        role.max_session_duration = str(call.params["MaxSessionDuration"])
    return {}


def update_role_description(call: Call) -> dict[str, Any]:
    role = own_role(call)
    role.description = call.text("Description")
    return {"Role": shapes.role_in_full(role)}


def update_assume_role_policy(call: Call) -> None:
    _write_trust(call, own_role(call), call.text("PolicyDocument"))


def put_role_permissions_boundary(call: Call) -> None:
    role = own_role(call)
    ensure(world.iam(call.account), call.text("PermissionsBoundary"))
    role.permissions_boundary_arn = call.text("PermissionsBoundary")


def delete_role_permissions_boundary(call: Call) -> None:
    own_role(call).permissions_boundary_arn = None


def delete_role(call: Call) -> None:
    role = own_role(call)
    if role.instance_profile_list:
        raise delete_conflict("Cannot delete entity, must remove roles from instance profile first.")
    if role.managed_policies:
        raise delete_conflict("Cannot delete entity, must detach all policies first.")
    if role.policies:
        raise delete_conflict("Cannot delete entity, must delete policies first.")
    del world.iam(call.account).roles[role.id]


OPERATIONS = {
    "CreateRole": create_role,
    "GetRole": get_role,
    "UpdateRole": update_role,
    "UpdateRoleDescription": update_role_description,
    "UpdateAssumeRolePolicy": update_assume_role_policy,
    "PutRolePermissionsBoundary": put_role_permissions_boundary,
    "DeleteRolePermissionsBoundary": delete_role_permissions_boundary,
    "DeleteRole": delete_role,
}
