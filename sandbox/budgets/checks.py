"""What Budgets refuses beyond the limits of its model (Cost Management guide, Budgets API reference)."""

from __future__ import annotations

import re
from typing import Any

from sandbox.budgets.model import FAR_END, Budget, Notification, instant, notification_key, period_starts
from sandbox.errors import AwsError, invalid_parameter

_FIXED = ("RI_UTILIZATION", "RI_COVERAGE", "SAVINGS_PLANS_UTILIZATION", "SAVINGS_PLANS_COVERAGE")
_PLANNED = {"MONTHLY": 12, "QUARTERLY": 4}
_LOOKBACK = {"DAILY": 60, "MONTHLY": 12, "QUARTERLY": 4, "ANNUALLY": 1}
_DEEPEST = 2
_AMOUNT = re.compile(r"([0-9]*\.)?[0-9]+")
_SNS_TOPIC = re.compile(r"arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:.+")
EMAIL_LIMIT, SNS_LIMIT = 10, 1


def check_name(name: str) -> None:
    forbidden = ":" in name or "\\" in name or "/action/" in name or re.search(r"(?i)<script>.*</script>", name)
    if forbidden or not 1 <= len(name) <= 100:
        raise invalid_parameter(
            "BudgetName must be 1 to 100 characters long and must not contain ':', '\\', '/action/' or a script."
        )


def check_body(body: dict[str, Any]) -> None:
    """Raises InvalidParameterException."""
    check_name(body["BudgetName"])
    _check_limits(body)
    _check_dialect(body)
    period = body.get("TimePeriod") or {}
    if period.get("Start") and instant(period["Start"], 0) >= instant(period.get("End"), FAR_END):
        raise invalid_parameter("The start date must be before the end date.")


def _check_limits(body: dict[str, Any]) -> None:
    given = [name for name in ("BudgetLimit", "PlannedBudgetLimits", "AutoAdjustData") if body.get(name)]
    if body["BudgetType"] in _FIXED:
        _check_fixed(body, given)
    elif len(given) != 1:
        raise invalid_parameter(
            "Unable to create/update budget - please provide one of the followings: "
            "Budget Limit/ Planned Budget Limit/ Auto Adjust Data"
        )
    for spend in [body.get("BudgetLimit"), *(body.get("PlannedBudgetLimits") or {}).values()]:
        if spend and not _AMOUNT.fullmatch(spend["Amount"]):
            raise invalid_parameter(f"Amount {spend['Amount']} is not a plain decimal number.")
        if spend and body["BudgetType"] == "COST" and spend["Unit"] != "USD":
            raise invalid_parameter(f"Unit {spend['Unit']} is not the currency of this account: use USD.")
    if body.get("PlannedBudgetLimits"):
        _check_planned(body)
    if body.get("AutoAdjustData"):
        _check_adjusting(body)


def _check_planned(body: dict[str, Any]) -> None:
    """As many as are left of a year of them, without a gap, from the present period on."""
    count = _PLANNED.get(body["TimeUnit"])
    if count is None:
        raise invalid_parameter("PlannedBudgetLimits are for MONTHLY and QUARTERLY budgets only.")
    given = sorted(map(int, body["PlannedBudgetLimits"]))
    due = period_starts(body["TimeUnit"], count)
    if given != due[: len(given)]:
        raise invalid_parameter(
            f"PlannedBudgetLimits must start from the current period and have {count} entries, keyed by period starts."
        )


def _check_adjusting(body: dict[str, Any]) -> None:
    adjusting = body["AutoAdjustData"]
    history = adjusting.get("HistoricalOptions")
    if (adjusting["AutoAdjustType"] == "HISTORICAL") != bool(history):
        raise invalid_parameter("HistoricalOptions are needed for HISTORICAL and are not for FORECAST.")
    most = _LOOKBACK.get(body["TimeUnit"], 0)
    if history and not 1 <= history["BudgetAdjustmentPeriod"] <= most:
        raise invalid_parameter(f"BudgetAdjustmentPeriod of a {body['TimeUnit']} budget must be from 1 to {most}.")


