"""Finds who signed a call by the access key alone, without scanning accounts: the key id tells its account."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime

from moto.iam.utils import ACCOUNT_OFFSET, AWS_ROLE_ALPHABET

from sandbox.call import Call, Principal
from sandbox.token_errors import expired_token, invalid_token
from sandbox.world import world


def account_of_key(access_key: str) -> str:
    """The 12 digits encoded in a key id, '' when it holds none (sts:GetAccessKeyInfo gives the same)."""
    try:
        number = int.from_bytes(base64.b32decode(access_key[4:12]), "big") - ACCOUNT_OFFSET
    except (ValueError, binascii.Error):
        return ""
    odd = access_key[12:13] in AWS_ROLE_ALPHABET[16:]
    return f"{number * 2 + odd:012d}" if number >= 0 else ""


def authenticate(call: Call) -> Principal:
    """Raises InvalidClientTokenId or ExpiredToken, under the names that the service asked uses for them."""
    session = world.sessions.get(call.access_key)
    if session is None:
        return _user(call)
    if session.token != call.token:
        raise invalid_token(call.service)
    if session.expired:
        raise expired_token(call.service)
    return session.principal


def _user(call: Call) -> Principal:
    account = account_of_key(call.access_key)
    if account not in world.accounts:
        raise invalid_token(call.service)
    backend = world.iam(account)
    key = backend.access_keys.get(call.access_key)
    user = backend.users.get(key.user_name or "") if key else None
    if key is None or user is None or key not in user.access_keys or key.status != "Active":
        raise invalid_token(call.service)
    key.sandbox_last_used = datetime.now(UTC)
    return Principal(account=account, arn=user.arn, user_id=user.id, kind="user", name=user.name)
