"""A first console password: random, and as the account's own rules want it. Pure but for the random choice."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from provisioning.core.secret import Secret

SHORTEST, LONGEST = 24, 128
"""Characters: 24 are more than 140 random bits; IAM takes 128 at most (IAM API reference, CreateLoginProfile)."""
UPPER, LOWER, DIGITS = "ABCDEFGHJKLMNPQRSTUVWXYZ", "abcdefghijkmnopqrstuvwxyz", "23456789"
SYMBOLS = "!@#$%^*_-+=[]{}"
"""Of those that IAM counts as symbols, the ones that neither CSV, HTML nor a shell's double quotes give a meaning."""
CLASSES = (UPPER, LOWER, DIGITS, SYMBOLS)


@dataclass(frozen=True)
class PasswordRules:
    """The part of an account's password policy that a new password can break."""

    shortest: int = 8


def password_rules(policy: Mapping[str, Any] | None) -> PasswordRules:
    """From GetAccountPasswordPolicy's answer; None where the account has no policy (IAM user guide, default policy)."""
    return PasswordRules(int((policy or {}).get("MinimumPasswordLength") or PasswordRules.shortest))


def new_password(rules: PasswordRules) -> Secret:
    """Holds signs of every class, whichever of them the policy asks for, and begins with a letter.

    So no spreadsheet takes it for a formula, and it can be read aloud: no sign looks like another.
    """
    length = min(max(rules.shortest, SHORTEST), LONGEST)
    while True:
        found = secrets.choice(UPPER + LOWER) + "".join(secrets.choice("".join(CLASSES)) for _ in range(length - 1))
        if all(set(found) & set(signs) for signs in CLASSES):
            return Secret(found)
