"""ARNs of what a call names: of the entity as it stands, else as it would be made."""

from __future__ import annotations

from typing import Any

from sandbox.call import Call
from sandbox.iam.entities import find
from sandbox.world import PARTITION, world


def iam_arn(call: Call, kind: str, name: str) -> str:
    """`kind` is role, group, user, policy or instance-profile."""
    entity = find(world.iam(call.account), kind, name) if kind != "policy" else None
    if entity is not None:
        return str(entity.arn)
    return f"arn:{PARTITION}:iam::{call.account}:{kind}{call.text('Path', '/')}{name}"


def budget_arn(account: str, name: str) -> str:
    return f"arn:{PARTITION}:budgets::{account}:budget/{name}"


def named_budget(params: dict[str, Any]) -> str:
    """The budget a call names; `*` for the calls over all budgets."""
    body = params.get("Budget") or params.get("NewBudget") or {}
    return str(params.get("BudgetName") or body.get("BudgetName") or "*")
