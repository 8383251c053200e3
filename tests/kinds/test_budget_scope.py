"""What a budget counts reads the same in both of AWS's dialects, and is written in one that can say it."""

from typing import Any

import pytest

from provisioning.core.assess import assess
from provisioning.core.assessment import Inputs
from provisioning.core.desired import DesiredItem, Mode
from provisioning.core.verdict import Remedy
from tests.kinds.budget_model import CONTEXT, KIND, drift, planned, snapshot
from tests.kinds.test_budget_declaration import refused

SMALL: dict[str, Any] = {"type": "cost", "limit": {"amount": "10", "unit": "USD"}, "period": "monthly"}
BODY: dict[str, Any] = {
    "BudgetName": "it",
    "BudgetType": "COST",
    "TimeUnit": "MONTHLY",
    "BudgetLimit": {"Amount": "10.0", "Unit": "USD"},
}
S3 = {"Dimensions": {"Key": "SERVICE", "Values": ["Amazon S3"]}}
TEAM = {"Tags": {"Key": "team", "Values": ["a", "b"]}}
ENV = {"CostCategories": {"Key": "Env", "Values": ["prod"]}}
NO_CREDIT = {"Not": {"Dimensions": {"Key": "RECORD_TYPE", "Values": ["Credit", "Refund"]}}}


def wanted(**fields: Any) -> Any:
    return KIND.parse("it", SMALL | fields, CONTEXT)


def newer(expression: dict[str, Any] | None, metric: str = "UnblendedCost") -> dict[str, Any]:
    return BODY | ({"FilterExpression": expression} if expression else {}) | {"Metrics": [metric]}


def sent(desired: Any, body: dict[str, Any]) -> dict[str, Any]:
    """The NewBudget that is planned."""
    (call,) = planned("it", desired, snapshot([body]))
    return dict(call.params["NewBudget"])


def created(desired: Any) -> dict[str, Any]:
    (call,) = planned("it", desired, snapshot())
    return dict(call.params["Budget"])


def found(declared: dict[str, Any], body: dict[str, Any]) -> dict[str, tuple[Remedy, str]]:
    item = DesiredItem("budget", "it", SMALL | declared, Mode.ENFORCE, ())
    seen = assess(Inputs((item,), (), snapshot([body]), CONTEXT, {}, {"budget": KIND}))
    return {one.difference.path: (one.remedy, one.reason) for one in seen.findings}


@pytest.mark.parametrize(
    ("filters", "expression"),
    [
        ({"service": ["Amazon S3"]}, S3),
        ({"tag": {"team": ["b", "a"]}}, TEAM),
        ({"tag": {"aws:createdBy": ["me"]}}, {"Tags": {"Key": "aws:createdBy", "Values": ["me"]}}),
        ({"cost_category": ["Env$prod"]}, ENV),
        ({"service": ["Amazon S3"], "tag": {"team": ["a", "b"]}}, {"And": [TEAM, S3]}),
        ({"service": ["Amazon S3"]}, {"Dimensions": S3["Dimensions"] | {"MatchOptions": ["EQUALS"]}}),
        ({"service": ["Amazon S3"]}, {"And": [S3, NO_CREDIT]}),
        ({}, None),
        ({}, NO_CREDIT),
    ],
)
def test_short_filter_is_the_same_in_the_newer_dialect(filters: Any, expression: Any) -> None:
    assert drift("it", wanted(filter=filters), snapshot([newer(expression)])) == {}


@pytest.mark.parametrize(
    "expression",
    [
        {"Not": S3},
        {"Or": [S3, TEAM]},
        {"And": [S3, {"Dimensions": {"Key": "SERVICE", "Values": ["Amazon S3", "Amazon EC2"]}}]},
        {"Dimensions": S3["Dimensions"] | {"MatchOptions": ["CONTAINS"]}},
        {"Dimensions": {"Key": "PLATFORM", "Values": ["Linux"]}},
        {"Or": [TEAM, {"Tags": {"Key": "app", "Values": ["x"]}}]},
        None,
    ],
)
def test_what_only_the_newer_dialect_says_is_another_filter(expression: Any) -> None:
    desired = wanted(filter={"service": ["Amazon S3"]})
    assert drift("it", desired, snapshot([newer(expression)])).keys() <= {"filter", "filter[service]"} != set()
    body = sent(desired, newer(expression))
    assert body["FilterExpression"] == S3 and body["Metrics"] == ["UnblendedCost"]
    assert drift("it", desired, snapshot([body])) == {}


def test_cost_types_are_charge_types_and_a_metric_in_the_newer_dialect() -> None:
    types = {"include_credit": False, "include_refund": False, "use_amortized": True}
    assert drift("it", wanted(cost_types=types), snapshot([newer(NO_CREDIT, "AmortizedCost")])) == {}
    assert drift("it", wanted(cost_types=types), snapshot([newer(NO_CREDIT)])) == {
        "cost_types[use_amortized]": "changed"
    }
    assert sent(wanted(cost_types=types), newer({"And": [S3, {"Not": TEAM}]})) | {"BudgetName": "it"} == BODY | {
        "BudgetLimit": {"Amount": "10", "Unit": "USD"},
        "FilterExpression": {"And": [S3, NO_CREDIT, {"Not": TEAM}]},
        "Metrics": ["AmortizedCost"],
    }


