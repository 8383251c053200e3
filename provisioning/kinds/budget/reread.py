"""The least reads that show one budget."""

from collections.abc import Generator, Mapping
from datetime import datetime
from typing import Any

from provisioning.core.change import Read
from provisioning.core.kind import Context, Reread
from provisioning.core.snapshot import Section
from provisioning.kinds.budget.body import OUTPUT_ONLY
from provisioning.kinds.budget.calls import READ, arn
from provisioning.kinds.budget.notification_calls import sent_notification
from provisioning.kinds.budget.observe import instant, notification_key


def reread(name: str, context: Context) -> Reread:
    """Three section bodies that hold this budget alone, or nothing when it is gone."""
    answer = yield _read(name, context, "DescribeBudget", {"ShowFilterExpression": True})
    if answer is None:
        return _sections([], {}, {})
    notifications = yield from _notifications(name, context)
    subscribers = []
    for notification in notifications:
        told = yield _read(
            name,
            context,
            "DescribeSubscribersForNotification",
            {"Notification": sent_notification(notification_key(notification))},
            "Subscribers",
        )
        # Gone since it was listed: without a row it counts as not read, never as told to nobody.
        if told is not None:
            subscribers.append({"notification": notification, "subscribers": told["Subscribers"]})
    return _sections([_body(answer["Budget"])], {name: notifications}, {name: subscribers})


def _notifications(name: str, context: Context) -> Generator[Read, Any, list[dict[str, Any]]]:
    answer = yield _read(name, context, "DescribeNotificationsForBudget", {}, "Notifications")
    listed = answer["Notifications"] if answer else []
    return [{key: value for key, value in item.items() if key != "NotificationState"} for item in listed]


def _read(name: str, context: Context, operation: str, params: Mapping[str, Any], result_key: str = "") -> Read:
    return Read(
        service="budgets",
        operation=operation,
        params={"AccountId": context.account_id, "BudgetName": name, **params},
        actions=frozenset({(READ, arn(name, context.account_id, context.partition))}),
        result_key=result_key,
    )


def _body(budget: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _json(value) for name, value in budget.items() if name not in OUTPUT_ONLY}


def _json(value: Any) -> Any:
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, Mapping):
        return {name: _json(item) for name, item in value.items()}
    return [_json(item) for item in value] if isinstance(value, list) else value


def _sections(budgets: list[Any], notifications: Any, subscribers: Any) -> dict[Section, dict[str, Any]]:
    return {
        Section.BUDGETS: {"budgets": budgets},
        Section.BUDGET_NOTIFICATIONS: {"notifications": notifications},
        Section.BUDGET_SUBSCRIBERS: {"subscribers": subscribers},
    }
