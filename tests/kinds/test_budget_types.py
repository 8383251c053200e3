"""Every type of budget with its rules, limits per month and those AWS works out, and the console's templates."""

from datetime import UTC, datetime
from typing import Any

import pytest

from provisioning.core.plain import plain
from provisioning.core.snapshot import Complete, Section, Snapshot
from provisioning.kinds.budget.spec import AutoAdjusted, PlannedLimits
from tests.kinds.budget_model import ACCOUNT, CONTEXT, KIND, drift, planned, snapshot
from tests.kinds.test_budget_declaration import alert, refused

SMALL: dict[str, Any] = {"type": "cost", "period": "monthly"}
FIXED = {"limit": {"amount": "10", "unit": "USD"}}
MONTHS = [str(number) for number in range(1, 13)]
EC2 = {"service": ["Amazon Elastic Compute Cloud - Compute"]}
RESERVED: dict[str, Any] = {"type": "ri_utilization", "period": "daily", "filter": EC2}
TELL = {"subscribers": [{"email": "ann@example.com"}]}


def created(declared: dict[str, Any]) -> dict[str, Any]:
    (call,) = planned("it", KIND.parse("it", declared, CONTEXT), snapshot())
    return dict(call.params)


def at(moment: datetime, *bodies: dict[str, Any]) -> Snapshot:
    sections = {section: Complete(section_body, moment) for section, section_body in _bodies(bodies).items()}
    return Snapshot(ACCOUNT, "aws", sections)


def _bodies(bodies: Any) -> dict[Section, Any]:
    return {
        Section.BUDGETS: {"budgets": list(bodies)},
        Section.BUDGET_NOTIFICATIONS: {"notifications": {}},
        Section.BUDGET_SUBSCRIBERS: {"subscribers": {}},
    }


def epoch(year: int, month: int) -> str:
    return str(int(datetime(year, month, 1, tzinfo=UTC).timestamp()))


@pytest.mark.parametrize("kind", ["ri_utilization", "ri_coverage"])
@pytest.mark.parametrize("period", ["daily", "monthly", "quarterly", "annually"])
def test_reservations_are_a_percentage_of_one_service(kind: str, period: str) -> None:
    declared = RESERVED | {"type": kind, "period": period}
    budget = created(declared)["Budget"]
    assert budget["BudgetType"] == kind.upper() and budget["CostFilters"] == {"Service": EC2["service"]}
    assert not {"BudgetLimit", "CostTypes"} & budget.keys()
    shown = budget | {"BudgetLimit": {"Amount": "100.0", "Unit": "PERCENTAGE"}}
    assert drift("it", KIND.parse("it", declared, CONTEXT), snapshot([shown])) == {}


@pytest.mark.parametrize("kind", ["savings_plans_utilization", "savings_plans_coverage"])
def test_savings_plans_need_no_filter(kind: str) -> None:
    limit = {"amount": "100.0", "unit": "PERCENTAGE"}
    assert created({"type": kind, "period": "monthly", "limit": limit})["Budget"]["BudgetType"] == kind.upper()


@pytest.mark.parametrize(
    ("declared", "pointer"),
    [
        (RESERVED | {"limit": {"amount": "90", "unit": "PERCENTAGE"}}, "/limit/amount"),
        (RESERVED | {"limit": {"amount": "100", "unit": "USD"}}, "/limit/unit"),
        (RESERVED | {"cost_types": {"include_tax": True}}, "/cost_types"),
        (RESERVED | {"planned_limits": {"unit": "USD", "amounts": MONTHS}}, "/planned_limits"),
        (RESERVED | {"auto_adjust": {"by": "forecast"}}, "/auto_adjust"),
        (RESERVED | {"filter": {}}, "/filter/service"),
        (RESERVED | {"filter": {"service": ["a", "b"]}}, "/filter/service"),
        ({"type": "ri_coverage", "period": "daily"}, "/filter"),
        (RESERVED | {"period": "monthly", "notifications": [alert(when="forecasted")]}, "/notifications/0/when"),
        (RESERVED | {"notifications": [alert(unit="absolute")]}, "/notifications/0/unit"),
        (RESERVED | {"filter_expression": {"tag": "a", "values": ["b"]}}, "/filter_expression"),
        (SMALL, "/limit"),
        (SMALL | FIXED | {"auto_adjust": {"by": "forecast"}}, "/auto_adjust"),
        (SMALL | {"auto_adjust": {"by": "historical"}}, "/auto_adjust/lookback"),
        (SMALL | {"auto_adjust": {"by": "forecast", "lookback": 3}}, "/auto_adjust/lookback"),
        (SMALL | {"auto_adjust": {"by": "historical", "lookback": 13}}, "/auto_adjust/lookback"),
        (SMALL | {"period": "annually", "auto_adjust": {"by": "historical", "lookback": 2}}, "/auto_adjust/lookback"),
        (SMALL | {"auto_adjust": {"by": "guess"}}, "/auto_adjust/by"),
        (SMALL | {"planned_limits": {"unit": "USD", "amounts": MONTHS[:4]}}, "/planned_limits/amounts"),
        (SMALL | {"planned_limits": {"unit": "usd", "amounts": MONTHS}}, "/planned_limits/unit"),
        (SMALL | {"period": "daily", "planned_limits": {"unit": "USD", "amounts": MONTHS}}, "/period"),
        (SMALL | {"planned_limits": {"unit": "USD", "amounts": ["x", *MONTHS[1:]]}}, "/planned_limits/amounts/0"),
        (SMALL | FIXED | {"at": "payers"}, "/at"),
    ],
)
def test_what_a_type_does_not_take_is_refused_where_it_stands(declared: dict[str, Any], pointer: str) -> None:
    assert pointer in refused(declared)


