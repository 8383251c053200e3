"""Evaluates a role's trust policy for a caller (IAM User Guide, AWSPrincipal elements and AssumeRole)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from sandbox.call import Principal
from sandbox.conditions import Context, as_list, holds
from sandbox.evaluate import action_matches, parsed, statements

Trust = Literal["exact", "account", "none"]


def trusted(document: str, caller: Principal, context: Context) -> Trust:
    """Whom the trust names: the caller itself, its whole account (then the caller's own policies decide too), or not.

    A missing condition key is no match, and a Deny wins.
    """
    best: Trust = "none"
    for statement in statements(parsed(document)):
        how = _statement_names(statement, caller)
        if how == "none" or not action_matches(statement, "sts:AssumeRole"):
            continue
        if not holds(statement.get("Condition") or {}, context):
            continue
        if statement.get("Effect") == "Deny":
            return "none"
        best = "exact" if how == "exact" or best == "exact" else "account"
    return best


def _statement_names(statement: Mapping[str, Any], caller: Principal) -> Trust:
    if "NotPrincipal" in statement:
        return "none" if _names(statement["NotPrincipal"], caller) != "none" else "exact"
    return _names(statement.get("Principal", {}), caller)


def _names(principal: Any, caller: Principal) -> Trust:
    if principal == "*":
        return "account"
    if not isinstance(principal, dict):
        return "none"
    named = [str(item) for item in as_list(principal.get("AWS", []))]
    if any(item in (caller.arn, caller.role_arn, caller.user_id.partition(":")[0]) for item in named if item):
        return "exact"
    whole = {"*", caller.account, f"arn:aws:iam::{caller.account}:root"}
    return "account" if whole.intersection(named) else "none"
