"""Budgets: the operations moto lacks, and AWS's normalisation and refusals."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.client import Sandbox
from tests.sandbox.refusals import refused

ACCOUNT, OTHER = "111111111111", "222222222222"
NAME = "s3-monthly"
ABOVE_70 = {"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": 70.0}
AT_90 = {**ABOVE_70, "Threshold": 90.0, "ThresholdType": "PERCENTAGE"}
TOPIC = {"SubscriptionType": "SNS", "Address": f"arn:aws:sns:us-east-1:{ACCOUNT}:spend"}


def mail(number: int = 1) -> dict[str, str]:
    return {"SubscriptionType": "EMAIL", "Address": f"person{number}@example.com"}


def body(**changes: Any) -> dict[str, Any]:
    plain = {
        "BudgetName": NAME,
        "BudgetType": "COST",
        "TimeUnit": "MONTHLY",
        "BudgetLimit": {"Amount": "10", "Unit": "USD"},
    }
    return {name: value for name, value in {**plain, **changes}.items() if value is not None}


def create(budgets: Any, notification: dict[str, Any] | None = None, **changes: Any) -> None:
    alerts = [{"Notification": notification or ABOVE_70, "Subscribers": [mail()]}]
    budgets.create_budget(AccountId=ACCOUNT, Budget=body(**changes), NotificationsWithSubscribers=alerts)


def describe(budgets: Any, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = budgets.describe_budget(AccountId=ACCOUNT, BudgetName=NAME, **more)["Budget"]
    return found


def named(**more: Any) -> dict[str, Any]:
    return {"AccountId": ACCOUNT, "BudgetName": NAME, **more}


def notifications(budgets: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = budgets.describe_notifications_for_budget(**named())["Notifications"]
    return found


@pytest.mark.parametrize(
    ("sent", "shown"), [("1", "1.0"), ("100.00", "100.0"), ("0.01", "0.01"), ("10000000", "1.0E7"), (".5", "0.5")]
)
def test_amounts_come_back_as_java_prints_them(budgets: Any, sent: str, shown: str) -> None:
    create(budgets, BudgetLimit={"Amount": sent, "Unit": "USD"})
    assert describe(budgets)["BudgetLimit"] == {"Amount": shown, "Unit": "USD"}


def test_a_partial_cost_types_comes_back_whole(budgets: Any) -> None:
    create(budgets, CostTypes={"IncludeCredit": False})
    shown = describe(budgets)["CostTypes"]
    assert (shown["IncludeCredit"], shown["IncludeTax"], shown["UseBlended"], len(shown)) == (False, True, False, 11)


def test_percentage_is_left_out_of_notifications(budgets: Any) -> None:
    create(budgets, {**ABOVE_70, "ThresholdType": "PERCENTAGE"})
    assert notifications(budgets) == [{**ABOVE_70, "NotificationState": "OK"}]


def test_absolute_threshold_type_is_shown(budgets: Any) -> None:
    create(budgets, {**ABOVE_70, "ThresholdType": "ABSOLUTE_VALUE"})
    assert notifications(budgets)[0]["ThresholdType"] == "ABSOLUTE_VALUE"


def test_update_replaces_the_body_and_leaves_notifications_subscribers_and_tags(budgets: Any) -> None:
    arn = f"arn:aws:budgets::{ACCOUNT}:budget/{NAME}"
    create(budgets, CostFilters={"Service": ["Amazon Simple Storage Service"]})
    budgets.tag_resource(ResourceARN=arn, ResourceTags=[{"Key": "team", "Value": "a"}])
    budgets.update_budget(AccountId=ACCOUNT, NewBudget=body(BudgetLimit={"Amount": "25", "Unit": "USD"}))
    assert describe(budgets)["BudgetLimit"]["Amount"] == "25.0"
    assert describe(budgets)["CostFilters"] == {}
    assert len(notifications(budgets)) == 1
    assert budgets.describe_subscribers_for_notification(**named(Notification=AT_70()))["Subscribers"] == [mail()]
    assert budgets.list_tags_for_resource(ResourceARN=arn)["ResourceTags"] == [{"Key": "team", "Value": "a"}]


def AT_70() -> dict[str, Any]:
    return {**ABOVE_70, "ThresholdType": "PERCENTAGE"}


def test_update_of_a_missing_budget_is_not_found(budgets: Any) -> None:
    with refused("NotFoundException"):
        budgets.update_budget(AccountId=ACCOUNT, NewBudget=body())


def test_notification_changes_in_place_and_keeps_its_subscribers(budgets: Any) -> None:
    create(budgets)
    budgets.update_notification(**named(OldNotification=ABOVE_70, NewNotification=AT_90))
    assert [item["Threshold"] for item in notifications(budgets)] == [90.0]
    assert budgets.describe_subscribers_for_notification(**named(Notification=AT_90))["Subscribers"] == [mail()]


def test_a_notification_without_type_is_the_percentage_one(budgets: Any) -> None:
    create(budgets)
    with refused("DuplicateRecordException"):
        budgets.create_notification(**named(Notification=AT_70(), Subscribers=[mail()]))


def test_missing_notification_is_not_found(budgets: Any) -> None:
    create(budgets)
    for call in (budgets.delete_notification, budgets.describe_subscribers_for_notification):
        with refused("NotFoundException"):
            call(**named(Notification=AT_90))


def test_subscribers_are_added_changed_and_removed(budgets: Any) -> None:
    create(budgets)
    budgets.create_subscriber(**named(Notification=ABOVE_70, Subscriber=TOPIC))
    budgets.update_subscriber(**named(Notification=ABOVE_70, OldSubscriber=mail(), NewSubscriber=mail(2)))
    budgets.delete_subscriber(**named(Notification=ABOVE_70, Subscriber=TOPIC))
    assert budgets.describe_subscribers_for_notification(**named(Notification=ABOVE_70))["Subscribers"] == [mail(2)]


def test_removing_the_last_subscriber_removes_the_notification(budgets: Any) -> None:
    create(budgets)
    budgets.delete_subscriber(**named(Notification=ABOVE_70, Subscriber=mail()))
    assert notifications(budgets) == []


def test_missing_subscriber_is_not_found(budgets: Any) -> None:
    create(budgets)
    with refused("NotFoundException"):
        budgets.delete_subscriber(**named(Notification=ABOVE_70, Subscriber=mail(5)))


def test_subscriber_twice_is_a_duplicate(budgets: Any) -> None:
    create(budgets)
    with refused("DuplicateRecordException"):
        budgets.create_subscriber(**named(Notification=ABOVE_70, Subscriber=mail()))


def test_eleventh_address_and_second_topic_are_over_the_limit(budgets: Any) -> None:
    create(budgets)
    for number in range(2, 11):
        budgets.create_subscriber(**named(Notification=ABOVE_70, Subscriber=mail(number)))
    budgets.create_subscriber(**named(Notification=ABOVE_70, Subscriber=TOPIC))
    for extra in (mail(11), {**TOPIC, "Address": TOPIC["Address"] + "2"}):
        with refused("CreationLimitExceededException"):
            budgets.create_subscriber(**named(Notification=ABOVE_70, Subscriber=extra))


def test_account_notifications_page_and_hold_no_subscribers(budgets: Any) -> None:
    for number in range(3):
        create(budgets, BudgetName=f"budget-{number}")
    pages = budgets.get_paginator("describe_budget_notifications_for_account").paginate(
        AccountId=ACCOUNT, PaginationConfig={"PageSize": 2}
    )
    sizes = [len(page["BudgetNotificationsForAccount"]) for page in pages]
    assert sizes == [2, 1]


def test_account_without_notifications_is_not_found(budgets: Any) -> None:
    with refused("NotFoundException"):
        budgets.describe_budget_notifications_for_account(AccountId=ACCOUNT)


def test_budgets_page(budgets: Any) -> None:
    for number in range(3):
        create(budgets, BudgetName=f"budget-{number}")
    first = budgets.describe_budgets(AccountId=ACCOUNT, MaxResults=2)
    second = budgets.describe_budgets(AccountId=ACCOUNT, MaxResults=2, NextToken=first["NextToken"])
    assert [b["BudgetName"] for b in first["Budgets"] + second["Budgets"]] == ["budget-0", "budget-1", "budget-2"]
    assert "NextToken" not in second


def test_newer_dialect_shows_only_when_asked_for(budgets: Any) -> None:
    expression = {"Dimensions": {"Key": "SERVICE", "Values": ["Amazon Simple Storage Service"]}}
    create(budgets, FilterExpression=expression, Metrics=["UnblendedCost"])
    hidden, shown = describe(budgets), describe(budgets, ShowFilterExpression=True)
    assert not {"FilterExpression", "Metrics", "CostFilters", "CostTypes"} & set(hidden)
    assert (shown["FilterExpression"], shown["Metrics"]) == (expression, ["UnblendedCost"])


REFUSED: list[dict[str, Any]] = [
    {"CostFilters": {"Service": ["x"]}, "FilterExpression": {"Dimensions": {"Key": "SERVICE", "Values": ["x"]}}},
    {"BudgetName": "a:b"},
    {"BudgetName": "a/action/b"},
    {"BudgetLimit": {"Amount": "-1", "Unit": "USD"}},
    {"BudgetLimit": {"Amount": "1E7", "Unit": "USD"}},
    {"BudgetLimit": {"Amount": "ten", "Unit": "USD"}},
    {"BudgetLimit": {"Amount": "1", "Unit": "EUR"}},
    {"BudgetLimit": None},
    {"BudgetType": "MONEY"},
    {"TimeUnit": "WEEKLY"},
    {"BudgetType": "USAGE", "BudgetLimit": {"Amount": "1", "Unit": "GB"}, "CostTypes": {"IncludeTax": True}},
    {"BudgetType": "RI_COVERAGE", "BudgetLimit": {"Amount": "50", "Unit": "PERCENTAGE"}},
]


@pytest.mark.parametrize("changes", REFUSED, ids=lambda changes: ",".join(changes))
def test_invalid_bodies_are_refused_at_create_and_update(budgets: Any, changes: dict[str, Any]) -> None:
    with refused("InvalidParameterException"):
        create(budgets, **changes)
    create(budgets)
    with refused("NotFoundException" if "BudgetName" in changes else "InvalidParameterException"):
        budgets.update_budget(AccountId=ACCOUNT, NewBudget=body(**changes))


def test_daily_budget_takes_no_forecast(budgets: Any) -> None:
    forecast = {**ABOVE_70, "NotificationType": "FORECASTED"}
    with refused("InvalidParameterException"):
        create(budgets, forecast, TimeUnit="DAILY")
    create(budgets, forecast)
    with refused("InvalidParameterException"):
        budgets.update_budget(AccountId=ACCOUNT, NewBudget=body(TimeUnit="DAILY"))


def test_eleven_notifications_at_create_are_refused(budgets: Any) -> None:
    alerts = [{"Notification": {**ABOVE_70, "Threshold": float(n)}, "Subscribers": [mail()]} for n in range(1, 12)]
    with refused("InvalidParameterException"):
        budgets.create_budget(AccountId=ACCOUNT, Budget=body(), NotificationsWithSubscribers=alerts)


def test_second_budget_of_a_name_is_a_duplicate(budgets: Any) -> None:
    create(budgets)
    with refused("DuplicateRecordException"):
        create(budgets)


def test_another_accounts_budgets_are_denied(sandbox: Sandbox, budgets: Any) -> None:
    with refused("AccessDeniedException"):
        budgets.describe_budgets(AccountId=OTHER)
    with refused("AccessDeniedException"):
        budgets.create_budget(AccountId=OTHER, Budget=body())
    assert sandbox.state(OTHER)["budgets"] == {}


def test_zero_spend_budget_of_the_console_is_taken(budgets: Any) -> None:
    alert = {**ABOVE_70, "Threshold": 0.01, "ThresholdType": "ABSOLUTE_VALUE"}
    create(budgets, alert, BudgetLimit={"Amount": "1.0", "Unit": "USD"}, CostTypes={"IncludeCredit": False})
    assert notifications(budgets)[0]["Threshold"] == 0.01