def _check_fixed(body: dict[str, Any], given: list[str]) -> None:
    if set(given) - {"BudgetLimit"}:
        raise invalid_parameter(f"{given[-1]} is for COST and USAGE budgets only.")
    services = (body.get("CostFilters") or {}).get("Service") or []
    if body["BudgetType"].startswith("RI_") and len(services) != 1 and not body.get("FilterExpression"):
        raise invalid_parameter(f"A {body['BudgetType']} budget needs a filter of exactly one Service.")
    limit = body.get("BudgetLimit")
    if limit and (float(limit["Amount"]) != 100 or limit["Unit"] != "PERCENTAGE"):
        raise invalid_parameter("The limit of this budget type must be 100 PERCENTAGE.")


def _check_dialect(body: dict[str, Any]) -> None:
    older = [name for name in ("CostFilters", "CostTypes") if body.get(name)]
    newer = [name for name in ("FilterExpression", "Metrics") if body.get(name)]
    if older and newer:
        raise invalid_parameter(f"{older[0]} and {newer[0]} can't be used together.")
    if body.get("CostTypes") and body["BudgetType"] != "COST":
        raise invalid_parameter("CostTypes are for COST budgets only.")
    if body.get("Metrics") and len(body["Metrics"]) != 1:
        raise invalid_parameter("Exactly one metric must be given.")
    if body.get("FilterExpression"):
        _check_expression(body["FilterExpression"], 0)


def _check_expression(expression: dict[str, Any], depth: int) -> None:
    """One root; And and Or of two or more; two deep at most."""
    given = [name for name, value in expression.items() if value]
    if len(given) != 1:
        raise invalid_parameter("An Expression has exactly one root operator.")
    name, value = given[0], expression[given[0]]
    if name not in ("And", "Or", "Not"):
        return
    if depth == _DEEPEST:
        raise invalid_parameter(f"Expressions may be nested {_DEEPEST} deep.")
    parts = [value] if name == "Not" else value
    if name != "Not" and len(parts) < 2:
        raise invalid_parameter(f"{name} needs two operands.")
    for part in parts:
        _check_expression(part, depth + 1)


def check_period(body: dict[str, Any], notifications: list[Notification]) -> None:
    """A daily budget has no forecast, and neither has a percentage."""
    if body["BudgetType"] in _FIXED and any(item.key[0] == "FORECASTED" for item in notifications):
        raise invalid_parameter(f"FORECASTED notifications are not supported for {body['BudgetType']} budgets.")
    if body["TimeUnit"] == "DAILY" and any(item.key[0] == "FORECASTED" for item in notifications):
        raise invalid_parameter("FORECASTED notifications are not supported for DAILY budgets.")


def made_notification(given: dict[str, Any], subscribers: list[dict[str, str]]) -> Notification:
    check_subscribers(subscribers)
    return Notification(notification_key(given), [dict(item) for item in subscribers])


def check_subscribers(subscribers: list[dict[str, str]]) -> None:
    """At least one, at most ten e-mail addresses and one SNS topic, none twice."""
    if not subscribers:
        raise invalid_parameter("A notification needs at least one subscriber.")
    for item in subscribers:
        _check_address(item)
    if len({subscriber_key(item) for item in subscribers}) != len(subscribers):
        raise duplicate("subscriber")
    kinds = [item["SubscriptionType"] for item in subscribers]
    if kinds.count("EMAIL") > EMAIL_LIMIT or kinds.count("SNS") > SNS_LIMIT:
        raise AwsError(
            "CreationLimitExceededException",
            f"A notification takes at most {EMAIL_LIMIT} EMAIL and {SNS_LIMIT} SNS subscribers.",
        )


def _check_address(item: dict[str, str]) -> None:
    address = item["Address"]
    if item["SubscriptionType"] == "EMAIL" and not re.fullmatch(r"[^@\s]+@[^@\s]+", address):
        raise invalid_parameter("The e-mail address of a subscriber is not valid.")
    if item["SubscriptionType"] == "SNS" and not _SNS_TOPIC.fullmatch(address):
        raise invalid_parameter("The address of an SNS subscriber must be the ARN of a topic.")


def subscriber_key(item: dict[str, str]) -> tuple[str, str]:
    return item["SubscriptionType"], item["Address"]


def refuse_duplicate(budget: Budget, notification: Notification) -> None:
    if any(item.key == notification.key for item in budget.notifications):
        raise duplicate("notification")


def duplicate(what: str) -> AwsError:
    return AwsError("DuplicateRecordException", f"Error creating {what} - the {what} already exists.")
