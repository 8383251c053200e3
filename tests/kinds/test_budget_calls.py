"""Which calls change a budget, and what they carry."""

import json
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

from provisioning.core.change import Call
from provisioning.core.plain import canonical
from provisioning.core.snapshot import Section
from tests.kinds.budget_model import ACCOUNT, CONTEXT, KIND, Account, drift, planned, snapshot

DECLARED: dict[str, Any] = {
    "type": "cost",
    "limit": {"amount": "10", "unit": "USD"},
    "period": "monthly",
    "filter": {"service": ["Amazon S3"]},
    "cost_types": {"include_credit": False},
}
BODY: dict[str, Any] = {
    "BudgetName": "s3",
    "BudgetType": "COST",
    "TimeUnit": "MONTHLY",
    "BudgetLimit": {"Amount": "10.0", "Unit": "USD"},
    "CostFilters": {"Service": ["Amazon S3"]},
    "CostTypes": {"IncludeCredit": False, "IncludeTax": False},
    "TimePeriod": {"Start": "2026-01-01T00:00:00Z", "End": "2087-06-15T00:00:00Z"},
    "BillingViewArn": f"arn:aws:billing::{ACCOUNT}:billingview/custom-1",
    "SomethingNew": {"Deep": [3, 1, 2]},
}
EMAILS = [{"email": f"n{number:02}@example.com"} for number in range(12)]


def desired(**fields: Any) -> Any:
    return KIND.parse("s3", DECLARED | fields, CONTEXT)


