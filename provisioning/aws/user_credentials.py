"""The calls of a hand-over: what ways to sign in a user has, making one, and taking it back (IAM API reference).

What fails is raised without its traceback and without AWS's words: frames and texts may hold what was sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from provisioning.aws.session import AwsSession
from provisioning.core.change import Call, Read
from provisioning.core.errors import AwsError
from provisioning.core.secret import Secret

MOST_KEYS = 2


@dataclass(frozen=True)
class AccessKey:
    """One of a user's access keys, without its secret."""

    id: str
    is_active: bool
    created_at: datetime


@dataclass(frozen=True)
class User:
    """An IAM user as AWS answers about it."""

    name: str
    arn: str
    path: str


def read_user(session: AwsSession, name: str) -> User | None:
    """The user, None where there is none. Raises AwsError, as all of these do."""
    answer = _read(session, "GetUser", {"UserName": name})
    return User(answer["User"]["UserName"], answer["User"]["Arn"], answer["User"]["Path"]) if answer else None


def password_policy(session: AwsSession) -> Mapping[str, Any] | None:
    """The account's password policy, None where AWS's default holds."""
    answer = _read(session, "GetAccountPasswordPolicy", {})
    return answer["PasswordPolicy"] if answer else None


def login_profile(session: AwsSession, name: str) -> Mapping[str, Any] | None:
    """The user's console access, None without a password."""
    answer = _read(session, "GetLoginProfile", {"UserName": name})
    return answer["LoginProfile"] if answer else None


def access_keys(session: AwsSession, name: str) -> tuple[AccessKey, ...]:
    """The user's keys, the oldest first."""
    answer = _read(session, "ListAccessKeys", {"UserName": name}, "AccessKeyMetadata") or {"AccessKeyMetadata": []}
    rows = answer["AccessKeyMetadata"]
    keys = [AccessKey(row["AccessKeyId"], row["Status"] == "Active", row["CreateDate"]) for row in rows]
    return tuple(sorted(keys, key=lambda key: (key.created_at, key.id)))


def is_used(session: AwsSession, key_id: str) -> bool:
    """Whether the key ever signed a request; AWS knows some minutes later (GetAccessKeyLastUsed)."""
    answer = _read(session, "GetAccessKeyLastUsed", {"AccessKeyId": key_id})
    return bool(answer and answer["AccessKeyLastUsed"].get("LastUsedDate"))


def set_password(session: AwsSession, user: User, password: Secret, *, is_first: bool) -> None:
    """A password that must be changed at the first sign-in; replaces the present one unless it `is_first`."""
    operation = "CreateLoginProfile" if is_first else "UpdateLoginProfile"
    _write(session, user, operation, {"PasswordResetRequired": True}, password)


def make_key(session: AwsSession, user: User) -> tuple[str, Secret]:
    """A new key: its id, and its secret, which AWS tells this once."""
    key = _write(session, user, "CreateAccessKey", {})["AccessKey"]
    return str(key["AccessKeyId"]), Secret(str(key["SecretAccessKey"]))


def deactivate_key(session: AwsSession, user: User, key_id: str) -> None:
    """Nothing is signed with it from now on."""
    _write(session, user, "UpdateAccessKey", {"AccessKeyId": key_id, "Status": "Inactive"})


def delete_key(session: AwsSession, user: User, key_id: str) -> None:
    """Gone for good."""
    _write(session, user, "DeleteAccessKey", {"AccessKeyId": key_id})


def end_console_access(session: AwsSession, user: User) -> None:
    """No password any more."""
    _write(session, user, "DeleteLoginProfile", {})


def _read(session: AwsSession, operation: str, params: Mapping[str, Any], result_key: str = "") -> Any:
    return session.read(Read("iam", operation, params, frozenset({(f"iam:{operation}", "*")}), result_key))


def _write(
    session: AwsSession, user: User, operation: str, params: Mapping[str, Any], password: Secret | None = None
) -> Any:
    try:
        return session.answer_to(_call(user, operation, params, password))
    except AwsError as error:
        failure = AwsError(error.error_class, error.aws_code, f"iam {operation}: AWS answered {error.aws_code}")
    raise failure


def _call(user: User, operation: str, params: Mapping[str, Any], password: Secret | None) -> Call:
    secret = {"Password": password.reveal()} if password else {}
    return Call(
        "iam", operation, {"UserName": user.name, **params, **secret}, frozenset({(f"iam:{operation}", user.arn)})
    )
