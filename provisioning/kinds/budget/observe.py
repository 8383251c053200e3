"""What a snapshot holds of budgets, with everything AWS adds or rewrites folded away."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from provisioning.core.fields import UNMANAGED, Exclusive, FrozenMap, Unmanaged
from provisioning.core.snapshot import Section, Snapshot
from provisioning.kinds.budget.spec import (
    AUTO_ADJUSTED,
    OTHER_DIALECT,
    PLANNED_LIMITS,
    UNREAD,
    BudgetSpec,
    CostTypes,
    Filters,
    Limit,
    NotificationKey,
    Notifications,
    OtherForm,
    Subscriber,
    Subscribers,
    threshold,
)
from provisioning.kinds.budget.words import ADDRESSES, COST_TYPES, FILTERS, OPERATORS, PERIODS, TYPES, UNITS, WHEN, ours

Body = Mapping[str, Any]


def observed(snapshot: Snapshot) -> dict[str, BudgetSpec]:
    """Every budget of the account by its name."""
    notifications = snapshot.body(Section.BUDGET_NOTIFICATIONS)["notifications"]
    subscribers = snapshot.body(Section.BUDGET_SUBSCRIBERS)["subscribers"]
    return {
        body["BudgetName"]: _spec(
            body, notifications.get(body["BudgetName"], ()), subscribers.get(body["BudgetName"], ())
        )
        for body in snapshot.body(Section.BUDGETS)["budgets"]
    }


def _spec(body: Body, notifications: Iterable[Body], subscribers: Iterable[Body]) -> BudgetSpec:
    return BudgetSpec(
        type=ours(TYPES, body["BudgetType"]),
        limit=_limit(body),
        period=ours(PERIODS, body["TimeUnit"]),
        filter=_filter(body),
        cost_types=_cost_types(body),
        start=_start(body),
        notifications=Exclusive(_notifications(notifications, subscribers)),
    )


def in_other_dialect(body: Body) -> bool:
    """Is the budget written with FilterExpression and Metrics, which never go together with CostFilters, CostTypes?

    A budget edited in the newer console shows neither of the older two (API reference, Budget).
    """
    older = bool(body.get("CostFilters"))
    return bool(body.get("FilterExpression") and not older) or bool(
        body.get("Metrics") and not older and not body.get("CostTypes")
    )


def _limit(body: Body) -> Limit | OtherForm | Unmanaged:
    # Where AWS makes the limit, or holds one per period, BudgetLimit is only today's value of it.
    if adjusting := body.get("AutoAdjustData"):
        return OtherForm.of(AUTO_ADJUSTED, without_output(adjusting))
    if planned := body.get("PlannedBudgetLimits"):
        return OtherForm.of(PLANNED_LIMITS, planned)
    if limit := body.get("BudgetLimit"):
        return Limit(Decimal(limit["Amount"]), limit["Unit"])
    return UNMANAGED


def without_output(adjusting: Body) -> dict[str, Any]:
    """AutoAdjustData as it was asked for: AWS fills in when it last adjusted and how far it could look back."""
    asked = {name: value for name, value in adjusting.items() if name != "LastAutoAdjustTime"}
    if history := asked.get("HistoricalOptions"):
        asked["HistoricalOptions"] = {k: v for k, v in history.items() if k != "LookBackAvailablePeriods"}
    return asked


def _newer(body: Body) -> dict[str, Any]:
    return {name: body[name] for name in ("FilterExpression", "Metrics") if body.get(name)}


def _filter(body: Body) -> Exclusive[Filters] | OtherForm:
    if in_other_dialect(body):
        return OtherForm.of(OTHER_DIALECT, _newer(body))
    filters = body.get("CostFilters") or {}
    return Exclusive(FrozenMap({ours(FILTERS, name): frozenset(values) for name, values in filters.items() if values}))


def _cost_types(body: Body) -> Exclusive[CostTypes] | OtherForm:
    if in_other_dialect(body):
        return OtherForm.of(OTHER_DIALECT, _newer(body))
    given = body.get("CostTypes") or {}
    # API reference, CostTypes: whatever includes is true unless told otherwise, `use_…` is false.
    return Exclusive(
        FrozenMap({word: bool(given.get(aws, word.startswith("include_"))) for word, aws in COST_TYPES.items()})
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