def test_planned_limits_begin_with_the_present_month_and_hold_every_year() -> None:
    declared = SMALL | {"planned_limits": {"unit": "USD", "amounts": MONTHS}}
    spec = KIND.parse("it", declared, CONTEXT)
    limits = created(declared)["Budget"]["PlannedBudgetLimits"]
    assert len(limits) == 12 and min(limits) == epoch(2026, 5) and max(limits) == epoch(2027, 4)
    assert [limits[key]["Amount"] for key in sorted(limits)] == [*MONTHS[4:], *MONTHS[:4]]
    body = {"BudgetName": "it", "BudgetType": "COST", "TimeUnit": "MONTHLY", "PlannedBudgetLimits": limits}
    shown = body | {"BudgetLimit": {"Amount": "5.0", "Unit": "USD"}}
    for moment in (datetime(2026, 5, 17, tzinfo=UTC), datetime(2027, 3, 31, tzinfo=UTC)):
        assert drift("it", spec, at(moment, shown)) == {}
    lapsed = at(datetime(2027, 4, 1, tzinfo=UTC), shown)
    assert drift("it", spec, lapsed) == {"limit": "changed"}
    (call,) = planned("it", spec, lapsed)
    assert min(call.params["NewBudget"]["PlannedBudgetLimits"]) == epoch(2027, 4)
    assert "BudgetLimit" not in call.params["NewBudget"]


def test_quarters_have_four_planned_limits() -> None:
    planned_limits = {"unit": "USD", "amounts": [10, 20, 30, 40]}
    limits = created(SMALL | {"period": "quarterly", "planned_limits": planned_limits})["Budget"]["PlannedBudgetLimits"]
    assert {key: one["Amount"] for key, one in limits.items()} == {
        epoch(2026, 4): "20",
        epoch(2026, 7): "30",
        epoch(2026, 10): "40",
        epoch(2027, 1): "10",
    }


@pytest.mark.parametrize(
    ("auto", "sent"),
    [
        ({"by": "forecast"}, {"AutoAdjustType": "FORECAST"}),
        (
            {"by": "historical", "lookback": 12},
            {"AutoAdjustType": "HISTORICAL", "HistoricalOptions": {"BudgetAdjustmentPeriod": 12}},
        ),
    ],
)
def test_auto_adjusted_limit_is_asked_for_and_what_aws_makes_of_it_is_no_drift(auto: Any, sent: Any) -> None:
    declared = SMALL | {"auto_adjust": auto}
    body = created(declared)["Budget"]
    assert body["AutoAdjustData"] == sent and "BudgetLimit" not in body
    shown = sent | {"LastAutoAdjustTime": "2026-05-01"}
    if "HistoricalOptions" in sent:
        shown["HistoricalOptions"] = sent["HistoricalOptions"] | {"LookBackAvailablePeriods": 1}
    seen = snapshot([body | {"AutoAdjustData": shown, "BudgetLimit": {"Amount": "7", "Unit": "USD"}}])
    assert drift("it", KIND.parse("it", declared, CONTEXT), seen) == {}


@pytest.mark.parametrize("form", ["planned_limits", "auto_adjust"])
def test_limit_of_another_form_is_drift_and_repaired(form: str) -> None:
    forms = {"planned_limits": {"unit": "USD", "amounts": MONTHS}, "auto_adjust": {"by": "forecast"}}
    there = created(SMALL | {form: forms[form]})["Budget"]
    spec = KIND.parse("it", SMALL | FIXED, CONTEXT)
    assert drift("it", spec, snapshot([there])) == {"limit": "changed"}
    (call,) = planned("it", spec, snapshot([there]))
    assert call.params["NewBudget"]["BudgetLimit"] == {"Amount": "10", "Unit": "USD"}
    assert not {"PlannedBudgetLimits", "AutoAdjustData"} & call.params["NewBudget"].keys()
    observed = KIND.observed(snapshot([there]))["it"].limit
    assert isinstance(observed, PlannedLimits | AutoAdjusted)


