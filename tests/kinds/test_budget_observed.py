"""What a snapshot shows of a budget: nothing that AWS merely rewrites is a difference, everything else is."""

from typing import Any

import pytest

from provisioning.core.assess import assess
from provisioning.core.assessment import Inputs
from provisioning.core.desired import DesiredItem, Mode
from provisioning.core.plain import plain
from provisioning.core.snapshot import Section, Snapshot
from provisioning.core.verdict import Remedy
from tests.kinds.budget_model import ACCOUNT, CONTEXT, KIND, NOW, Account, drift, planned, snapshot

DECLARED = {
    "type": "cost",
    "limit": {"amount": "10000000", "unit": "USD"},
    "period": "monthly",
    "start": "2026-01-01",
    "filter": {"service": ["Amazon S3", "Amazon EC2"]},
    "cost_types": {"include_credit": False, "include_tax": True},
    "notifications": [
        {"when": "actual", "above": 70, "subscribers": [{"email": "ann@example.com"}, {"sns": "us-east-1:costs"}]}
    ],
}
DESIRED = KIND.parse("s3", DECLARED, CONTEXT)
BODY: dict[str, Any] = {
    "BudgetName": "s3",
    "BudgetType": "COST",
    "TimeUnit": "MONTHLY",
    "BudgetLimit": {"Amount": "10000000", "Unit": "USD"},
    "CostFilters": {"Service": ["Amazon EC2", "Amazon S3"]},
    "CostTypes": {"IncludeCredit": False},
    "TimePeriod": {"Start": "2026-01-01T00:00:00+00:00"},
}
ALERT = {"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": 70.0}
TOLD = [
    {"SubscriptionType": "SNS", "Address": f"arn:aws:sns:us-east-1:{ACCOUNT}:costs"},
    {"SubscriptionType": "EMAIL", "Address": "ann@example.com"},
]
EXPRESSION = {"Dimensions": {"Key": "SERVICE", "Values": ["Amazon S3"]}}


def seen(body: dict[str, Any] | None = None, alert: dict[str, Any] = ALERT, told: Any = TOLD) -> Snapshot:
    rows = {"s3": [{"notification": alert, "subscribers": told}]}
    return snapshot([BODY | (body or {})], {"s3": [alert]}, rows)


def newer(**more: Any) -> dict[str, Any]:
    return {"CostFilters": {}, "CostTypes": None, "FilterExpression": EXPRESSION, "Metrics": ["UnblendedCost"]} | more


def remedies(declared: dict[str, Any], state: Snapshot) -> dict[str, tuple[Remedy, str]]:
    item = DesiredItem("budget", "s3", declared, Mode.ENFORCE, ())
    found = assess(Inputs((item,), (), state, CONTEXT, {}, {"budget": KIND}))
    return {finding.difference.path: (finding.remedy, finding.reason) for finding in found.findings}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"BudgetLimit": {"Amount": "10000000.0", "Unit": "USD"}},
        {"BudgetLimit": {"Amount": "1.0E7", "Unit": "USD"}},
        {"CostFilters": {"Service": ["Amazon S3", "Amazon EC2"]}},
        {"CostTypes": {"IncludeCredit": False, "IncludeTax": True, "UseBlended": False}},
        {"TimePeriod": {"Start": "2026-01-01T00:00:00Z", "End": "2087-06-15T00:00:00+00:00"}},
        {"TimePeriod": {"Start": "2026-01-01T01:00:00+01:00"}},
        {"CalculatedSpend": {"ActualSpend": {"Amount": "3.2", "Unit": "USD"}}},
        {"LastUpdatedTime": NOW.isoformat(), "HealthStatus": {"Status": "HEALTHY"}},
        {"BillingViewArn": f"arn:aws:billing::{ACCOUNT}:billingview/primary"},
        {"CostTypes": {"IncludeCredit": False, "UseAmortized": True}},
        {"FilterExpression": EXPRESSION, "Metrics": ["UnblendedCost"]},
        {"AutoAdjustData": None, "PlannedBudgetLimits": {}},
    ],
    ids=lambda body: ", ".join(body) or "as sent",
)
def test_what_aws_rewrites_or_adds_is_no_difference(body: dict[str, Any]) -> None:
    assert drift("s3", DESIRED, seen(body)) == {}
    assert planned("s3", DESIRED, seen(body)) == ()


