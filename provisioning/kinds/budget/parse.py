"""From the fields of a declaration to a spec, or every reason why not."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from provisioning.core.errors import DeclarationError
from provisioning.core.fields import UNMANAGED, Exclusive, FrozenMap, Shared, Unmanaged
from provisioning.core.kind import Context
from provisioning.kinds.budget.declaration import (
    BudgetFields,
    CostTypesFields,
    FilterFields,
    NotificationFields,
    SubscriberFields,
)
from provisioning.kinds.budget.dialects import of_newer
from provisioning.kinds.budget.expression import as_aws
from provisioning.kinds.budget.rules import broken
from provisioning.kinds.budget.spec import (
    AutoAdjusted,
    BudgetSpec,
    CostTypes,
    Filters,
    Limit,
    NotificationKey,
    Notifications,
    PlannedLimits,
    Subscriber,
    threshold,
)
from provisioning.kinds.budget.templates import as_declared, expanded, is_template
from provisioning.kinds.budget.words import METRICS, OPERATORS, TYPES
from provisioning.kinds.declaration import Include, contents, read


def parse(name: str, declared: Mapping[str, Any], context: Context) -> BudgetSpec:
    """Raises DeclarationError."""
    if not is_template(declared):
        return _parsed(name, declared, context)
    try:
        return _parsed(name, expanded(declared, context), context)
    except DeclarationError as error:
        raise as_declared(error) from None


def _parsed(name: str, declared: Mapping[str, Any], context: Context) -> BudgetSpec:
    return _spec(read(BudgetFields, declared, context, broken(name, declared, context)), context)


def _spec(fields: BudgetFields, context: Context) -> BudgetSpec:
    given = fields.model_fields_set
    filters, types = _counted(fields)
    return BudgetSpec(
        type=fields.type,
        limit=_limit(fields),
        period=fields.period,
        filter=filters,
        cost_types=types,
        start=fields.start if "start" in given else UNMANAGED,
        notifications=_binding(fields.notifications, context) if "notifications" in given else UNMANAGED,
    )


def _limit(fields: BudgetFields) -> Limit | PlannedLimits | AutoAdjusted | Unmanaged:
    given = fields.model_fields_set
    if "planned_limits" in given:
        return PlannedLimits(tuple(map(Decimal, fields.planned_limits.amounts)), fields.planned_limits.unit)
    if "auto_adjust" in given:
        lookback = fields.auto_adjust.lookback if "lookback" in fields.auto_adjust.model_fields_set else None
        return AutoAdjusted(fields.auto_adjust.by, lookback)
    return Limit(Decimal(fields.limit.amount), fields.limit.unit) if "limit" in given else UNMANAGED


def _counted(fields: BudgetFields) -> tuple[Any, Any]:
    """The filter and the cost types; an expression with its metric says both."""
    given = fields.model_fields_set
    if "filter_expression" in given:
        scope = of_newer(as_aws(fields.filter_expression), [METRICS[fields.metric]], TYPES[fields.type])
        return scope.filter, scope.cost_types
    return (
        Exclusive(_filters(fields.filter)) if "filter" in given else UNMANAGED,
        Shared(_cost_types(fields.cost_types)) if "cost_types" in given else UNMANAGED,
    )


def _filters(fields: FilterFields) -> Filters:
    given = {name: getattr(fields, name) for name in fields.model_fields_set}
    return FrozenMap({name: frozenset(_tags(value) if name == "tag" else value) for name, value in given.items()})


def _tags(tags: Mapping[str, Iterable[str]]) -> Iterator[str]:
    """AWS stores `user:Key$Value`; keys that AWS made keep their own prefix."""
    for key, values in tags.items():
        prefix = "" if key.startswith("aws:") else "user:"
        yield from (f"{prefix}{key}${value}" for value in values)


def _cost_types(fields: CostTypesFields) -> CostTypes:
    return FrozenMap({name: getattr(fields, name) for name in fields.model_fields_set})


def _binding(
    fields: list[NotificationFields] | Include[list[NotificationFields]], context: Context
) -> Exclusive[Notifications] | Shared[Notifications]:
    notifications = _notifications(contents(fields), context)
    return Shared(notifications) if isinstance(fields, Include) else Exclusive(notifications)


def _notifications(listed: Iterable[NotificationFields], context: Context) -> Notifications:
    return FrozenMap(
        {_key(fields): frozenset(_subscriber(item, context) for item in fields.subscribers) for fields in listed}
    )


def _key(fields: NotificationFields) -> NotificationKey:
    operator = next(operator for operator in OPERATORS if operator in fields.model_fields_set)
    return NotificationKey(fields.when, operator, threshold(getattr(fields, operator)), fields.unit)


def _subscriber(fields: SubscriberFields, context: Context) -> Subscriber:
    if "email" in fields.model_fields_set:
        return Subscriber("email", fields.email)
    topic = fields.sns if fields.sns.startswith("arn:") else f"arn:{context.partition}:sns:{_at(fields.sns, context)}"
    return Subscriber("sns", topic)


def _at(topic: str, context: Context) -> str:
    region, _, name = topic.partition(":")
    return f"{region}:{context.account_id}:{name}"
