"""A budget as both sides see it: declared and observed are this one type."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from typing import Any

from provisioning.core.fields import UNMANAGED, Exclusive, FrozenMap, Shared, Unmanaged
from provisioning.core.plain import canonical

OTHER_DIALECT = "other_dialect"


@dataclass(frozen=True)
class Limit:
    """How much may be spent or used in one period."""

    amount: Decimal
    unit: str


@dataclass(frozen=True)
class PlannedLimits:
    """One amount per calendar month or quarter, January or the first quarter first; None where AWS holds none.

    `lapsed`: its last period has come, so that AWS would go on with that amount for ever.
    """

    amounts: tuple[Decimal | None, ...]
    unit: str
    lapsed: bool = False


@dataclass(frozen=True)
class AutoAdjusted:
    """AWS works the limit out: by `historical` use of the last `lookback` periods, or by `forecast`."""

    by: str
    lookback: int | None = None


@dataclass(frozen=True)
class Expression:
    """A filter that only the newer dialect can say, as canonical JSON of AWS's Expression."""

    text: str

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> "Expression":
        return cls(canonical(value))

    def to_plain(self) -> Any:
        return {"expression": json.loads(self.text)}


@dataclass(frozen=True)
class OtherForm:
    """Charge types and a metric that cost types can't say, as the newer dialect says them."""

    reason: str
    text: str

    @classmethod
    def of(cls, reason: str, value: Mapping[str, Any]) -> "OtherForm":
        return cls(reason, canonical(value))

    def to_plain(self) -> Any:
        return {self.reason: json.loads(self.text)}


@dataclass(frozen=True, order=True)
class Subscriber:
    """Who is told. The address stays out of `repr`, and so out of logs and tracebacks."""

    kind: str
    address: str = field(repr=False)

    def to_plain(self) -> Any:
        return {self.kind: self.address}


class Unread(Enum):
    """The type of `UNREAD`: nobody could say who subscribes to this notification. Not the same as nobody."""

    UNREAD = "not_read"


UNREAD = Unread.UNREAD
Subscribers = frozenset[Subscriber] | Unread


@dataclass(frozen=True, order=True)
class NotificationKey:
    """What makes a notification itself: AWS gives it no id. `threshold` is as exact as the double AWS keeps."""

    when: str
    operator: str
    threshold: Decimal
    unit: str

    def __str__(self) -> str:
        return f"{self.when} {self.operator} {self.threshold.normalize():f} {self.unit}"


def threshold(value: Any) -> Decimal:
    """A number, or its text, as the double AWS keeps it as: 70, 70.0 and "70.00" are one."""
    return Decimal(repr(float(value)))


Notifications = FrozenMap[NotificationKey, Subscribers]
Filters = FrozenMap[str, frozenset[str]]
CostTypes = FrozenMap[str, bool]


@dataclass(frozen=True)
class BudgetSpec:
    """One budget. `start` is a date; `filter` is by our words, tags as `user:Key$Value`, as AWS stores them."""

    type: str
    limit: Limit | PlannedLimits | AutoAdjusted | Unmanaged
    period: str
    filter: Exclusive[Filters] | Expression | Unmanaged = UNMANAGED
    cost_types: Exclusive[CostTypes] | Shared[CostTypes] | OtherForm | Unmanaged = UNMANAGED
    start: str | Unmanaged = UNMANAGED
    notifications: Exclusive[Notifications] | Shared[Notifications] | Unmanaged = UNMANAGED