def update(body: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """The NewBudget of the one call that leads from this body to what is declared."""
    (call,) = planned("s3", desired(**fields), snapshot([BODY | body]))
    assert call.operation == "UpdateBudget"
    return dict(call.params["NewBudget"])


def alert(above: float, *subscribers: dict[str, str], when: str = "actual") -> dict[str, Any]:
    return {"when": when, "above": above, "subscribers": list(subscribers or EMAILS[:1])}


def made(*alerts: dict[str, Any], **fields: Any) -> Account:
    account = Account()
    for call in planned("s3", desired(notifications=list(alerts), **fields), account.snapshot()):
        account.send(call)
    return account


def edits(account: Account, *alerts: dict[str, Any], **fields: Any) -> list[str]:
    """Operations that lead to these alerts; they are sent, and must suffice."""
    target = desired(notifications=list(alerts), **fields)
    made_calls = planned("s3", target, account.snapshot())
    for call in made_calls:
        account.send(call)
    assert drift("s3", target, account.snapshot()) == {}
    return [call.operation for call in made_calls]


def test_missing_budget_is_created_in_one_call_with_its_notifications() -> None:
    spec = desired(start="2026-01-01", notifications=[alert(70, EMAILS[0], {"sns": "us-east-1:costs"})])

    assert planned("s3", spec, snapshot()) == (
        Call(
            service="budgets",
            operation="CreateBudget",
            params={
                "AccountId": ACCOUNT,
                "Budget": {
                    "BudgetName": "s3",
                    "BudgetType": "COST",
                    "TimeUnit": "MONTHLY",
                    "BudgetLimit": {"Amount": "10", "Unit": "USD"},
                    "CostFilters": {"Service": ["Amazon S3"]},
                    "CostTypes": {"IncludeCredit": False},
                    "TimePeriod": {"Start": "2026-01-01T00:00:00+00:00"},
                },
                "NotificationsWithSubscribers": [
                    {
                        "Notification": {
                            "NotificationType": "ACTUAL",
                            "ComparisonOperator": "GREATER_THAN",
                            "Threshold": 70.0,
                            "ThresholdType": "PERCENTAGE",
                        },
                        "Subscribers": [
                            {"SubscriptionType": "EMAIL", "Address": "n00@example.com"},
                            {"SubscriptionType": "SNS", "Address": f"arn:aws:sns:us-east-1:{ACCOUNT}:costs"},
                        ],
                    }
                ],
            },
            actions=frozenset({("budgets:ModifyBudget", f"arn:aws:budgets::{ACCOUNT}:budget/s3")}),
        ),
    )


def test_update_carries_over_what_is_not_managed_and_what_has_no_name_here() -> None:
    assert update({}, limit={"amount": "12.50", "unit": "USD"}) == BODY | {
        "BudgetLimit": {"Amount": "12.5", "Unit": "USD"},
        "TimePeriod": {"Start": "2026-01-01T00:00:00+00:00", "End": "2087-06-15T00:00:00+00:00"},
    }


def test_update_leaves_out_what_aws_only_shows() -> None:
    sent = update(
        {
            "CalculatedSpend": {"ActualSpend": {"Amount": "1", "Unit": "USD"}},
            "HealthStatus": {"Status": "HEALTHY"},
            "LastUpdatedTime": "2026-05-01T00:00:00Z",
            "BillingViewArn": f"arn:aws:billing::{ACCOUNT}:billingview/primary",
            "FilterExpression": {"Dimensions": {}},
            "PlannedBudgetLimits": {},
        },
        period="annually",
    )

    assert sent.keys() == BODY.keys() - {"BillingViewArn"}


def test_update_writes_large_amounts_in_digits_because_aws_refuses_its_own_notation() -> None:
    sent = update(
        {"BudgetLimit": {"Amount": "1.2E7", "Unit": "USD"}},
        limit={"amount": "12000000", "unit": "USD"},
        period="annually",
    )

    assert sent["BudgetLimit"] == {"Amount": "12000000", "Unit": "USD"}
    assert sent["TimeUnit"] == "ANNUALLY"


def test_cost_types_that_are_not_declared_stay_as_they_are() -> None:
    assert update({"CostTypes": {"IncludeCredit": True, "IncludeTax": False}})["CostTypes"] == {
        "IncludeCredit": False,
        "IncludeTax": False,
    }


def test_filter_is_replaced_whole_and_an_empty_one_is_left_out() -> None:
    assert update({}, filter={"region": ["eu-west-1", "eu-central-1"]})["CostFilters"] == {
        "Region": ["eu-central-1", "eu-west-1"]
    }
    assert "CostFilters" not in update({}, filter={})


def test_start_changes_and_end_stays() -> None:
    assert update({}, start="2026-03-01")["TimePeriod"] == {
        "Start": "2026-03-01T00:00:00+00:00",
        "End": "2087-06-15T00:00:00+00:00",
    }


def test_other_dialect_is_carried_over_where_what_it_says_is_not_declared() -> None:
    expression = {"FilterExpression": {"Dimensions": {"Key": "SERVICE"}}, "Metrics": ["NetUnblendedCost"]}
    seen = BODY | {"CostFilters": {}, "CostTypes": {}, **expression}
    wanted = KIND.parse("s3", {"type": "cost", "limit": {"amount": "5", "unit": "USD"}, "period": "monthly"}, CONTEXT)
    (call,) = planned("s3", wanted, snapshot([seen]))
    sent = call.params["NewBudget"]

    assert sent["BudgetLimit"]["Amount"] == "5"
    assert {name: sent.get(name) for name in expression} == expression
    assert not {"CostFilters", "CostTypes"} & sent.keys()


def test_auto_adjusted_limit_is_carried_over_as_it_was_asked_for() -> None:
    asked = {"AutoAdjustType": "HISTORICAL", "HistoricalOptions": {"BudgetAdjustmentPeriod": 3}}
    shown = deepcopy(asked) | {"LastAutoAdjustTime": "2026-05-01T00:00:00Z"}
    shown["HistoricalOptions"]["LookBackAvailablePeriods"] = 2  # type: ignore[index]
    declared = {name: value for name, value in DECLARED.items() if name != "limit"}
    adjusting = {"auto_adjust": {"by": "historical", "lookback": 3}, "filter": {}}
    wanted = KIND.parse("s3", declared | adjusting, CONTEXT)

    (call,) = planned("s3", wanted, snapshot([BODY | {"AutoAdjustData": shown}]))

    assert call.params["NewBudget"]["AutoAdjustData"] == asked
    assert "BudgetLimit" not in call.params["NewBudget"]


def test_body_is_left_alone_when_only_notifications_differ() -> None:
    assert edits(made(alert(70)), alert(70), alert(90)) == ["CreateNotification"]


def test_threshold_moves_in_place_when_the_subscribers_stay() -> None:
    assert edits(made(alert(70), alert(90, EMAILS[1])), alert(80), alert(95, EMAILS[1])) == ["UpdateNotification"] * 2


def test_new_notification_comes_before_the_old_one_goes() -> None:
    assert edits(made(alert(70)), alert(80, EMAILS[1])) == ["CreateNotification", "DeleteNotification"]


def test_room_is_made_right_before_the_notification_that_needs_it() -> None:
    account = made(*(alert(number) for number in range(9)))

    assert edits(account, *(alert(100 + number, EMAILS[1]) for number in range(3))) == [
        "CreateNotification",
        *["DeleteNotification", "CreateNotification"] * 2,
        *["DeleteNotification"] * 7,
    ]


def test_subscriber_is_changed_where_it_is() -> None:
    account = made(alert(70, EMAILS[0], {"sns": "us-east-1:a"}))

    assert edits(account, alert(70, EMAILS[1], {"sns": "us-east-1:b"})) == ["UpdateSubscriber"] * 2
    assert edits(account, alert(70, *EMAILS[1:3])) == ["CreateSubscriber", "DeleteSubscriber"]


def test_full_list_of_addresses_is_swapped_within_its_limit() -> None:
    assert edits(made(alert(70, *EMAILS[:10])), alert(70, *EMAILS[2:])) == ["UpdateSubscriber"] * 2


def test_notification_with_unread_subscribers_is_not_edited() -> None:
    account = made(alert(70))
    state = account.snapshot()
    blind = snapshot(account.bodies.values(), dict(state.body(Section.BUDGET_NOTIFICATIONS)["notifications"]))

    assert planned("s3", desired(notifications=[alert(70, EMAILS[1])]), blind) == ()


def test_forecasts_go_before_a_budget_becomes_daily_and_come_after_it_no_longer_is() -> None:
    forecast = alert(100, when="forecasted")
    account = made(alert(70), forecast)

    assert edits(account, alert(70), period="daily") == ["DeleteNotification", "UpdateBudget"]
    assert edits(account, alert(70), forecast) == ["UpdateBudget", "CreateNotification"]


def test_adoption_takes_the_same_calls_as_an_update() -> None:
    state, target = made(alert(70)).snapshot(), desired(notifications=[alert(80)])

    assert planned("s3", target, state, owned=False) == planned("s3", target, state)


def test_calls_are_plain_data_that_survive_being_stored() -> None:
    account = made(alert(0.1))
    for call in planned("s3", desired(notifications=[alert(1e-7)], period="daily"), account.snapshot()):
        stored = Call.from_plain(json.loads(canonical(call)))
        assert canonical(stored) == canonical(call)


def _epoch(year: int, month: int) -> str:
    return str(int(datetime(year, month, 1, tzinfo=UTC).timestamp()))
