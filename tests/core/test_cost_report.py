"""What a report says, and when the next one is due."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from provisioning.core.cost_report import AccountLine, BudgetLine, CostReport, cost_report, threshold_text
from provisioning.core.report_schedule import next_time, retry_after, wrong_day


def line(account: str = "1", used: str | None = "50", **fields: Any) -> BudgetLine:
    given = {"account_id": account, "account_name": f"account {account}", "name": "all", "type": "cost"}
    given |= {"period": "monthly", "unit": "USD", "limit": Decimal(100), "forecast": None, "forecast_percent": None}
    amount = None if used is None else Decimal(used)
    return BudgetLine(**{**given, "actual": amount, "used_percent": amount, "crossed": (), **fields})


def report(*lines: BudgetLine, **fields: Any) -> CostReport:
    given: dict[str, Any] = {"name": "x", "scope": "fleet", "at": datetime(2026, 1, 1, tzinfo=UTC), "accounts": 1}
    return cost_report(**{**given, "lines": lines, "without": [], "unknown": [], **fields})


def test_the_fullest_come_first_and_no_more_than_twenty_of_them() -> None:
    found = report(*(line(str(n), str(80 + n)) for n in range(30)))
    assert [row.used_percent for row in found.fullest][:2] == [109, 108]
    assert (len(found.fullest), found.over_count, found.over_accounts) == (20, 29, 29), "80 % itself is not over 80 %"


def test_bars_end_where_the_limit_is() -> None:
    assert [(row.bar, row.rest) for row in (line(used="81.9"), line(used="250"), line(used=None))] == [
        (81, 19),
        (100, 0),
        (0, 100),
    ]


def test_totals_are_of_one_period_and_currency_and_forecast_only_what_was_forecast() -> None:
    found = report(
        line("1", "10", forecast=Decimal(20)),
        line("2", "30", forecast=Decimal(40)),
        line("3", "5", period="daily"),
        line("4", "5", type="usage", unit="GB"),
        line("5", "7", unit="EUR", forecast=Decimal(1)),
        line("6", "7", unit="EUR"),
    )
    assert [(one.period, one.unit, one.budgets, one.actual, one.limit, one.forecast) for one in found.totals] == [
        ("daily", "USD", 1, 5, 100, None),
        ("monthly", "EUR", 2, 14, 200, None),
        ("monthly", "USD", 2, 40, 200, 60),
    ]


def test_everything_is_counted_and_the_first_are_named() -> None:
    many = [AccountLine(str(n), f"account {n}", "none declared") for n in range(60)]
    found = report(line(crossed=("a", "b")), line("2", crossed=("c",)), without=many, unknown=many[:2])
    assert (len(found.without), found.without_count, found.unknown_count, found.crossed_count) == (50, 60, 2, 3)


def test_thresholds_are_said_in_words() -> None:
    crossed = {"when": "actual", "is": "above", "threshold": "80", "unit": "percent"}
    assert threshold_text(crossed, "USD") == "actual above 80 %"
    assert threshold_text({**crossed, "unit": "absolute"}, "USD") == "actual above 80 USD"


MONDAY = datetime(2026, 5, 11, 7, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("every", "hour", "day", "wanted"),
    [
        ("daily", 8, None, "2026-05-11T08"),
        ("daily", 7, None, "2026-05-12T07"),
        ("weekly", 8, 1, "2026-05-11T08"),
        ("weekly", 6, 1, "2026-05-18T06"),
        ("monthly", 6, 11, "2026-06-11T06"),
        ("monthly", 6, 28, "2026-05-28T06"),
    ],
)
def test_next_time_is_the_first_that_is_later(every: str, hour: int, day: int | None, wanted: str) -> None:
    assert next_time(every, hour, day, MONDAY).isoformat().startswith(wanted)


def test_however_long_it_stood_still_the_next_time_lies_ahead() -> None:
    assert next_time("daily", 7, None, MONDAY + timedelta(days=40)) - MONDAY < timedelta(days=41)


def test_days_are_asked_for_where_they_mean_something() -> None:
    right = [("daily", None), ("weekly", 1), ("weekly", 7), ("monthly", 28)]
    wrong = [("daily", 1), ("weekly", None), ("weekly", 8), ("monthly", 29), ("monthly", None)]
    assert [bool(wrong_day(*one)) for one in (*right, *wrong)] == [False] * 4 + [True] * 5


def test_tries_become_rarer() -> None:
    assert [retry_after(n) // timedelta(minutes=1) for n in (1, 2, 3, 4, 9)] == [1, 4, 16, 60, 60]
