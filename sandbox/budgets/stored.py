"""Finds the budget and the notification that a call names."""

from __future__ import annotations

from typing import Any

from sandbox.budgets.model import Budget, Notification, notification_key
from sandbox.call import Call
from sandbox.errors import AwsError, not_found
from sandbox.world import world


def check_account(call: Call) -> None:
    """The account parameter must be the caller's own account."""
    if call.text("AccountId") != call.account:
        raise AwsError("AccessDeniedException", f"Account {call.text('AccountId')} is not the caller's account.")


def budget_of(call: Call, name: str = "") -> Budget:
    """Raises AccessDeniedException, NotFoundException."""
    if "AccountId" in call.params:
        check_account(call)
    wanted = name or call.text("BudgetName")
    budget = world.account_budgets(call.account).get(wanted)
    if budget is None:
        raise not_found(f"Unable to find budget: {wanted} - the budget doesn't exist.")
    return budget


def notification_of(budget: Budget, given: dict[str, Any]) -> Notification:
    """Raises NotFoundException."""
    key = notification_key(given)
    found = next((item for item in budget.notifications if item.key == key), None)
    if found is None:
        raise not_found(f"Unable to find the notification of budget {budget.name} - it doesn't exist.")
    return found
