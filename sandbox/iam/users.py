"""IAM users, their boundary and their login profile."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from moto.iam.models import User

from sandbox.call import Call
from sandbox.errors import already_exists, delete_conflict, no_such_entity, validation_error
from sandbox.iam import limits, shapes
from sandbox.iam.entities import find, get, new_id, refuse_taken
from sandbox.iam.managed_policies import ensure
from sandbox.iam.passwords import set_password
from sandbox.iam.tags import checked_tags
from sandbox.world import world


def create_user(call: Call) -> dict[str, Any]:
    backend, name = world.iam(call.account), call.text("UserName")
    refuse_taken(backend, "user", name)
    limits.check_count(backend, "user", len(backend.users))
    user = User(call.account, backend.region_name, name, call.text("Path", "/"))
    user.id = new_id("user")
    if call.params.get("PermissionsBoundary"):
        ensure(backend, call.text("PermissionsBoundary"))
        user.permissions_boundary_arn = call.text("PermissionsBoundary")
    user.sandbox_tags = checked_tags("user", [], call.params.get("Tags") or [])
    backend.users[name] = user
    return {"User": shapes.user_in_full(user)}


def _named(call: Call) -> Any:
    return get(world.iam(call.account), "user", call.text("UserName"))


def get_user(call: Call) -> dict[str, Any]:
    """Without a name it is the caller, who must then be a user."""
    if not call.params.get("UserName") and call.caller.kind != "user":
        raise validation_error("Must specify userName when calling with non-User credentials")
    user = get(world.iam(call.account), "user", call.text("UserName", call.caller.name))
    return {"User": shapes.user_in_full(user)}


def update_user(call: Call) -> None:
    backend = world.iam(call.account)
    user = _named(call)
    name = call.text("NewUserName", user.name)
    if find(backend, "user", name) not in (None, user):
        refuse_taken(backend, "user", name)
    del backend.users[user.name]
    user.name, user.path = name, call.text("NewPath", user.path)
    for key in user.access_keys:
        key.user_name = name
    backend.users[name] = user


def put_user_permissions_boundary(call: Call) -> None:
    user = _named(call)
    ensure(world.iam(call.account), call.text("PermissionsBoundary"))
    user.permissions_boundary_arn = call.text("PermissionsBoundary")


def delete_user_permissions_boundary(call: Call) -> None:
    _named(call).permissions_boundary_arn = None


def delete_user(call: Call) -> None:
    """Everything that hangs on the user goes first."""
    backend = world.iam(call.account)
    user = _named(call)
    obstacles = {
        "must delete login profile first": user.password,
        "must delete access keys first": user.access_keys,
        "must deactivate MFA device first": user.mfa_devices,
        "must delete public keys first": user.ssh_public_keys,
        "must delete signing certificates first": user.signing_certificates,
        "must remove users from group first": [g for g in backend.groups.values() if user in g.users],
        "must detach all policies first": user.managed_policies,
        "must delete policies first": user.policies,
    }
    for what, present in obstacles.items():
        if present:
            raise delete_conflict(f"Cannot delete entity, {what}.")
    del backend.users[user.name]


def create_login_profile(call: Call) -> dict[str, Any]:
    user = _named(call)
    if user.password:
        raise already_exists(f"Login Profile for user {user.name} already exists.")
    set_password(call, user, call.text("Password"))
    user.password_reset_required = bool(call.params.get("PasswordResetRequired"))
    user.sandbox_profile_made = datetime.now(UTC).replace(microsecond=0)
    return _login_profile(user)


def get_login_profile(call: Call) -> dict[str, Any]:
    return _login_profile(_with_login(call))


def update_login_profile(call: Call) -> None:
    """What is left out is kept."""
    user = _with_login(call)
    if call.params.get("Password") is not None:
        set_password(call, user, call.text("Password"))
    user.password_reset_required = bool(call.params.get("PasswordResetRequired", user.password_reset_required))


def sign_in(account: str, name: str, *, password: str | None = None, changes_password: bool = False) -> None:
    """What a user does in the console; a password that is given must be right. Raises NoSuchEntity, ValueError."""
    user = get(world.iam(account), "user", name)
    if password is not None and password != user.password:
        raise ValueError(f"people: that is not the password of {name}")
    user.password_last_used = datetime.now(UTC).replace(microsecond=0)
    if changes_password:
        user.password_reset_required = False


def delete_login_profile(call: Call) -> None:
    user = _with_login(call)
    user.password, user.password_reset_required = None, False


def _with_login(call: Call) -> Any:
    user = _named(call)
    if not user.password:
        raise no_such_entity(f"Login Profile for User {user.name} cannot be found.")
    return user


def _login_profile(user: Any) -> dict[str, Any]:
    shown = {"UserName": user.name, "CreateDate": getattr(user, "sandbox_profile_made", user.create_date)}
    return {"LoginProfile": shown | {"PasswordResetRequired": user.password_reset_required}}


OPERATIONS = {
    "CreateUser": create_user,
    "GetUser": get_user,
    "UpdateUser": update_user,
    "DeleteUser": delete_user,
    "PutUserPermissionsBoundary": put_user_permissions_boundary,
    "DeleteUserPermissionsBoundary": delete_user_permissions_boundary,
    "CreateLoginProfile": create_login_profile,
    "GetLoginProfile": get_login_profile,
    "UpdateLoginProfile": update_login_profile,
    "DeleteLoginProfile": delete_login_profile,
}
