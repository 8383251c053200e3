"""Budgets' answers in the shapes of core/snapshot.py. Pure."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from provisioning.core.plain import canonical

Plain = dict[str, Any]
NOTIFICATION_FIELDS = ("NotificationType", "ComparisonOperator", "Threshold", "ThresholdType")

_VOLATILE = frozenset({"CalculatedSpend", "LastUpdatedTime", "HealthStatus"})


def budgets_page(page: Mapping[str, Any]) -> list[Plain]:
    """One page of DescribeBudgets, without what AWS itself changes."""
    return [_budget(budget) for budget in page.get("Budgets", [])]


def budgets_facts_page(page: Mapping[str, Any]) -> dict[str, Plain]:
    """What AWS itself changes: spend, health, times."""
    return {
        budget["BudgetName"]: _dates_as_text({name: budget[name] for name in sorted(_VOLATILE & budget.keys())})
        for budget in page.get("Budgets", [])
    }


def budgets_body(pages: Iterable[list[Plain]]) -> Plain:
    """All pages of DescribeBudgets, by name."""
    found = {budget["BudgetName"]: budget for page in pages for budget in page}
    return {"budgets": [found[name] for name in sorted(found)]}


def notifications_page(page: Mapping[str, Any]) -> dict[str, list[Plain]]:
    """One page of DescribeBudgetNotificationsForAccount, states left out."""
    return {
        entry["BudgetName"]: [_notification(item) for item in entry.get("Notifications", [])]
        for entry in page.get("BudgetNotificationsForAccount", [])
    }


def notification_facts_page(page: Mapping[str, Any]) -> dict[str, list[Plain]]:
    """The states: which alarms ring."""
    return {
        entry["BudgetName"]: [
            _notification(item) | {"NotificationState": item["NotificationState"]}
            for item in entry.get("Notifications", [])
            if item.get("NotificationState")
        ]
        for entry in page.get("BudgetNotificationsForAccount", [])
    }


def notifications_body(pages: Iterable[Mapping[str, list[Plain]]]) -> Plain:
    """All pages, each budget's notifications in one order. A budget may be spread over two pages."""
    found: dict[str, dict[str, Plain]] = {}
    for page in pages:
        for name, items in page.items():
            found.setdefault(name, {}).update((canonical(item), item) for item in items)
    return {"notifications": {name: [found[name][key] for key in sorted(found[name])] for name in sorted(found)}}


def subscribers(answer: Mapping[str, Any]) -> list[Plain]:
    """Who hears of one notification."""
    people = [
        {"SubscriptionType": item["SubscriptionType"], "Address": item["Address"]}
        for item in answer.get("Subscribers", [])
    ]
    return sorted(people, key=lambda person: (person["SubscriptionType"], person["Address"]))


def _budget(budget: Mapping[str, Any]) -> Plain:
    kept = {name: value for name, value in budget.items() if name not in _VOLATILE}
    if "AutoAdjustData" in kept:
        kept["AutoAdjustData"] = {
            name: value for name, value in kept["AutoAdjustData"].items() if name != "LastAutoAdjustTime"
        }
    return dict(_dates_as_text(kept))


def _notification(item: Mapping[str, Any]) -> Plain:
    found = {name: item[name] for name in NOTIFICATION_FIELDS if name in item}
    # 70 and 70.0 are the same number on the wire, and must be the same text in a digest.
    return found | {"Threshold": float(found["Threshold"])}


def _dates_as_text(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, Mapping):
        return {name: _dates_as_text(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_dates_as_text(item) for item in value]
    return value