@pytest.mark.parametrize("alert", [{"ThresholdType": "PERCENTAGE"}, {"Threshold": 70}, {"NotificationState": "ALARM"}])
def test_alert_with_its_defaults_spelled_out_is_no_difference(alert: dict[str, Any]) -> None:
    assert drift("s3", DESIRED, seen(alert=ALERT | alert)) == {}


def test_no_filters_are_the_same_absent_and_empty() -> None:
    desired = KIND.parse("s3", DECLARED | {"filter": {}}, CONTEXT)

    for filters in ({}, None, {"Service": []}):
        assert drift("s3", desired, seen({"CostFilters": filters})) == {}


def test_default_start_is_not_compared_where_none_is_declared() -> None:
    desired = KIND.parse("s3", {name: value for name, value in DECLARED.items() if name != "start"}, CONTEXT)

    assert drift("s3", desired, seen({"TimePeriod": {"Start": "2020-02-02T00:00:00+00:00"}})) == {}


@pytest.mark.parametrize(
    ("body", "paths"),
    [
        ({"BudgetLimit": {"Amount": "10000001", "Unit": "USD"}}, {"limit": "changed"}),
        ({"BudgetLimit": {"Amount": "10000000", "Unit": "EUR"}}, {"limit": "changed"}),
        ({"TimeUnit": "DAILY"}, {"period": "changed"}),
        ({"TimeUnit": "CUSTOM"}, {"period": "changed"}),
        ({"TimePeriod": {"Start": "2026-02-01T00:00:00+00:00"}}, {"start": "changed"}),
        ({"TimePeriod": {"Start": "2026-01-01T06:00:00+00:00"}}, {"start": "changed"}),
        ({"CostTypes": {}}, {"cost_types[include_credit]": "changed"}),
        ({"CostFilters": {}}, {"filter[service]": "missing"}),
        ({"CostFilters": {"Service": ["Amazon S3"]}}, {"filter[service]": "changed"}),
        ({"CostFilters": {"service": ["x"], **BODY["CostFilters"]}}, {"filter[AWS service]": "extra"}),
        ({"CostFilters": {"RecordType": ["Tax"], **BODY["CostFilters"]}}, {"filter[RecordType]": "extra"}),
    ],
)
def test_real_difference_is_shown_at_its_field(body: dict[str, Any], paths: dict[str, str]) -> None:
    assert drift("s3", DESIRED, seen(body)) == paths


def test_notifications_are_shown_by_what_they_say() -> None:
    alert = ALERT | {"Threshold": 0.5, "ThresholdType": "ABSOLUTE_VALUE"}

    assert drift("s3", DESIRED, seen(alert=alert)) == {
        "notifications[actual above 70 percent]": "missing",
        "notifications[actual above 0.5 absolute]": "extra",
    }
    assert drift("s3", DESIRED, seen(told=TOLD[:1])) == {"notifications[actual above 70 percent]": "changed"}


def test_shared_notifications_leave_those_of_others_alone() -> None:
    shared = DECLARED | {"notifications": {"include": DECLARED["notifications"]}}
    other = ALERT | {"Threshold": 99.0}
    rows = [{"notification": ALERT, "subscribers": TOLD}, {"notification": other, "subscribers": TOLD}]
    state = snapshot([BODY], {"s3": [ALERT, other]}, {"s3": rows})

    assert drift("s3", KIND.parse("s3", shared, CONTEXT), state) == {}
    assert drift("s3", DESIRED, state) == {"notifications[actual above 99 percent]": "extra"}


