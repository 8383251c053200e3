"""The monthly partitions of the history: made ahead, because a missing month stops every write."""

from datetime import date, datetime

from django.db import connection
from django.utils import timezone

AHEAD = 4


def make_months(today: date | None = None) -> list[str]:
    """Make the partitions of this month and the four after it; returns the names that were missing."""
    missing = missing_months(today)
    with connection.cursor() as cursor:
        for name in missing:
            start = datetime.strptime(name, "history_event_%Y_%m").date()
            cursor.execute(
                f'CREATE TABLE IF NOT EXISTS "{name}" PARTITION OF history_event '
                f"FOR VALUES FROM ('{start:%Y-%m-%d} 00:00+00') TO ('{_next(start):%Y-%m-%d} 00:00+00')"
            )
    return missing


def missing_months(today: date | None = None) -> list[str]:
    """Names of the partitions that ought to be there and are not."""
    month = (today or timezone.now().date()).replace(day=1)
    wanted = []
    for _ in range(AHEAD + 1):
        wanted.append(f"history_event_{month:%Y_%m}")
        month = _next(month)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid "
            "WHERE i.inhparent = 'history_event'::regclass"
        )
        there = {name for (name,) in cursor.fetchall()}
    return [name for name in wanted if name not in there]


def _next(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)
