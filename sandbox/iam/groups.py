"""IAM groups and their members."""

from __future__ import annotations

from typing import Any

from moto.iam.models import Group

from sandbox.call import Call
from sandbox.errors import delete_conflict, no_such_entity
from sandbox.iam import limits, shapes
from sandbox.iam.entities import find, get, new_id, refuse_taken
from sandbox.world import world


def create_group(call: Call) -> dict[str, Any]:
    backend, name = world.iam(call.account), call.text("GroupName")
    refuse_taken(backend, "group", name)
    limits.check_count(backend, "group", len(backend.groups))
    group = Group(call.account, backend.region_name, name, call.text("Path", "/"))
    group.id = new_id("group")
    backend.groups[name] = group
    return {"Group": shapes.group(group)}


def update_group(call: Call) -> None:
    """A new path, a new name, or both; the members and policies stay."""
    backend = world.iam(call.account)
    group = get(backend, "group", call.text("GroupName"))
    name = call.text("NewGroupName", group.name)
    if find(backend, "group", name) not in (None, group):
        refuse_taken(backend, "group", name)
    del backend.groups[group.name]
    group.name, group.path = name, call.text("NewPath", group.path)
    backend.groups[name] = group


def delete_group(call: Call) -> None:
    backend = world.iam(call.account)
    group = get(backend, "group", call.text("GroupName"))
    if group.users:
        raise delete_conflict("Cannot delete entity, must remove users from group first.")
    if group.managed_policies:
        raise delete_conflict("Cannot delete entity, must detach all policies first.")
    if group.policies:
        raise delete_conflict("Cannot delete entity, must delete policies first.")
    del backend.groups[group.name]


def add_user_to_group(call: Call) -> None:
    backend = world.iam(call.account)
    group, user = _both(call)
    if user in group.users:
        return
    limits.check_groups_per_user(backend, sum(user in other.users for other in backend.groups.values()))
    group.users.append(user)


def remove_user_from_group(call: Call) -> None:
    group, user = _both(call)
    if user not in group.users:
        raise no_such_entity(f"User {user.name} not in group {group.name}")
    group.users.remove(user)


def _both(call: Call) -> tuple[Any, Any]:
    backend = world.iam(call.account)
    return get(backend, "group", call.text("GroupName")), get(backend, "user", call.text("UserName"))


OPERATIONS = {
    "CreateGroup": create_group,
    "UpdateGroup": update_group,
    "DeleteGroup": delete_group,
    "AddUserToGroup": add_user_to_group,
    "RemoveUserFromGroup": remove_user_from_group,
}