def test_cost_types_that_the_newer_dialect_cannot_say_bring_the_older_one_back() -> None:
    body = sent(wanted(cost_types={"include_support": False}), newer({"And": [S3, NO_CREDIT]}))
    assert body["CostFilters"] == {"Service": ["Amazon S3"]} and not {"FilterExpression", "Metrics"} & body.keys()
    types = body["CostTypes"]
    assert [name for name, value in sorted(types.items()) if not value] == [
        *("IncludeCredit", "IncludeRefund", "IncludeSupport", "UseAmortized", "UseBlended")
    ]


@pytest.mark.parametrize(
    ("declared", "body", "path"),
    [
        ({"cost_types": {"include_credit": False}}, newer(S3, "NetUnblendedCost"), "cost_types"),
        ({"cost_types": {"include_support": False}}, newer({"Not": S3}), "cost_types[include_support]"),
    ],
)
def test_what_no_dialect_can_say_without_losing_something_is_left_to_a_person(
    declared: Any, body: Any, path: str
) -> None:
    assert found(declared, body) == {path: (Remedy.PERSON, "other_dialect")}
    assert planned("it", wanted(**declared), snapshot([body])) == ()


def test_declared_expression_is_created_as_it_is_and_stays() -> None:
    declared = {
        "filter_expression": {
            "and": [
                {"or": [{"dimension": "service", "values": ["Amazon S3"]}, {"tag": "team", "values": ["b", "a"]}]},
                {"not": {"dimension": "platform", "values": ["Linux"], "match": "starts_with"}},
            ]
        },
        "metric": "net_amortized_cost",
    }
    body = created(wanted(**declared))
    assert body["Metrics"] == ["NetAmortizedCost"] and not {"CostFilters", "CostTypes"} & body.keys()
    linux = {"Dimensions": {"Key": "PLATFORM", "Values": ["Linux"], "MatchOptions": ["STARTS_WITH"]}}
    assert body["FilterExpression"] == {"And": [{"Not": linux}, {"Or": [S3, TEAM]}]}
    assert drift("it", wanted(**declared), snapshot([BODY | body])) == {}
    assert sent(wanted(**declared), BODY | {"CostFilters": {"Region": ["x"]}, "CostTypes": {}})["Metrics"]


def test_declared_expression_that_both_dialects_say_is_in_sync_in_either() -> None:
    leaves_out = {"not": {"dimension": "record_type", "values": ["Credit", "Refund"]}}
    both = {"and": [{"dimension": "service", "values": ["Amazon S3"]}, leaves_out]}
    desired = wanted(filter_expression=both, metric="unblended_cost")
    older = {"CostFilters": {"Service": ["Amazon S3"]}, "CostTypes": {"IncludeCredit": False, "IncludeRefund": False}}
    assert drift("it", desired, snapshot([BODY | older])) == {}
    assert drift("it", desired, snapshot([newer({"And": [NO_CREDIT, S3]})])) == {}
    assert drift("it", desired, snapshot([BODY | {"CostFilters": {"Service": ["Amazon S3"]}}])) == {
        "cost_types[include_credit]": "changed",
        "cost_types[include_refund]": "changed",
    }
    assert created(desired)["CostFilters"] == {"Service": ["Amazon S3"]}


def test_usage_is_summed_up_as_quantity_unless_told_otherwise() -> None:
    usage = {"type": "usage", "limit": {"amount": "10", "unit": "GB"}, "filter": {"usage_type": ["TimedStorage"]}}
    group = {"Dimensions": {"Key": "USAGE_TYPE", "Values": ["TimedStorage"]}}
    body = newer(group, "UsageQuantity") | {"BudgetType": "USAGE", "BudgetLimit": {"Amount": "10", "Unit": "GB"}}
    assert drift("it", wanted(**usage), snapshot([body])) == {}
    normalised = {key: value for key, value in usage.items() if key != "filter"} | {
        "filter_expression": {"dimension": "usage_type", "values": ["TimedStorage"]},
        "metric": "normalized_usage_amount",
    }
    assert created(wanted(**normalised))["Metrics"] == ["NormalizedUsageAmount"]
    assert drift("it", wanted(**normalised), snapshot([body])) == {"cost_types": "changed"}


LEAF = {"tag": "team", "values": ["a"]}


@pytest.mark.parametrize(
    ("declared", "pointer"),
    [
        ({"filter_expression": LEAF}, "/metric"),
        ({"filter_expression": LEAF, "metric": "usage_quantity"}, "/metric"),
        ({"metric": "unblended_cost"}, "/metric"),
        ({"filter_expression": LEAF, "metric": "unblended_cost", "filter": {}}, "/filter"),
        ({"filter_expression": LEAF, "metric": "unblended_cost", "cost_types": {}}, "/cost_types"),
        ({"filter_expression": {}, "metric": "unblended_cost"}, "/filter_expression"),
        ({"filter_expression": {"and": [LEAF]}, "metric": "unblended_cost"}, "/filter_expression/and"),
        ({"filter_expression": {"dimension": "SERVICE", "values": ["x"]}}, "/filter_expression/dimension"),
        ({"filter_expression": LEAF | {"match": "like"}}, "/filter_expression/match"),
        ({"filter_expression": {"tag": "team", "values": []}}, "/filter_expression/values"),
        ({"filter_expression": LEAF | {"vlaues": []}}, "/filter_expression/vlaues"),
        ({"filter_expression": {"not": {"not": {"not": LEAF}}}}, "/filter_expression/not/not/not"),
        ({"filter_expression": LEAF | {"dimension": "region"}}, "/filter_expression"),
    ],
)
def test_wrong_expression_is_refused_where_it_stands(declared: dict[str, Any], pointer: str) -> None:
    assert pointer in refused(SMALL | declared)
