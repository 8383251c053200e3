"""AWS Budgets in a dictionary, with the rules that editing in place must respect. For the tests of the budget kind."""

from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from provisioning.core.change import Adopt, Call, Create, Read, ResourceKey, Update
from provisioning.core.diff import differences
from provisioning.core.kind import Context
from provisioning.core.snapshot import Complete, Section, Snapshot
from provisioning.kinds.budget import Budget
from provisioning.kinds.budget.spec import BudgetSpec

ACCOUNT = "111122223333"
NOW = datetime(2026, 5, 17, 12, tzinfo=UTC)
CONTEXT = Context(account_id=ACCOUNT)
KIND = Budget()
NotificationRow = tuple[str, str, float, str]


class RefusedError(Exception):
    """Budgets would have refused this call; the text is its error code."""


def snapshot(
    budgets: Iterable[Mapping[str, Any]] = (),
    notifications: Mapping[str, Any] | None = None,
    subscribers: Mapping[str, Any] | None = None,
) -> Snapshot:
    bodies = {
        Section.BUDGETS: {"budgets": list(budgets)},
        Section.BUDGET_NOTIFICATIONS: {"notifications": notifications or {}},
        Section.BUDGET_SUBSCRIBERS: {"subscribers": subscribers or {}},
    }
    return Snapshot(ACCOUNT, "aws", {section: Complete(body, NOW) for section, body in bodies.items()})


def planned(name: str, desired: BudgetSpec, seen: Snapshot, owned: bool = True) -> tuple[Call, ...]:
    """The calls of the change that an assessment would plan; () where it plans none."""
    key, observed = ResourceKey("budget", name), KIND.observed(seen).get(name)
    if observed is None:
        return tuple(KIND.calls(Create(key, desired), seen))
    fields = frozenset(difference.field for difference in differences(desired, observed)) - KIND.immutable
    if not owned:
        return tuple(KIND.calls(Adopt(key, observed, desired, fields), seen))
    return tuple(KIND.calls(Update(key, observed, desired, fields), seen)) if fields else ()


def drift(name: str, desired: BudgetSpec, seen: Snapshot) -> dict[str, str]:
    """Path -> kind of difference."""
    return {found.path: found.type.value for found in differences(desired, KIND.observed(seen).get(name))}


