"""Budgets' operations on budgets, notifications, subscribers and tags."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from sandbox.budgets import checks, subscribers
from sandbox.budgets.model import Budget, stored_body
from sandbox.budgets.paging import page
from sandbox.budgets.stored import budget_of, check_account, notification_of
from sandbox.call import Call
from sandbox.errors import AwsError, invalid_parameter, not_found
from sandbox.world import world

NOTIFICATIONS_PER_BUDGET = 10
BUDGETS_PER_ACCOUNT = 20_000


def create_budget(call: Call) -> None:
    check_account(call)
    body, stored = call.params["Budget"], world.account_budgets(call.account)
    checks.check_body(body)
    _check_linked_accounts(call.account, body)
    if body["BudgetName"] in stored:
        raise AwsError(
            "DuplicateRecordException",
            f"Error creating budget: {body['BudgetName']} - the budget already exists.",
        )
    if len(stored) >= BUDGETS_PER_ACCOUNT:
        raise AwsError("ServiceQuotaExceededException", f"An account has at most {BUDGETS_PER_ACCOUNT} budgets.")
    budget = Budget(call.account, stored_body(call.account, body))
    for given in call.params.get("NotificationsWithSubscribers") or []:
        _add_notification(budget, given["Notification"], given["Subscribers"])
    budget.tags = [dict(tag) for tag in call.params.get("ResourceTags") or []]
    stored[budget.name] = budget


def _add_notification(budget: Budget, given: dict[str, Any], addresses: list[dict[str, str]]) -> None:
    notification = checks.made_notification(given, addresses)
    checks.refuse_duplicate(budget, notification)
    checks.check_period(budget.body, [notification])
    if len(budget.notifications) >= NOTIFICATIONS_PER_BUDGET:
        raise AwsError(
            "CreationLimitExceededException", f"A budget takes at most {NOTIFICATIONS_PER_BUDGET} notifications."
        )
    budget.notifications.append(notification)


def update_budget(call: Call) -> None:
    check_account(call)
    body = call.params["NewBudget"]
    budget = budget_of(call, body["BudgetName"])
    checks.check_body(body)
    _check_linked_accounts(call.account, body)
    checks.check_period(body, budget.notifications)
    budget.replace(body)


def _check_linked_accounts(account: str, body: dict[str, Any]) -> None:
    """A member sees its own spending only, so it has nothing to tell accounts apart by."""
    newer = '"LINKED_ACCOUNT"' in json.dumps(body.get("FilterExpression") or {})
    named = "LinkedAccount" in (body.get("CostFilters") or {}) or newer
    if named and account != world.hub.get("management", account):
        raise invalid_parameter("LinkedAccount filters are for the management account only.")


def delete_budget(call: Call) -> None:
    budget = budget_of(call)
    del world.account_budgets(call.account)[budget.name]


def describe_budget(call: Call) -> dict[str, Any]:
    return {"Budget": budget_of(call).shown(bool(call.params.get("ShowFilterExpression")))}


def describe_budgets(call: Call) -> dict[str, Any]:
    check_account(call)
    show = bool(call.params.get("ShowFilterExpression"))
    found = [budget.shown(show) for budget in world.account_budgets(call.account).values()]
    return page(call, "Budgets", found, 100)


def describe_budget_notifications_for_account(call: Call) -> dict[str, Any]:
    """Raises NotFoundException when no budget of the account has a notification."""
    check_account(call)
    found = [
        {"BudgetName": budget.name, "Notifications": [item.shown(budget) for item in budget.notifications]}
        for budget in world.account_budgets(call.account).values()
        if budget.notifications
    ]
    if not found:
        raise not_found("There is no notification in this account.")
    return page(call, "BudgetNotificationsForAccount", found, 50)


def describe_notifications_for_budget(call: Call) -> dict[str, Any]:
    budget = budget_of(call)
    return page(call, "Notifications", [item.shown(budget) for item in budget.notifications], 100)


def create_notification(call: Call) -> None:
    _add_notification(budget_of(call), call.params["Notification"], call.params["Subscribers"])


def update_notification(call: Call) -> None:
    """The subscribers stay."""
    budget = budget_of(call)
    old = notification_of(budget, call.params["OldNotification"])
    new = checks.made_notification(call.params["NewNotification"], old.subscribers)
    if new.key != old.key:
        checks.refuse_duplicate(budget, new)
    checks.check_period(budget.body, [new])
    old.key = new.key


def delete_notification(call: Call) -> None:
    budget = budget_of(call)
    budget.notifications.remove(notification_of(budget, call.params["Notification"]))


def _tagged(call: Call) -> Budget:
    arn = call.text("ResourceARN")
    prefix = f"arn:aws:budgets::{call.account}:budget/"
    if not arn.startswith("arn:aws:budgets::"):
        raise invalid_parameter("ResourceARN must be the ARN of a budget.")
    if not arn.startswith(prefix):
        raise AwsError("AccessDeniedException", f"{arn} is not a budget of the caller's account.")
    return budget_of(call, arn.removeprefix(prefix))


def tag_resource(call: Call) -> None:
    budget, added = _tagged(call), call.params["ResourceTags"]
    keys = {tag["Key"] for tag in added}
    budget.tags = [tag for tag in budget.tags if tag["Key"] not in keys] + [dict(tag) for tag in added]


def untag_resource(call: Call) -> None:
    budget, gone = _tagged(call), set(call.params["ResourceTagKeys"])
    budget.tags = [tag for tag in budget.tags if tag["Key"] not in gone]


def list_tags_for_resource(call: Call) -> dict[str, Any]:
    return {"ResourceTags": _tagged(call).tags}


def describe_budget_actions_for_account(call: Call) -> dict[str, Any]:
    """Budget actions are not simulated: an account never has one."""
    check_account(call)
    return {"Actions": []}


OPERATIONS: dict[str, Callable[[Call], Any]] = {
    "CreateBudget": create_budget,
    "UpdateBudget": update_budget,
    "DeleteBudget": delete_budget,
    "DescribeBudget": describe_budget,
    "DescribeBudgets": describe_budgets,
    "DescribeBudgetNotificationsForAccount": describe_budget_notifications_for_account,
    "DescribeNotificationsForBudget": describe_notifications_for_budget,
    "CreateNotification": create_notification,
    "UpdateNotification": update_notification,
    "DeleteNotification": delete_notification,
    "TagResource": tag_resource,
    "UntagResource": untag_resource,
    "ListTagsForResource": list_tags_for_resource,
    "DescribeBudgetActionsForAccount": describe_budget_actions_for_account,
    **subscribers.OPERATIONS,
}
