"""How often an account is looked at: as it says itself, else its environment, else the installation."""

import json
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db.models import DateTimeField
from django.db.models.expressions import RawSQL

JITTER = 0.1
"""Each interval is this much shorter or longer by chance, so that accounts do not stay in step."""

MINUTES = "COALESCE(look_interval_minutes, (%(by_environment)s::jsonb ->> environment)::float8, %(default)s::float8)"
"""SQL for a row of accounts_account: its interval, as `interval_of` has it. Takes `parameters()`."""
NEXT = f"clock_timestamp() + make_interval(secs => 60 * {MINUTES} * ({1 - JITTER} + random() * {2 * JITTER}))"
"""SQL for a row of accounts_account: one interval from now, give or take `JITTER`."""


class Source(StrEnum):
    """Who says how often."""

    ACCOUNT = "account"
    ENVIRONMENT = "environment"
    INSTALLATION = "installation"


@dataclass(frozen=True)
class LookInterval:
    """How often an account is looked at, and who says so."""

    minutes: float
    source: Source

    @property
    def length(self) -> timedelta:
        """The time between two looks, before jitter."""
        return timedelta(minutes=self.minutes)

    def __str__(self) -> str:
        return f"every {self.minutes:g} minutes (set by the {self.source})"


def interval_of(environment: str, own: int | None) -> LookInterval:
    """The interval of an account in this environment with this override."""
    if own is not None:
        return LookInterval(float(own), Source.ACCOUNT)
    by_environment = settings.FIRSTLINE.look_intervals
    if environment in by_environment:
        return LookInterval(by_environment[environment], Source.ENVIRONMENT)
    return LookInterval(settings.FIRSTLINE.look_interval_minutes, Source.INSTALLATION)


def parameters() -> dict[str, Any]:
    """What `MINUTES` and `NEXT` take."""
    return {
        "by_environment": json.dumps(settings.FIRSTLINE.look_intervals),
        "default": settings.FIRSTLINE.look_interval_minutes,
    }


def next_due() -> RawSQL:
    """`NEXT` for an update of accounts."""
    given = parameters()
    places = dict.fromkeys(given, "%s")
    return RawSQL(NEXT % places, list(given.values()), output_field=DateTimeField())  # noqa: S611 (constants only)