EVERY_COST = {
    "IncludeTax": True,
    "IncludeSubscription": True,
    "UseBlended": False,
    "IncludeRefund": False,
    "IncludeCredit": False,
    "IncludeUpfront": True,
    "IncludeRecurring": True,
    "IncludeOtherSubscription": True,
    "IncludeSupport": True,
    "IncludeDiscount": True,
    "UseAmortized": False,
}


def told(kind: str, operator: str, threshold: float, unit: str = "PERCENTAGE") -> dict[str, Any]:
    return {
        "Notification": {
            "NotificationType": kind,
            "ComparisonOperator": operator,
            "Threshold": threshold,
            "ThresholdType": unit,
        },
        "Subscribers": [{"SubscriptionType": "EMAIL", "Address": "ann@example.com"}],
    }


def test_zero_spend_is_what_the_console_makes() -> None:
    made = created({"template": "zero_spend", **TELL})
    assert made["Budget"] == {
        "BudgetName": "it",
        "BudgetType": "COST",
        "TimeUnit": "MONTHLY",
        "BudgetLimit": {"Amount": "1", "Unit": "USD"},
        "CostTypes": EVERY_COST,
    }
    assert made["NotificationsWithSubscribers"] == [told("ACTUAL", "GREATER_THAN", 0.01, "ABSOLUTE_VALUE")]


def test_monthly_cost_is_what_the_console_makes() -> None:
    made = created({"template": "monthly_cost", "limit": {"amount": "120", "unit": "USD"}, **TELL})
    assert made["Budget"]["BudgetLimit"] == {"Amount": "120", "Unit": "USD"}
    assert (made["Budget"]["TimeUnit"], made["Budget"]["CostTypes"]) == ("MONTHLY", EVERY_COST)
    assert made["NotificationsWithSubscribers"] == [
        told("ACTUAL", "GREATER_THAN", 85.0),
        told("ACTUAL", "GREATER_THAN", 100.0),
        told("FORECASTED", "GREATER_THAN", 100.0),
    ]


@pytest.mark.parametrize(
    ("declared", "kind", "filters"),
    [
        ({"template": "daily_savings_plans_coverage"}, "SAVINGS_PLANS_COVERAGE", {}),
        ({"template": "daily_ri_utilization"}, "RI_UTILIZATION", {"CostFilters": {"Service": EC2["service"]}}),
        (
            {"template": "daily_ri_utilization", "service": "Amazon Redshift"},
            "RI_UTILIZATION",
            {"CostFilters": {"Service": ["Amazon Redshift"]}},
        ),
    ],
)
def test_daily_templates_tell_of_less_than_the_target(declared: Any, kind: str, filters: Any) -> None:
    made = created(declared | {"target": 80} | TELL)
    assert made["Budget"] == {
        "BudgetName": "it",
        "BudgetType": kind,
        "TimeUnit": "DAILY",
        "BudgetLimit": {"Amount": "100", "Unit": "PERCENTAGE"},
        **filters,
    }
    assert made["NotificationsWithSubscribers"] == [told("ACTUAL", "LESS_THAN", 80.0)]


@pytest.mark.parametrize(
    ("declared", "pointers"),
    [
        ({"template": "zero_spend"}, {"/subscribers"}),
        ({"template": "zero"} | TELL, {"/template"}),
        ({"template": "zero_spend", "limit": {"amount": "1", "unit": "USD"}} | TELL, {"/limit"}),
        ({"template": "monthly_cost"} | TELL, {"/limit"}),
        ({"template": "monthly_cost", "limit": {"amount": "1", "unit": "usd"}} | TELL, {"/limit/unit"}),
        ({"template": "daily_ri_utilization"} | TELL, {"/target"}),
        ({"template": "daily_savings_plans_coverage", "target": 101} | TELL, {"/target"}),
        ({"template": "daily_savings_plans_coverage", "target": 80, "service": "x"} | TELL, {"/service"}),
        ({"template": "zero_spend", "period": "daily"} | TELL, {"/period"}),
        ({"template": "zero_spend", "subscribers": [{"email": "no"}]}, {"/subscribers/0/email"}),
        (
            {
                "template": "monthly_cost",
                "limit": {"amount": "1", "unit": "USD"},
                "subscribers": TELL["subscribers"] * 2,
            },
            {"/subscribers/1"},
        ),
    ],
)
def test_template_says_where_it_is_written_wrong(declared: dict[str, Any], pointers: set[str]) -> None:
    assert refused(declared).keys() == pointers


def test_template_and_its_fields_written_out_are_the_same() -> None:
    short = KIND.parse("it", {"template": "daily_savings_plans_coverage", "target": "80.0", **TELL}, CONTEXT)
    written = {
        "type": "savings_plans_coverage",
        "limit": {"amount": "100", "unit": "PERCENTAGE"},
        "period": "daily",
        "filter": {},
        "notifications": [alert(below=80)],
    }
    assert plain(short) == plain(KIND.parse("it", written, CONTEXT))
