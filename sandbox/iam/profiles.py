"""Instance profiles."""

from __future__ import annotations

from typing import Any

from moto.iam.models import InstanceProfile

from sandbox.call import Call
from sandbox.errors import delete_conflict, limit_exceeded, no_such_entity
from sandbox.iam import limits, shapes
from sandbox.iam.entities import get, new_id, refuse_protected, refuse_taken
from sandbox.iam.tags import checked_tags
from sandbox.world import world


def create_instance_profile(call: Call) -> dict[str, Any]:
    backend, name = world.iam(call.account), call.text("InstanceProfileName")
    refuse_taken(backend, "instance-profile", name)
    limits.check_count(backend, "instance-profile", len(backend.instance_profiles))
    profile = InstanceProfile(
        account_id=call.account,
        region_name=backend.region_name,
        instance_profile_id=new_id("instance-profile"),
        name=name,
        path=call.text("Path", "/"),
        roles=[],
    )
    profile.sandbox_tags = checked_tags("instance-profile", [], call.params.get("Tags") or [])
    backend.instance_profiles[name] = profile
    return {"InstanceProfile": shapes.instance_profile(profile) | {"Tags": shapes.tags_of(profile) or None}}


def _named(call: Call) -> Any:
    return get(world.iam(call.account), "instance-profile", call.text("InstanceProfileName"))


def _role(call: Call) -> Any:
    role = get(world.iam(call.account), "role", call.text("RoleName"))
    refuse_protected(role, call.operation)
    return role


def get_instance_profile(call: Call) -> dict[str, Any]:
    profile = _named(call)
    return {"InstanceProfile": shapes.instance_profile(profile) | {"Tags": shapes.tags_of(profile) or None}}


def add_role_to_instance_profile(call: Call) -> None:
    profile, role = _named(call), _role(call)
    if profile.roles:
        raise limit_exceeded("Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1")
    profile.roles.append(role)


def remove_role_from_instance_profile(call: Call) -> None:
    profile, role = _named(call), _role(call)
    if role not in profile.roles:
        raise no_such_entity(f"Role {role.name} is not in instance profile {profile.name}.")
    profile.roles.remove(role)


def delete_instance_profile(call: Call) -> None:
    profile = _named(call)
    if profile.roles:
        raise delete_conflict("Cannot delete entity, must remove roles from instance profile first.")
    del world.iam(call.account).instance_profiles[profile.name]


OPERATIONS = {
    "CreateInstanceProfile": create_instance_profile,
    "GetInstanceProfile": get_instance_profile,
    "AddRoleToInstanceProfile": add_role_to_instance_profile,
    "RemoveRoleFromInstanceProfile": remove_role_from_instance_profile,
    "DeleteInstanceProfile": delete_instance_profile,
}
