"""What people do outside any API: sign in, register a passkey; and time that passes for an access key."""

from __future__ import annotations

from typing import Any

from sandbox.iam.access_keys import age_key
from sandbox.iam.mfa import register_passkey
from sandbox.iam.users import sign_in


def people_do(account: str, what: str, body: dict[str, Any]) -> Any:
    """`sign-in` {user, password, changes_password}, `passkey` {user}, `key` {id, created_at, last_used_at}.

    Raises ValueError.
    """
    if what == "sign-in":
        changes = bool(body.get("changes_password"))
        return sign_in(account, body["user"], password=body.get("password"), changes_password=changes) or {}
    if what == "passkey":
        return {"serial": register_passkey(account, body["user"])}
    if what == "key":
        return age_key(account, body["id"], body.get("created_at", ""), body.get("last_used_at", "")) or {}
    raise ValueError(f"people: no control {what!r}; use sign-in, passkey or key")
