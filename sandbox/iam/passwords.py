"""Console passwords: the account's rules for new ones, and a user changing their own (IAM API reference)."""

from __future__ import annotations

import re
from collections import deque
from typing import Any

from sandbox.call import Call
from sandbox.errors import AwsError, no_such_entity, password_policy_violation, validation_error
from sandbox.iam.entities import get
from sandbox.world import world

_SIGNS = re.compile(r"[\u0009\u000A\u000D\u0020-\u00FF]+")
_CLASSES = {
    "uppercase": r"[A-Z]",
    "lowercase": r"[a-z]",
    "number": r"[0-9]",
    "symbol": r"[!@#$%^&*()_+\-=\[\]{}|\']",
}
_ASKED = {
    "uppercase": "require_uppercase_characters",
    "lowercase": "require_lowercase_characters",
    "number": "require_numbers",
    "symbol": "require_symbols",
}
DEFAULT_LENGTH, DEFAULT_CLASSES = 8, 3


def set_password(call: Call, user: Any, password: str) -> None:
    """Refuses what AWS refuses, and remembers the password for the account's rule about using one again."""
    check_password(call, user, password)
    user.sandbox_passwords = deque([*getattr(user, "sandbox_passwords", ()), password], maxlen=24)
    user.password = password


def check_password(call: Call, user: Any, password: str) -> None:
    if not 1 <= len(password) <= 128 or not _SIGNS.fullmatch(password):
        raise validation_error("1 validation error detected: Value at 'password' failed to satisfy constraint")
    policy = world.iam(call.account).account_password_policy
    if policy is None:
        _check_default(user, password)
        return
    if len(password) < policy.minimum_password_length:
        raise _violation(f"Password should have a minimum length of {policy.minimum_password_length}")
    for name, field in _ASKED.items():
        if getattr(policy, field) and not re.search(_CLASSES[name], password):
            raise _violation(f"Password should have at least one {name}")
    reused = list(getattr(user, "sandbox_passwords", ()))[-(policy.password_reuse_prevention or 0) :]
    if policy.password_reuse_prevention and password in reused:
        raise _violation("Password was used before")


def _check_default(user: Any, password: str) -> None:
    """IAM user guide, default password policy."""
    kinds = sum(bool(re.search(pattern, password)) for pattern in _CLASSES.values())
    if len(password) < DEFAULT_LENGTH:
        raise _violation(f"Password should have a minimum length of {DEFAULT_LENGTH}")
    if kinds < DEFAULT_CLASSES or password.lower() == user.name.lower():
        raise _violation("Password does not conform to the account password policy.")


def _violation(message: str) -> AwsError:
    return password_policy_violation(message)


def change_password(call: Call) -> None:
    """By the user, who must know the old one; ends what a first password asks for."""
    if call.caller.kind != "user":
        raise AwsError("InvalidUserType", "Only IAM Users can change their own password")
    user = get(world.iam(call.account), "user", call.caller.name)
    if not user.password:
        raise no_such_entity(f"Login Profile for User {user.name} cannot be found.")
    if call.text("OldPassword") != user.password:
        raise AwsError("AccessDenied", "The old password was incorrect.", 403)
    set_password(call, user, call.text("NewPassword"))
    user.password_reset_required = False


OPERATIONS = {"ChangePassword": change_password}