@dataclass
class Account:
    """Budgets of one account: bodies, and subscribers by notification."""

    bodies: dict[str, dict[str, Any]] = field(default_factory=dict)
    told: dict[str, dict[NotificationRow, list[tuple[str, str]]]] = field(default_factory=dict)

    def send(self, call: Call) -> None:
        """Raises RefusedError."""
        handler: Callable[[Mapping[str, Any]], None] = getattr(self, f"_{call.operation}")
        handler(call.params)
        for rows in self.told.values():
            _within_limits(rows)

    def snapshot(self) -> Snapshot:
        return snapshot(
            [deepcopy(body) for body in self.bodies.values()],
            {name: [_shown(row) for row in rows] for name, rows in self.told.items() if rows},
            {name: [_shown_told(row, told) for row, told in rows.items()] for name, rows in self.told.items()},
        )

    def answer(self, read: Read) -> Any:
        name = read.params["BudgetName"]
        if read.operation == "DescribeBudget":
            return {"Budget": deepcopy(self.bodies[name])} if name in self.bodies else None
        if read.operation == "DescribeNotificationsForBudget":
            return {"Notifications": [_shown(row) | {"NotificationState": "OK"} for row in self.told[name]]}
        told = self.told[name].get(_row(read.params["Notification"]))
        return None if told is None else {"Subscribers": [_shown_subscriber(one) for one in told]}

    def _CreateBudget(self, params: Mapping[str, Any]) -> None:
        name = params["Budget"]["BudgetName"]
        _refuse_when(name in self.bodies, "DuplicateRecordException")
        self.bodies[name], self.told[name] = deepcopy(dict(params["Budget"])), {}
        for given in params.get("NotificationsWithSubscribers", []):
            self._CreateNotification({"BudgetName": name, **given})

    def _UpdateBudget(self, params: Mapping[str, Any]) -> None:
        name = params["NewBudget"]["BudgetName"]
        _refuse_when(name not in self.bodies, "NotFoundException")
        daily = params["NewBudget"]["TimeUnit"] == "DAILY"
        _refuse_when(daily and any(row[0] == "FORECASTED" for row in self.told[name]), "InvalidParameterException")
        self.bodies[name] = deepcopy(dict(params["NewBudget"]))

    def _CreateNotification(self, params: Mapping[str, Any]) -> None:
        rows, row = self.told[params["BudgetName"]], _row(params["Notification"])
        _refuse_when(row in rows, "DuplicateRecordException")
        self._refuse_forecast_of_daily(params["BudgetName"], row)
        rows[row] = [_subscriber(one) for one in params["Subscribers"]]

    def _UpdateNotification(self, params: Mapping[str, Any]) -> None:
        rows = self.told[params["BudgetName"]]
        old, new = _row(params["OldNotification"]), _row(params["NewNotification"])
        _refuse_when(old not in rows, "NotFoundException")
        _refuse_when(new in rows, "DuplicateRecordException")
        self._refuse_forecast_of_daily(params["BudgetName"], new)
        rows[new] = rows.pop(old)

    def _DeleteNotification(self, params: Mapping[str, Any]) -> None:
        rows, row = self.told[params["BudgetName"]], _row(params["Notification"])
        _refuse_when(row not in rows, "NotFoundException")
        del rows[row]

    def _CreateSubscriber(self, params: Mapping[str, Any]) -> None:
        told, one = self._told(params), _subscriber(params["Subscriber"])
        _refuse_when(one in told, "DuplicateRecordException")
        told.append(one)

    def _UpdateSubscriber(self, params: Mapping[str, Any]) -> None:
        told = self._told(params)
        old, new = _subscriber(params["OldSubscriber"]), _subscriber(params["NewSubscriber"])
        _refuse_when(old not in told, "NotFoundException")
        _refuse_when(new in told, "DuplicateRecordException")
        told[told.index(old)] = new

    def _DeleteSubscriber(self, params: Mapping[str, Any]) -> None:
        told, one = self._told(params), _subscriber(params["Subscriber"])
        _refuse_when(one not in told, "NotFoundException")
        told.remove(one)
        if not told:
            del self.told[params["BudgetName"]][_row(params["Notification"])]

    def _told(self, params: Mapping[str, Any]) -> list[tuple[str, str]]:
        rows, row = self.told[params["BudgetName"]], _row(params["Notification"])
        _refuse_when(row not in rows, "NotFoundException")
        return rows[row]

    def _refuse_forecast_of_daily(self, name: str, row: NotificationRow) -> None:
        daily = self.bodies[name]["TimeUnit"] == "DAILY"
        _refuse_when(daily and row[0] == "FORECASTED", "InvalidParameterException")


def _within_limits(rows: Mapping[NotificationRow, list[tuple[str, str]]]) -> None:
    _refuse_when(len(rows) > 10, "CreationLimitExceededException")
    for told in rows.values():
        kinds = [kind for kind, _ in told]
        _refuse_when(kinds.count("EMAIL") > 10 or kinds.count("SNS") > 1, "CreationLimitExceededException")
        _refuse_when(not told or len(set(told)) != len(told), "InvalidParameterException")


def _refuse_when(refused: bool, code: str) -> None:
    if refused:
        raise RefusedError(code)


def _row(notification: Mapping[str, Any]) -> NotificationRow:
    return (
        notification["NotificationType"],
        notification["ComparisonOperator"],
        float(notification["Threshold"]),
        notification.get("ThresholdType", "PERCENTAGE"),
    )


def _shown(row: NotificationRow) -> dict[str, Any]:
    shown = {"NotificationType": row[0], "ComparisonOperator": row[1], "Threshold": row[2]}
    return shown if row[3] == "PERCENTAGE" else shown | {"ThresholdType": row[3]}


def _shown_told(row: NotificationRow, told: Iterable[tuple[str, str]]) -> dict[str, Any]:
    return {"notification": _shown(row), "subscribers": [_shown_subscriber(one) for one in told]}


def _shown_subscriber(one: tuple[str, str]) -> dict[str, str]:
    return {"SubscriptionType": one[0], "Address": one[1]}


def _subscriber(given: Mapping[str, str]) -> tuple[str, str]:
    return given["SubscriptionType"], given["Address"]
