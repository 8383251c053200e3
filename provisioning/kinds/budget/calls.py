"""The exact calls that create or change a budget."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

from provisioning.core.change import Adopt, Call, Change, Create, Update
from provisioning.core.fields import Exclusive, Shared, Unmanaged
from provisioning.core.snapshot import Complete, Section, Snapshot
from provisioning.kinds.budget.body import SCOPE, new_body, replaced_body, scope_members
from provisioning.kinds.budget.notification_calls import Send, notification_calls, with_subscribers
from provisioning.kinds.budget.spec import BudgetSpec, OtherForm

# Service Authorization Reference: one action covers every write on a budget, its notifications and subscribers.
WRITE, READ = "budgets:ModifyBudget", "budgets:ViewBudget"
OUTSIDE_BODY = frozenset({"type", "notifications"})
Existing = Update[BudgetSpec] | Adopt[BudgetSpec]


def arn(name: str, account_id: str, partition: str) -> str:
    """Budgets have no region."""
    return f"arn:{partition}:budgets::{account_id}:budget/{name}"


def calls(change: Change[BudgetSpec], snapshot: Snapshot) -> tuple[Call, ...]:
    """() for a budget of another type: none of our numbers would mean there what they mean here."""
    send = partial(_call, arn(change.key.name, snapshot.account_id, snapshot.partition), snapshot.account_id)
    if isinstance(change, Create):
        return (_creating(change, _read_at(snapshot), send),)
    if change.observed.type != change.desired.type:
        return ()
    body = _body_calls(change, snapshot, send)
    notifications = _notification_calls(change, change.key.name, send)
    # A daily budget has no forecasts: they go before it becomes daily, and come after it no longer is.
    return (*notifications, *body) if change.desired.period == "daily" else (*body, *notifications)


def _call(
    budget: str, account_id: str, operation: str, params: Mapping[str, Any], accepts: frozenset[str] = frozenset()
) -> Call:
    return Call(
        service="budgets",
        operation=operation,
        params={"AccountId": account_id, **params},
        actions=frozenset({(WRITE, budget)}),
        accepts=accepts,
    )


def _read_at(snapshot: Snapshot) -> datetime:
    section = snapshot.sections[Section.BUDGETS]
    assert isinstance(section, Complete)
    return section.observed_at.astimezone(UTC)


def _creating(change: Create[BudgetSpec], now: datetime, send: "partial[Call]") -> Call:
    params: dict[str, Any] = {"Budget": new_body(change.key.name, change.desired, now)}
    notifications = change.desired.notifications
    if isinstance(notifications, Exclusive | Shared) and notifications.items:
        params["NotificationsWithSubscribers"] = [
            with_subscribers(key, subscribers)
            for key, subscribers in sorted(notifications.items.items())
            if isinstance(subscribers, frozenset)
        ]
    return send("CreateBudget", params)


def _body_calls(change: Existing, snapshot: Snapshot, send: "partial[Call]") -> tuple[Call, ...]:
    """UpdateBudget resets the spend AWS calculated, so it is sent only when the body itself must change."""
    seen = next(body for body in snapshot.body(Section.BUDGETS)["budgets"] if body["BudgetName"] == change.key.name)
    fields = change.fields - OUTSIDE_BODY - _left_to_a_person(change, seen)
    if not fields:
        return ()
    return (send("UpdateBudget", {"NewBudget": replaced_body(seen, change.desired, fields, _read_at(snapshot))}),)


def _left_to_a_person(change: Existing, seen: Mapping[str, Any]) -> frozenset[str]:
    """What can't be said in any dialect without losing what is not managed."""
    if isinstance(change.desired.cost_types, Shared) and isinstance(change.observed.cost_types, OtherForm):
        return frozenset({"cost_types"})
    return SCOPE if scope_members(seen, change.desired) is None else frozenset()


def _notification_calls(change: Existing, name: str, send: "partial[Call]") -> tuple[Call, ...]:
    desired, observed = change.desired.notifications, change.observed.notifications
    if "notifications" not in change.fields or isinstance(desired, Unmanaged) or not isinstance(observed, Exclusive):
        return ()

    def of_budget(operation: str, params: Mapping[str, Any], accepts: frozenset[str]) -> Call:
        return send(operation, {"BudgetName": name, **params}, accepts)

    edit: Send = of_budget
    return tuple(notification_calls(desired, observed.items, edit))