def test_missing_budget_is_missing_and_names_compare_exactly() -> None:
    assert drift("S3", DESIRED, seen()) == {"": "missing"}
    assert KIND.identity("S3") != KIND.identity("s3")


def test_unread_subscribers_are_never_taken_for_none() -> None:
    state = snapshot([BODY], {"s3": [ALERT]}, {})

    assert plain(KIND.observed(state)["s3"].notifications) == {"actual above 70 percent": "not_read"}
    assert remedies(DECLARED, state) == {"notifications[actual above 70 percent]": (Remedy.PERSON, "not_read")}
    assert planned("s3", DESIRED, state) == ()


def test_other_dialect_is_no_difference_where_neither_filter_nor_cost_types_are_declared() -> None:
    declared = {name: value for name, value in DECLARED.items() if name not in ("filter", "cost_types")}

    assert drift("s3", KIND.parse("s3", declared, CONTEXT), seen(newer())) == {}


def test_when_aws_last_adjusted_a_limit_is_no_part_of_what_was_observed() -> None:
    def limit(**more: Any) -> Any:
        history = {"BudgetAdjustmentPeriod": 3, **more}
        body = {"AutoAdjustData": {"AutoAdjustType": "HISTORICAL", "HistoricalOptions": history}}
        return KIND.observed(seen(body))["s3"].limit

    assert limit() == limit(LookBackAvailablePeriods=2)


@pytest.mark.parametrize("kind", ["USAGE", "RI_UTILIZATION", "SAVINGS_PLANS_COVERAGE"])
def test_type_cannot_be_changed_so_nothing_is_done(kind: str) -> None:
    state = seen({"BudgetType": kind, "BudgetLimit": {"Amount": "100.0", "Unit": "PERCENTAGE"}})

    assert remedies(DECLARED, state)["type"] == (Remedy.PERSON, "immutable_field")
    assert planned("s3", DESIRED, state) == ()


def test_reservation_budget_without_a_limit_is_observed() -> None:
    state = snapshot([{"BudgetName": "ri", "BudgetType": "RI_COVERAGE", "TimeUnit": "DAILY"}])

    assert KIND.observed(state)["ri"].type == "ri_coverage"
    assert KIND.inventory(state)["ri"]["arn"] == f"arn:aws:budgets::{ACCOUNT}:budget/ri"


def test_reread_shows_what_the_bulk_read_shows() -> None:
    account = Account()
    for call in planned("s3", DESIRED, account.snapshot()):
        account.send(call)

    assert KIND.observed(reread(account, "s3")) == KIND.observed(account.snapshot())
    assert KIND.observed(reread(account, "gone")) == {}


def test_reread_of_a_notification_that_just_went_is_unread() -> None:
    account = Account()
    for call in planned("s3", DESIRED, account.snapshot()):
        account.send(call)
    bulk = account.answer
    account.answer = lambda read: None if "Subscribers" in read.operation else bulk(read)  # type: ignore[method-assign]

    assert remedies(DECLARED, reread(account, "s3"))["notifications[actual above 70 percent]"][1] == "not_read"


def test_reread_asks_for_one_budget_only() -> None:
    account, budget = Account(), frozenset({("budgets:ViewBudget", f"arn:aws:budgets::{ACCOUNT}:budget/s3")})
    reads = KIND.reread("s3", CONTEXT)
    read = next(reads)

    assert (read.operation, read.params["ShowFilterExpression"], read.actions) == ("DescribeBudget", True, budget)
    with pytest.raises(StopIteration):
        reads.send(account.answer(read))


def reread(account: Account, name: str) -> Snapshot:
    reads = KIND.reread(name, CONTEXT)
    answer: Any = None
    try:
        while True:
            answer = account.answer(reads.send(answer))
    except StopIteration as stop:
        sections = stop.value
    assert sections.keys() == KIND.sections
    return snapshot(
        sections[Section.BUDGETS]["budgets"],
        sections[Section.BUDGET_NOTIFICATIONS]["notifications"],
        sections[Section.BUDGET_SUBSCRIBERS]["subscribers"],
    )
