"""The monthly partitions of the history: made ahead, because a missing month stops every write."""

from datetime import date, datetime

from django.db import connection, transaction
from django.utils import timezone

from history.models import Event, Unsealed
from history.services.record import record

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
    there = set(months())
    return [name for name in wanted if name not in there]


@transaction.atomic
def drop_month(name: str, *, actor: str) -> int:
    """Drop one month's partition, told in the history with the chain's end; returns how many events went.

    Raises ValueError for the present month, one to come, or none of ours. The month's seals stay, so the chain holds.
    """
    month = _month_of(name)
    if month is None or month >= timezone.now().date().replace(day=1) or name not in months():
        raise ValueError(f"{name} is not a past month of the history: choose one of {', '.join(months()) or 'none'}")
    if Unsealed.objects.filter(event_at__gte=month, event_at__lt=_next(month)).exists():
        raise ValueError(f"{name} holds events that are not sealed yet: run verify_history first")
    # What told of earlier months must not go with this one, or they would look deleted.
    earlier = sorted(dropped_months())
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT count(*) FROM "{name}"')  # noqa: S608 (one of `months()`)
        (count,) = cursor.fetchone()
        cursor.execute(f'DROP TABLE "{name}"')
    record(
        actor=actor,
        verb="history.month_dropped",
        subject=f"{month:%Y_%m}",
        detail={"events": count, "earlier": earlier},
    )
    return int(count)


def months_before(keep: int, today: date | None = None) -> list[str]:
    """The partitions older than the `keep` last whole months, the oldest first. Raises ValueError below 1."""
    if keep < 1:
        raise ValueError("keep at least 1 month")
    present = (today or timezone.now().date()).replace(day=1)
    number = present.year * 12 + present.month - 1 - keep
    first_kept = date(number // 12, number % 12 + 1, 1)
    return [name for name in months() if (month := _month_of(name)) and month < first_kept]


def dropped_months() -> frozenset[str]:
    """The months that were dropped on purpose, as 2026_03."""
    told = Event.objects.filter(verb="history.month_dropped").order_by().values_list("subject", "detail")
    return frozenset(name for subject, detail in told for name in (subject, *detail.get("earlier", ())))


def months() -> list[str]:
    """The names of the partitions there are, the oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid "
            "WHERE i.inhparent = 'history_event'::regclass"
        )
        return sorted(name for (name,) in cursor.fetchall())


def _month_of(name: str) -> date | None:
    try:
        return datetime.strptime(name, "history_event_%Y_%m").date()
    except ValueError:
        return None


def _next(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)
