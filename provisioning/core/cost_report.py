"""What a report on costs says, from rows that were read: the fullest budgets, alarms, and what is not known. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

OVER = Decimal(80)
"""Percent of a limit from which on an account is named: strictly more."""
ALL = Decimal(100)
MOST_SHOWN, MOST_CROSSED, MOST_ACCOUNTS = 20, 50, 50


@dataclass(frozen=True)
class BudgetLine:
    """One budget and where it stands. Texts are as others wrote them: whoever prints them escapes them."""

    account_id: str
    account_name: str
    name: str
    type: str
    period: str
    unit: str
    limit: Decimal | None
    actual: Decimal | None
    forecast: Decimal | None
    used_percent: Decimal | None
    forecast_percent: Decimal | None
    crossed: tuple[str, ...]

    @property
    def is_over(self) -> bool:
        """Whether more than 80 % of its limit is used."""
        return self.used_percent is not None and self.used_percent > OVER

    @property
    def is_spent(self) -> bool:
        """Whether all of its limit is used."""
        return self.used_percent is not None and self.used_percent >= ALL

    @property
    def bar(self) -> int:
        """Percent for a bar's width: a limit that is passed fills it."""
        return max(0, min(100, int(self.used_percent or 0)))

    @property
    def rest(self) -> int:
        """What is left of the bar."""
        return 100 - self.bar


@dataclass(frozen=True)
class AccountLine:
    """An account, and why it is named."""

    account_id: str
    account_name: str
    why: str


@dataclass(frozen=True)
class Total:
    """Cost budgets of one period and currency together. Budgets may count the same spending twice."""

    period: str
    unit: str
    budgets: int
    limit: Decimal
    actual: Decimal
    forecast: Decimal | None


@dataclass(frozen=True)
class CostReport:
    """Everything a report says; `…_count` counts all, the tuples hold the first of them."""

    name: str
    scope: str
    at: datetime
    accounts: int
    budgets: int
    totals: tuple[Total, ...]
    fullest: tuple[BudgetLine, ...]
    over_count: int
    over_accounts: int
    crossed: tuple[BudgetLine, ...]
    crossed_count: int
    without: tuple[AccountLine, ...]
    without_count: int
    unknown: tuple[AccountLine, ...]
    unknown_count: int


def cost_report(
    *,
    name: str,
    scope: str,
    at: datetime,
    accounts: int,
    lines: Iterable[BudgetLine],
    without: Sequence[AccountLine],
    unknown: Sequence[AccountLine],
) -> CostReport:
    """The report over these rows: the fullest first, no more of each sort than a mail can hold."""
    rows = tuple(lines)
    used = [row for row in rows if row.used_percent is not None]
    fullest = sorted(used, key=lambda row: (-(row.used_percent or 0), row.account_id, row.name))
    over = [row for row in fullest if row.is_over]
    crossed = sorted((row for row in rows if row.crossed), key=lambda row: (row.account_id, row.name))
    return CostReport(
        name=name,
        scope=scope,
        at=at,
        accounts=accounts,
        budgets=len(rows),
        totals=totals(rows),
        fullest=tuple(fullest[:MOST_SHOWN]),
        over_count=len(over),
        over_accounts=len({row.account_id for row in over}),
        crossed=tuple(crossed[:MOST_CROSSED]),
        crossed_count=sum(len(row.crossed) for row in crossed),
        without=tuple(without[:MOST_ACCOUNTS]),
        without_count=len(without),
        unknown=tuple(unknown[:MOST_ACCOUNTS]),
        unknown_count=len(unknown),
    )


def totals(rows: Iterable[BudgetLine]) -> tuple[Total, ...]:
    """Per period and currency, of cost budgets. A forecast only where AWS gave one for each of them."""
    cost = [row for row in rows if row.type == "cost"]
    return tuple(
        _total(period, unit, [row for row in cost if (row.period, row.unit) == (period, unit)])
        for period, unit in sorted({(row.period, row.unit) for row in cost})
    )


def _total(period: str, unit: str, rows: Sequence[BudgetLine]) -> Total:
    forecasts = [row.forecast for row in rows if row.forecast is not None]
    return Total(
        period,
        unit,
        len(rows),
        sum((row.limit or Decimal(0) for row in rows), Decimal(0)),
        sum((row.actual or Decimal(0) for row in rows), Decimal(0)),
        sum(forecasts, Decimal(0)) if len(forecasts) == len(rows) else None,
    )


def threshold_text(crossed: dict[str, str], unit: str) -> str:
    """A threshold as people say it: `actual above 80 %`, `forecasted above 12 USD`."""
    size = (
        f"{crossed['threshold']} %"
        if crossed["unit"] == "percent" or unit == "percent"
        else f"{crossed['threshold']} {unit}"
    )
    return f"{crossed['when']} {crossed['is']} {size}"
