"""Budgets' operations on the subscribers of a notification."""

from __future__ import annotations

from typing import Any

from sandbox.budgets import checks
from sandbox.budgets.model import Budget, Notification
from sandbox.budgets.paging import page
from sandbox.budgets.stored import budget_of, notification_of
from sandbox.call import Call
from sandbox.errors import not_found


def _both(call: Call) -> tuple[Budget, Notification]:
    budget = budget_of(call)
    return budget, notification_of(budget, call.params["Notification"])


def _position(notification: Notification, wanted: dict[str, str]) -> int:
    keys = [checks.subscriber_key(item) for item in notification.subscribers]
    if checks.subscriber_key(wanted) not in keys:
        raise not_found("Unable to find the subscriber - it doesn't exist.")
    return keys.index(checks.subscriber_key(wanted))


def describe_subscribers_for_notification(call: Call) -> dict[str, Any]:
    return page(call, "Subscribers", _both(call)[1].subscribers, 100)


def create_subscriber(call: Call) -> None:
    _, notification = _both(call)
    changed = [*notification.subscribers, dict(call.params["Subscriber"])]
    checks.check_subscribers(changed)
    notification.subscribers = changed


def update_subscriber(call: Call) -> None:
    _, notification = _both(call)
    changed = list(notification.subscribers)
    changed[_position(notification, call.params["OldSubscriber"])] = dict(call.params["NewSubscriber"])
    checks.check_subscribers(changed)
    notification.subscribers = changed


def delete_subscriber(call: Call) -> None:
    """Removing the last subscriber removes the notification."""
    budget, notification = _both(call)
    del notification.subscribers[_position(notification, call.params["Subscriber"])]
    if not notification.subscribers:
        budget.notifications.remove(notification)


OPERATIONS = {
    "DescribeSubscribersForNotification": describe_subscribers_for_notification,
    "CreateSubscriber": create_subscriber,
    "UpdateSubscriber": update_subscriber,
    "DeleteSubscriber": delete_subscriber,
}
