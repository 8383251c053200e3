"""Users' access keys. GetAccessKeyLastUsed is answered for the caller's own account only."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sandbox.call import Call
from sandbox.errors import AwsError, limit_exceeded, no_such_entity, validation_error
from sandbox.iam.entities import get
from sandbox.iam.pages import answer
from sandbox.world import world

MOST_KEYS = 2


def create_access_key(call: Call) -> dict[str, Any]:
    user = _named(call)
    if len(user.access_keys) >= MOST_KEYS:
        raise limit_exceeded(f"Cannot exceed quota for AccessKeysPerUser: {MOST_KEYS}")
    key = user.create_access_key(prefix="AKIA")
    world.iam(call.account).access_keys[key.access_key_id] = key
    return {"AccessKey": _shown(user, key) | {"SecretAccessKey": key.secret_access_key}}


def list_access_keys(call: Call) -> dict[str, Any]:
    user = _named(call)
    return answer(call, "AccessKeyMetadata", user.access_keys, lambda key: _shown(user, key))


def update_access_key(call: Call) -> None:
    """`Expired` is a status that AWS gives and nobody may set."""
    if call.text("Status") == "Expired":
        raise validation_error("The status Expired can't be set.")
    _key(call).status = call.text("Status")


def delete_access_key(call: Call) -> None:
    """AWS deletes a key that is active too."""
    user, key = _named(call), _key(call)
    user.access_keys.remove(key)
    world.iam(call.account).access_keys.pop(key.access_key_id, None)


def get_access_key_last_used(call: Call) -> dict[str, Any]:
    """N/A where it was never used; a key of another account is AccessDenied, as one that does not exist is."""
    key = find_key(call.account, call.text("AccessKeyId"))
    if key is None:
        raise AwsError("AccessDenied", f"The access key {call.text('AccessKeyId')} is not yours to ask about.", 403)
    used = getattr(key, "sandbox_last_used", None)
    shown = {"LastUsedDate": used, "ServiceName": "s3" if used else "N/A", "Region": "us-east-1" if used else "N/A"}
    return {"UserName": key.user_name, "AccessKeyLastUsed": shown}


def find_key(account: str, key_id: str) -> Any | None:
    """The key of a user of this account, or None."""
    users = world.iam(account).users.values()
    return next((key for user in users for key in user.access_keys if key.access_key_id == key_id), None)


def age_key(account: str, key_id: str, created_at: str = "", last_used_at: str = "") -> None:
    """Make a key as old, and as long unused, as a test needs. Raises KeyError."""
    key = find_key(account, key_id)
    if key is None:
        raise KeyError(key_id)
    if created_at:
        key.create_date = datetime.fromisoformat(created_at)
    if last_used_at:
        key.sandbox_last_used = datetime.fromisoformat(last_used_at).astimezone(UTC)


def _named(call: Call) -> Any:
    return get(world.iam(call.account), "user", call.text("UserName") or call.caller.name)


def _key(call: Call) -> Any:
    wanted = call.text("AccessKeyId")
    key = next((key for key in _named(call).access_keys if key.access_key_id == wanted), None)
    if key is None:
        raise no_such_entity(f"The Access Key with id {wanted} cannot be found.")
    return key


def _shown(user: Any, key: Any) -> dict[str, Any]:
    return {
        "UserName": user.name,
        "AccessKeyId": key.access_key_id,
        "Status": key.status,
        "CreateDate": key.create_date,
    }


OPERATIONS = {
    "CreateAccessKey": create_access_key,
    "ListAccessKeys": list_access_keys,
    "UpdateAccessKey": update_access_key,
    "DeleteAccessKey": delete_access_key,
    "GetAccessKeyLastUsed": get_access_key_last_used,
}
