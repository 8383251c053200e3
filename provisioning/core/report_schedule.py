"""When a report is sent next, in UTC. Pure."""

from datetime import datetime, timedelta
from typing import Literal

Every = Literal["daily", "weekly", "monthly"]
LAST_DAY = {"weekly": 7, "monthly": 28}
"""The days that each of them takes, from 1: Monday to Sunday, and those that every month has."""
_ONE_DAY = timedelta(days=1)


def next_time(every: str, hour: int, day: int | None, after: datetime) -> datetime:
    """The first time later than `after`; however many were missed, there is one next."""
    found = after.replace(hour=hour, minute=0, second=0, microsecond=0)
    while found <= after or not _is_its_day(every, day, found):
        found += _ONE_DAY
    return found


def _is_its_day(every: str, day: int | None, at: datetime) -> bool:
    match every:
        case "weekly":
            return at.isoweekday() == day
        case "monthly":
            return at.day == day
    return True


def wrong_day(every: str, day: int | None) -> str:
    """What is wrong with the day, or ""."""
    last = LAST_DAY.get(every)
    if last is None:
        return "" if day is None else "Leave it out: a daily report is sent every day."
    if day is not None and 1 <= day <= last:
        return ""
    told = {
        7: "Give the day of the week, 1 for Monday to 7 for Sunday.",
        28: "Give a day that every month has, 1 to 28.",
    }
    return told[last]


def retry_after(tries: int) -> timedelta:
    """How long to wait after so many failures in a row: 1, 4, 16 minutes, and an hour at most."""
    return timedelta(minutes=min(60, 4 ** max(tries - 1, 0)))
