"""W17: alerts by percent or amount, actual or forecast, by e-mail, SNS and so chat; edited where they are."""

from typing import Any

import pytest

from tests.scenarios.firstline import Firstline
from tests.scenarios.workshop.declaring import budget, keep, move, publish, refused
from tests.services.fleet import DEV

pytestmark = pytest.mark.django_db(transaction=True)
BUDGET = """
resources:
  budget:
    all:
      type: cost
      limit: {amount: "10", unit: USD}
      period: monthly
      notifications:
"""
FIRST = """
        - {when: actual, above: 70, subscribers: [{email: ann@example.com}, {sns: "us-east-1:chat"}]}
        - {when: actual, above: 9.5, unit: absolute, subscribers: [{email: ben@example.com}]}
        - {when: forecasted, above: 100, subscribers: [{email: ann@example.com}]}
"""
SECOND = """
        - {when: actual, above: 80, subscribers: [{email: ann@example.com}, {sns: "us-east-1:chat"}]}
        - {when: actual, above: 9.5, unit: absolute, subscribers: [{email: carla@example.com}]}
        - {when: forecasted, above: 100, subscribers: [{email: ann@example.com}, {email: ben@example.com}]}
"""
CREATED = ["CreateBudget"]


def test_alerts_are_made_with_the_budget_and_edited_where_they_are(firstline: Firstline) -> None:
    firstline.register(DEV)
    row = keep(firstline, "alerts", BUDGET + FIRST, DEV)
    firstline.start()
    firstline.until_in_sync(DEV)
    assert alerts(firstline) == {
        ("ACTUAL", 70.0, "PERCENTAGE"): ["ann@example.com", f"arn:aws:sns:us-east-1:{DEV}:chat"],
        ("ACTUAL", 9.5, "ABSOLUTE_VALUE"): ["ben@example.com"],
        ("FORECASTED", 100.0, "PERCENTAGE"): ["ann@example.com"],
    }
    assert firstline.writes(DEV) == CREATED
    publish(firstline, "alerts", BUDGET + SECOND, 2)
    move(firstline, row, version=2)
    firstline.until(lambda: len(firstline.writes(DEV)) == 4, "the edits")
    firstline.until_in_sync(DEV)
    assert sorted(firstline.writes(DEV)[1:]) == ["CreateSubscriber", "UpdateNotification", "UpdateSubscriber"]
    assert alerts(firstline)["ACTUAL", 9.5, "ABSOLUTE_VALUE"] == ["carla@example.com"]
    puts_back_who_was_taken_off(firstline)
    assert "carla@" not in str(firstline.rows("history"))


def alerts(firstline: Firstline) -> dict[tuple[str, float, str], list[str]]:
    return {
        (one["NotificationType"], one["Threshold"], one.get("ThresholdType", "PERCENTAGE")): sorted(
            subscriber["Address"] for subscriber in one["Subscribers"]
        )
        for one in budget(firstline, DEV, "all")["notifications"]
    }


def puts_back_who_was_taken_off(firstline: Firstline) -> None:
    """Whoever takes the last subscriber off an alert takes the alert away."""
    notification = {"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": 9.5}
    firstline.sandbox.client("budgets", DEV).delete_subscriber(
        AccountId=DEV,
        BudgetName="all",
        Notification=notification | {"ThresholdType": "ABSOLUTE_VALUE"},
        Subscriber={"SubscriptionType": "EMAIL", "Address": "carla@example.com"},
    )
    firstline.look(DEV)
    opened = [row for row in firstline.rows("drift", account=DEV) if row["path"] and row["type"] == "missing"]
    assert "notifications[actual above 9.5 absolute]" in [row["path"] for row in opened]
    firstline.until_in_sync(DEV)
    assert alerts(firstline)["ACTUAL", 9.5, "ABSOLUTE_VALUE"] == ["carla@example.com"]


def many(count: int) -> str:
    return ", ".join(f"{{email: n{number}@example.com}}" for number in range(count))


@pytest.mark.parametrize(
    ("alert", "pointer", "told"),
    [
        (f"{{when: actual, above: 1, subscribers: [{many(11)}]}}", "/0/subscribers", "at most 10"),
        ("{when: actual, above: 1, subscribers: []}", "/0/subscribers", ""),
        ("{when: actual, above: 1, below: 2, subscribers: [{email: a@b.org}]}", "/0", "exactly one"),
        ("{when: actual, above: 1, subscribers: [{sns: 'arn:aws:sns:us-east-1:999999999999:x'}]}", "", "account"),
    ],
)
def test_alert_that_aws_would_refuse_is_refused_where_it_stands(
    firstline: Firstline, alert: str, pointer: str, told: str
) -> None:
    reasons: dict[str, Any] = refused(firstline, f"{BUDGET}        - {alert}\n")
    start = f"/resources/budget/all/notifications{pointer}"
    assert any(where.startswith(start) and told in message for where, message in reasons.items()), reasons
