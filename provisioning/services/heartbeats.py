"""Signs of life of the dispatcher and of each queue. Times are the database's own."""

from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.db.models import DurationField, ExpressionWrapper, F
from django.db.models.functions import Now

from provisioning.models import Heartbeat

DISPATCHER = "dispatcher"
VEND = "vend"
QUEUES = ("look", "apply", "hand_over")
TICK_SECONDS = 5
"""A dispatcher does a round every second; writing it down more often than this tells nobody more."""
CANARY_SECONDS = 30
UNHEARD_SECONDS = 240
"""So often where nobody listened lately, so that a queue without a worker does not fill up."""
DISPATCHER_LATE = timedelta(seconds=60)
QUEUE_LATE = timedelta(minutes=4)
"""A busy worker takes a canary between two slices of work, which last up to 150 s."""

TICK = """
INSERT INTO provisioning_heartbeat (name, at) VALUES (%(name)s, clock_timestamp())
ON CONFLICT (name) DO UPDATE SET at = excluded.at
WHERE provisioning_heartbeat.at IS NULL
   OR provisioning_heartbeat.at < clock_timestamp() - make_interval(secs => %(seconds)s)
"""
RING = """
INSERT INTO provisioning_heartbeat (name, rung_at) SELECT unnest(%(names)s::text[]), clock_timestamp()
ON CONFLICT (name) DO UPDATE SET rung_at = excluded.rung_at
WHERE provisioning_heartbeat.rung_at IS NULL
   OR provisioning_heartbeat.rung_at < clock_timestamp() - make_interval(secs => CASE
        WHEN provisioning_heartbeat.at > clock_timestamp() - interval '10 minutes' THEN %(seconds)s
        ELSE %(unheard)s END)
RETURNING name
"""


def queues() -> tuple[str, ...]:
    """The queues that workers are to listen to; account requests have theirs only where they are set up."""
    return (*QUEUES, VEND) if settings.FIRSTLINE.management_account_id else QUEUES


def dispatcher_lives() -> None:
    """Write down that a dispatcher did a round."""
    _tick(DISPATCHER, TICK_SECONDS)


def queue_lives(queue: str) -> None:
    """Write down that a worker takes what is sent to this queue."""
    _tick(_of_queue(queue), 0)


def queues_to_ring() -> list[str]:
    """The queues whose canary is due; each is given to one caller only."""
    names = {_of_queue(queue): queue for queue in queues()}
    with connection.cursor() as cursor:
        cursor.execute(RING, {"names": sorted(names), "seconds": CANARY_SECONDS, "unheard": UNHEARD_SECONDS})
        return sorted(names[name] for (name,) in cursor.fetchall())


def heartbeat_ages() -> dict[str, timedelta | None]:
    """How long ago each gave a sign of life, by `dispatcher` and name of queue; None: never."""
    aged = Heartbeat.objects.annotate(age=ExpressionWrapper(Now() - F("at"), DurationField()))
    rows = dict(aged.values_list("name", "age"))
    names = {DISPATCHER: DISPATCHER, **{_of_queue(queue): queue for queue in queues()}}
    return {shown: rows.get(name) for name, shown in names.items()}


def is_late(name: str, age: timedelta | None) -> bool:
    """Whether this dispatcher or queue needs somebody to look after it."""
    return age is None or age > (DISPATCHER_LATE if name == DISPATCHER else QUEUE_LATE)


def _tick(name: str, seconds: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(TICK, {"name": name, "seconds": seconds})


def _of_queue(queue: str) -> str:
    return f"queue:{queue}"
