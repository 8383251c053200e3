"""The fields of a budget in a baseline: their shape, and the JSON Schema that is published of it."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field
from pydantic.json_schema import WithJsonSchema

from provisioning.kinds.budget.expression import schema as expression_schema
from provisioning.kinds.budget.words import METRICS
from provisioning.kinds.declaration import BINDING, EXCLUSIVE, SHARED, Declaration, Include, refuse, undeclared

AMOUNT = r"^([0-9]*\.)?[0-9]+$"
EMAIL = r"^[^@\s]+@[^@\s.]+(\.[^@\s.]+)+$"
TOPIC = r"^(arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:|[a-z]{2}[a-z0-9-]*-[0-9]:)[A-Za-z0-9_-]{1,256}$"
HIGHEST_THRESHOLD = 15 * 10**12


def _matching(pattern: str, advice: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        if not re.fullmatch(pattern.strip("^$"), value):
            raise refuse(advice)
        return value

    return check


def _digits(value: Any) -> str:
    text = _text(value)
    if not re.fullmatch(AMOUNT[1:-1], text):
        raise refuse('Write digits with an optional fraction, e.g. "10" or "10.50": no sign, no exponent.')
    return text


def _text(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value if isinstance(value, str) else ""
    return format(Decimal(str(value)), "f")


def _threshold(value: Any) -> float:
    text = _text(value)
    if not re.fullmatch(AMOUNT[1:-1], text):
        raise refuse("Write a number, e.g. 70 or 70.5.")
    if float(text) > HIGHEST_THRESHOLD:
        raise refuse(f"Choose a threshold of at most {HIGHEST_THRESHOLD}.")
    return float(text)


def _calendar_date(value: str) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise refuse("Write a date as year-month-day, e.g. 2026-01-01.") from None


_NUMBER = {"anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": AMOUNT}]}
Amount = Annotated[Any, AfterValidator(_digits), WithJsonSchema(_NUMBER)]
Threshold = Annotated[
    Any, AfterValidator(_threshold), WithJsonSchema(_NUMBER | {"description": f"at most {HIGHEST_THRESHOLD}"})
]
CalendarDate = Annotated[str, AfterValidator(_calendar_date), WithJsonSchema({"type": "string", "format": "date"})]
Email = Annotated[
    str,
    AfterValidator(_matching(EMAIL, "Write one e-mail address, e.g. costs@example.com.")),
    WithJsonSchema({"type": "string", "format": "email"}),
]
Topic = Annotated[
    str,
    AfterValidator(_matching(TOPIC, "Write the ARN of a standard SNS topic, or region:name, e.g. us-east-1:costs.")),
    WithJsonSchema({"type": "string", "pattern": TOPIC}),
]
Value = Annotated[str, Field(min_length=1)]
Values = Annotated[list[Value], Field(min_length=1)]


class LimitFields(Declaration):
    amount: Amount = Field(description="Digits with an optional fraction. AWS: BudgetLimit.Amount")
    unit: Value = Field(description="USD for a cost budget; the unit of the usage type, e.g. GB, for a usage budget")


class PlannedFields(Declaration):
    """AWS: PlannedBudgetLimits, sent from the present period on."""

    unit: Value = Field(description="As of limit")
    amounts: Annotated[list[Amount], Field(min_length=4, max_length=12)] = Field(
        description="12 amounts for the months, January first, or 4 for the quarters; the same every year"
    )


class AutoAdjustFields(Declaration):
    """AWS: AutoAdjustData."""

    by: Literal["historical", "forecast"] = Field(description="AWS: AutoAdjustType")
    lookback: Annotated[int, Field(ge=1, le=60)] = undeclared(
        description="Of historical: how many past periods are averaged. AWS: BudgetAdjustmentPeriod"
    )


class FilterFields(Declaration):
    """AWS: CostFilters. The value lists are alternatives; several dimensions must all hold."""

    service: Values = undeclared()
    linked_account: Values = undeclared(description="For budgets of the management account only")
    region: Values = undeclared()
    availability_zone: Values = undeclared()
    instance_type: Values = undeclared()
    operation: Values = undeclared()
    purchase_type: Values = undeclared()
    usage_type: Values = undeclared()
    usage_type_group: Values = undeclared()
    billing_entity: Values = undeclared()
    invoicing_entity: Values = undeclared()
    legal_entity: Values = undeclared()
    cost_category: Values = undeclared(description="Each as Name$Value")
    tag: Annotated[dict[Value, Values], Field(min_length=1)] = undeclared(
        description="Tag key -> values. A key of AWS's own begins with aws:"
    )


class CostTypesFields(Declaration):
    """AWS: CostTypes. What is left out is not managed."""

    include_tax: bool = undeclared()
    include_subscription: bool = undeclared()
    include_refund: bool = undeclared()
    include_credit: bool = undeclared()
    include_upfront: bool = undeclared()
    include_recurring: bool = undeclared()
    include_other_subscription: bool = undeclared()
    include_support: bool = undeclared()
    include_discount: bool = undeclared()
    use_blended: bool = undeclared()
    use_amortized: bool = undeclared()


class SubscriberFields(Declaration):
    """Exactly one of the two."""

    email: Email = undeclared(description="An address that AWS writes to.")
    sns: Topic = undeclared(description="A topic of the same account: its ARN, or region:name")


class NotificationFields(Declaration):
    """Exactly one of above, below and equals."""

    when: Literal["actual", "forecasted"] = Field(description="Spent, or forecast. AWS: NotificationType")
    above: Threshold = undeclared()
    below: Threshold = undeclared()
    equals: Threshold = undeclared()
    unit: Literal["percent", "absolute"] = Field("percent", description="Of `above`. AWS: ThresholdType")
    subscribers: Annotated[list[SubscriberFields], Field(min_length=1, description="Who is told.")]


NotificationsField = Annotated[
    Annotated[list[NotificationFields], EXCLUSIVE] | Annotated[Include[list[NotificationFields]], SHARED], BINDING
]


BudgetType = Literal[
    "cost", "usage", "ri_utilization", "ri_coverage", "savings_plans_utilization", "savings_plans_coverage"
]
At = Literal["member", "payer"]
ExpressionField = Annotated[dict[str, Any], WithJsonSchema(expression_schema())]


class BudgetFields(Declaration):
    """A budget of this account. Fields left out are not managed."""

    type: BudgetType = Field(description="Money, amounts of one usage type, or a percentage. AWS: BudgetType")
    limit: LimitFields = undeclared(description="The amount per period; always 100 PERCENTAGE where it is a percentage")
    planned_limits: PlannedFields = undeclared(description="Instead of limit: an amount per month or quarter")
    auto_adjust: AutoAdjustFields = undeclared(description="Instead of limit: AWS works it out")
    period: Literal["daily", "monthly", "quarterly", "annually"] = Field(description="AWS: TimeUnit")
    start: CalendarDate = undeclared(description="First day (UTC). AWS: TimePeriod.Start")
    filter: FilterFields = undeclared()
    cost_types: CostTypesFields = undeclared()
    filter_expression: ExpressionField = undeclared(description="Instead of filter, with metric. AWS: FilterExpression")
    metric: Literal[tuple(METRICS)] = undeclared(description="Beside filter_expression: what is summed up")  # type: ignore[valid-type]
    notifications: NotificationsField = undeclared(
        description="A list: these and no others. {include: [...]}: at least these"
    )
    at: At = undeclared(description="Where AWS keeps it: in the account itself, or at the payer.")
