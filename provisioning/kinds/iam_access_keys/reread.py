"""The least reads that show the access keys of some users, right before one of them is written."""

from collections.abc import Generator, Iterable, Mapping
from typing import Any

from provisioning.core.change import Read
from provisioning.core.kind import Reread
from provisioning.core.snapshot import Section
from provisioning.kinds.iam_reads import ANYWHERE, iam_read


def reread_keys(users: Iterable[str]) -> Reread:
    """GetUser and ListAccessKeys of each, GetAccessKeyLastUsed of each key."""
    rows: list[Mapping[str, Any]] = []
    used: dict[str, str] = {}
    gone: list[str] = []
    for name in users:
        row = yield from _keys_of(name)
        if row is None:
            gone.append(name)
            continue
        rows.append(row)
        for key in row["keys"]:
            used[key["id"]] = yield from _use(key["id"])
    return {
        Section.ACCESS_KEYS: {"access_keys": rows, "absent": {"access_keys": gone}},
        Section.ACCESS_KEY_USE: {"access_key_use": [{"name": row["name"]} for row in rows], "facts": used},
    }


def _keys_of(name: str) -> Generator[Read, Any, Mapping[str, Any] | None]:
    shown = yield iam_read("GetUser", ANYWHERE, UserName=name)
    if shown is None:
        return None
    listed = yield iam_read("ListAccessKeys", shown["User"]["Arn"], "AccessKeyMetadata", UserName=name)
    keys = [
        {"id": key["AccessKeyId"], "status": key["Status"], "created_at": key["CreateDate"].isoformat()}
        for key in (listed or {}).get("AccessKeyMetadata", [])
    ]
    return {
        "name": shown["User"]["UserName"],
        "keys": sorted(keys, key=lambda key: (key["created_at"], key["id"])),
    }


def _use(key_id: str) -> Generator[Read, Any, str]:
    # AWS asks for the right on the key's user, whose ARN a key id does not tell.
    shown = yield iam_read("GetAccessKeyLastUsed", ANYWHERE, AccessKeyId=key_id)
    when = ((shown or {}).get("AccessKeyLastUsed") or {}).get("LastUsedDate")
    return when.isoformat() if when else ""
