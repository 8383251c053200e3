"""What a snapshot holds of budgets, with everything AWS adds or rewrites folded away."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from provisioning.core.fields import UNMANAGED, Exclusive, FrozenMap, Unmanaged
from provisioning.core.snapshot import Complete, Section, Snapshot
from provisioning.kinds.budget.dialects import scope_of
from provisioning.kinds.budget.limits import observed_limit
from provisioning.kinds.budget.spec import (
    UNREAD,
    BudgetSpec,
    NotificationKey,
    Notifications,
    Subscriber,
    Subscribers,
    threshold,
)
from provisioning.kinds.budget.words import ADDRESSES, OPERATORS, PERIODS, TYPES, UNITS, WHEN, ours

Body = Mapping[str, Any]


def observed(snapshot: Snapshot) -> dict[str, BudgetSpec]:
    """Every budget of the account by its name. Whether a planned limit has lapsed is told by when it was read."""
    read = snapshot.sections[Section.BUDGETS]
    now = read.observed_at.astimezone(UTC) if isinstance(read, Complete) else datetime.now(UTC)
    notifications = snapshot.body(Section.BUDGET_NOTIFICATIONS)["notifications"]
    subscribers = snapshot.body(Section.BUDGET_SUBSCRIBERS)["subscribers"]
    return {
        body["BudgetName"]: _spec(
            body, notifications.get(body["BudgetName"], ()), subscribers.get(body["BudgetName"], ()), now
        )
        for body in snapshot.body(Section.BUDGETS)["budgets"]
    }


def _spec(body: Body, notifications: Iterable[Body], subscribers: Iterable[Body], now: datetime) -> BudgetSpec:
    scope = scope_of(body)
    return BudgetSpec(
        type=ours(TYPES, body["BudgetType"]),
        limit=observed_limit(body, now),
        period=ours(PERIODS, body["TimeUnit"]),
        filter=scope.filter,
        cost_types=scope.cost_types,
        start=_start(body),
        notifications=Exclusive(_notifications(notifications, subscribers)),
    )


def _start(body: Body) -> str | Unmanaged:
    start = (body.get("TimePeriod") or {}).get("Start")
    return instant(start).removesuffix("T00:00:00+00:00") if start else UNMANAGED


def instant(value: Any) -> str:
    """A time, or its ISO 8601 text, as the one text of it in UTC."""
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).isoformat()


def notification_key(body: Body) -> NotificationKey:
    """The identity of a notification; AWS leaves ThresholdType out where it is PERCENTAGE."""
    return NotificationKey(
        when=ours(WHEN, body["NotificationType"]),
        operator=ours(OPERATORS, body["ComparisonOperator"]),
        threshold=threshold(body["Threshold"]),
        unit=ours(UNITS, body.get("ThresholdType") or "PERCENTAGE"),
    )


def _notifications(notifications: Iterable[Body], subscribers: Iterable[Body]) -> Notifications:
    told = {notification_key(row["notification"]): _subscribers(row["subscribers"]) for row in subscribers}
    keys = [notification_key(body) for body in notifications]
    return FrozenMap({key: told.get(key, UNREAD) for key in keys})


def _subscribers(bodies: Iterable[Body]) -> Subscribers:
    return frozenset(Subscriber(ours(ADDRESSES, body["SubscriptionType"]), body["Address"]) for body in bodies)
