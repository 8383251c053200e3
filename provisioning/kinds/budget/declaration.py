"""The fields of a budget in a baseline: their shape, and the JSON Schema that is published of it."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, Field, StrictBool, StrictStr, Tag
from pydantic.json_schema import WithJsonSchema

AMOUNT = r"^([0-9]*\.)?[0-9]+$"
EMAIL = r"^[^@\s]+@[^@\s.]+(\.[^@\s.]+)+$"
TOPIC = r"^(arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:|[a-z]{2}[a-z0-9-]*-[0-9]:)[A-Za-z0-9_-]{1,256}$"
HIGHEST_THRESHOLD = 15 * 10**12

Text = TypeVar("Text", bound=str)


def _matching(pattern: str, advice: str) -> Callable[[Text], Text]:
    def check(value: Text) -> Text:
        if not re.fullmatch(pattern.strip("^$"), value):
            raise ValueError(advice)
        return value

    return check


def _digits(value: Any) -> str:
    text = _text(value)
    if not re.fullmatch(AMOUNT[1:-1], text):
        raise ValueError('write digits with an optional fraction, e.g. "10" or "10.50": no sign, no exponent')
    return text


def _text(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value if isinstance(value, str) else ""
    return format(Decimal(str(value)), "f")


def _threshold(value: Any) -> float:
    text = _text(value)
    if not re.fullmatch(AMOUNT[1:-1], text):
        raise ValueError("write a number, e.g. 70 or 70.5")
    if float(text) > HIGHEST_THRESHOLD:
        raise ValueError(f"choose a threshold of at most {HIGHEST_THRESHOLD}")
    return float(text)


def _calendar_date(value: str) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise ValueError("write a date as year-month-day, e.g. 2026-01-01") from None


_NUMBER = {"anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": AMOUNT}]}
Amount = Annotated[Any, AfterValidator(_digits), WithJsonSchema(_NUMBER)]
Threshold = Annotated[
    Any, AfterValidator(_threshold), WithJsonSchema(_NUMBER | {"description": f"at most {HIGHEST_THRESHOLD}"})
]
CalendarDate = Annotated[
    StrictStr, AfterValidator(_calendar_date), WithJsonSchema({"type": "string", "format": "date"})
]
Email = Annotated[
    StrictStr,
    AfterValidator(_matching(EMAIL, "write one e-mail address, e.g. costs@example.com")),
    WithJsonSchema({"type": "string", "format": "email"}),
]
Topic = Annotated[
    StrictStr,
    AfterValidator(_matching(TOPIC, "write the ARN of a standard SNS topic, or region:name, e.g. us-east-1:costs")),
    WithJsonSchema({"type": "string", "pattern": TOPIC}),
]
Value = Annotated[StrictStr, Field(min_length=1)]
Values = Annotated[list[Value], Field(min_length=1)]
# Left out means not managed; an explicit null is refused, because no reader could tell which of the two it means.
LEFT_OUT: Any = None


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LimitFields(_Strict):
    amount: Amount = Field(description="Digits with an optional fraction. AWS: BudgetLimit.Amount")
    unit: Value = Field(description="USD for a cost budget; the unit of the usage type, e.g. GB, for a usage budget")


class FilterFields(_Strict):
    """AWS: CostFilters. The value lists are alternatives; several dimensions must all hold."""

    service: Values = LEFT_OUT
    linked_account: Values = Field(LEFT_OUT, description="For budgets of the management account only")
    region: Values = LEFT_OUT
    availability_zone: Values = LEFT_OUT
    instance_type: Values = LEFT_OUT
    operation: Values = LEFT_OUT
    purchase_type: Values = LEFT_OUT
    usage_type: Values = LEFT_OUT
    usage_type_group: Values = LEFT_OUT
    billing_entity: Values = LEFT_OUT
    invoicing_entity: Values = LEFT_OUT
    legal_entity: Values = LEFT_OUT
    cost_category: Values = Field(LEFT_OUT, description="Each as Name$Value")
    tag: Annotated[dict[Value, Values], Field(min_length=1)] = Field(
        LEFT_OUT, description="Tag key -> values. A key of AWS's own begins with aws:"
    )


class CostTypesFields(_Strict):
    """AWS: CostTypes. What is left out is not managed."""

    include_tax: StrictBool = LEFT_OUT
    include_subscription: StrictBool = LEFT_OUT
    include_refund: StrictBool = LEFT_OUT
    include_credit: StrictBool = LEFT_OUT
    include_upfront: StrictBool = LEFT_OUT
    include_recurring: StrictBool = LEFT_OUT
    include_other_subscription: StrictBool = LEFT_OUT
    include_support: StrictBool = LEFT_OUT
    include_discount: StrictBool = LEFT_OUT
    use_blended: StrictBool = LEFT_OUT
    use_amortized: StrictBool = LEFT_OUT


class SubscriberFields(_Strict):
    """Exactly one of the two."""

    email: Email = LEFT_OUT
    sns: Topic = Field(LEFT_OUT, description="A topic of the same account: its ARN, or region:name")


class NotificationFields(_Strict):
    """Exactly one of above, below and equals."""

    when: Literal["actual", "forecasted"]
    above: Threshold = LEFT_OUT
    below: Threshold = LEFT_OUT
    equals: Threshold = LEFT_OUT
    unit: Literal["percent", "absolute"] = "percent"
    subscribers: Annotated[list[SubscriberFields], Field(min_length=1)]


class SharedNotifications(_Strict):
    include: list[NotificationFields]


EXCLUSIVE, SHARED = "a list", "include"


def _binding(value: Any) -> str:
    return SHARED if isinstance(value, dict | SharedNotifications) else EXCLUSIVE


NotificationsField = Annotated[
    Annotated[list[NotificationFields], Tag(EXCLUSIVE)] | Annotated[SharedNotifications, Tag(SHARED)],
    Discriminator(_binding),
]


class BudgetFields(_Strict):
    """A budget of this account. Fields left out are not managed."""

    type: Literal["cost", "usage"]
    limit: LimitFields
    period: Literal["daily", "monthly", "quarterly", "annually"] = Field(description="AWS: TimeUnit")
    start: CalendarDate = Field(LEFT_OUT, description="First day (UTC). AWS: TimePeriod.Start")
    filter: FilterFields = LEFT_OUT
    cost_types: CostTypesFields = LEFT_OUT
    notifications: NotificationsField = Field(
        LEFT_OUT, description="A list: these and no others. {include: [...]}: at least these"
    )


def schema() -> dict[str, Any]:
    """JSON Schema of the fields, without the nulls that stand for 'left out' and that nobody may write."""
    return {name: _without_nulls(value) for name, value in BudgetFields.model_json_schema().items()}


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nulls(item) for name, item in value.items() if (name, item) != ("default", None)}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value
