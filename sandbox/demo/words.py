"""Firstline's codes in words for somebody who sees them for the first time."""

from __future__ import annotations

from typing import Any

WHY = {
    "production": "everything in prod waits for a person",
    "admin_grant": "it grants administrator rights",
    "not_owned": "it exists and is not ours yet",
    "trusts_other_account": "it trusts another account",
    "trusts_anyone": "it trusts anyone",
    "trusts_federated": "it trusts an identity provider",
    "unknown_policy": "it attaches an AWS policy that nobody has judged yet",
    "boundary_removed": "it removes a permissions boundary",
    "arn_changes": "it moves a user, whose ARN changes",
    "removal_not_supported_yet": "nobody declared it and its kind is closed; removal comes later",
    "immutable_field": "AWS can't change this in place",
    "user_does_not_exist": "there is no such user",
    "group_does_not_exist": "there is no such group",
    "not_attested": "no API can read it, and nobody attested it",
    "attested_otherwise": "somebody attested another value than declared",
    "first_password": "a first password must be handed over",
    "mfa_not_enrolled": "somebody signs in without MFA",
    "root_without_mfa": "the root user has no MFA",
    "protected": "it is protected: Firstline never touches it",
}
COLOURS = {"in_sync": "green", "attention": "yellow", "drifted": "red"}


def why(codes: list[str]) -> str:
    """Reasons in words; a code without words stands for itself."""
    return "; ".join(WHY.get(code, code) for code in codes)


def resource(row: dict[str, Any]) -> str:
    """A resource as people name it."""
    return f"{row['kind']} {row['name']}"


def verdict(row: dict[str, Any]) -> str:
    """An account's verdict, coloured."""
    found = row["verdict"]["verdict"]
    return f"[{COLOURS.get(found, 'magenta')}]{found}[/]"


def counted(number: int, thing: str) -> str:
    """1 change, 2 changes."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
