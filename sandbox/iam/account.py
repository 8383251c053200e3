"""Account-wide IAM: the summary with its live quotas, the password policy and the alias."""

from __future__ import annotations

import re
from typing import Any

from sandbox.call import Call
from sandbox.errors import already_exists, no_such_entity, validation_error
from sandbox.protocol import MapOf
from sandbox.world import world

_ALIAS = re.compile(r"(?!\d{12}$)[a-z0-9](?:[a-z0-9]|-(?!-)){1,61}[a-z0-9]")


def get_account_summary(call: Call) -> dict[str, Any]:
    summary = MapOf(world.iam(call.account).account_summary.summary_map)
    known = world.accounts[call.account]
    summary["AccountMFAEnabled"] = int(known.root_mfa)
    summary["AccountAccessKeysPresent"] = int(known.root_access_keys)
    summary["AccountSigningCertificatesPresent"] = 0
    summary["AccountPasswordPresent"] = 1
    return {"SummaryMap": summary}


def get_account_password_policy(call: Call) -> dict[str, Any]:
    """What is switched off is left out: a 0 could not be sent back."""
    policy = world.iam(call.account).account_password_policy
    if policy is None:
        raise no_such_entity(f"The Password Policy with domain name {call.account} cannot be found.")
    return {
        "PasswordPolicy": {
            "MinimumPasswordLength": policy.minimum_password_length,
            "RequireSymbols": bool(policy.require_symbols),
            "RequireNumbers": bool(policy.require_numbers),
            "RequireUppercaseCharacters": bool(policy.require_uppercase_characters),
            "RequireLowercaseCharacters": bool(policy.require_lowercase_characters),
            "AllowUsersToChangePassword": bool(policy.allow_users_to_change_password),
            "ExpirePasswords": policy.expire_passwords,
            "MaxPasswordAge": policy.max_password_age or None,
            "PasswordReusePrevention": policy.password_reuse_prevention or None,
            "HardExpiry": bool(policy.hard_expiry),
        }
    }


def list_account_aliases(call: Call) -> dict[str, Any]:
    return {"AccountAliases": world.iam(call.account).account_aliases, "IsTruncated": False}


def create_account_alias(call: Call) -> None:
    """Replaces the present one; unique over all accounts there are."""
    alias = call.text("AccountAlias")
    if not _ALIAS.fullmatch(alias):
        raise validation_error(f"The account alias {alias} is not valid.")
    if any(alias in world.iam(other).account_aliases for other in world.accounts if other != call.account):
        raise already_exists(f"The account alias {alias} already exists.")
    world.iam(call.account).account_aliases = [alias]


def delete_account_alias(call: Call) -> None:
    backend, alias = world.iam(call.account), call.text("AccountAlias")
    if alias not in backend.account_aliases:
        raise no_such_entity(f"The Account Alias {alias} cannot be found.")
    backend.account_aliases = []


OPERATIONS = {
    "GetAccountSummary": get_account_summary,
    "GetAccountPasswordPolicy": get_account_password_policy,
    "ListAccountAliases": list_account_aliases,
    "CreateAccountAlias": create_account_alias,
    "DeleteAccountAlias": delete_account_alias,
}
