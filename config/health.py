"""Whether this process lives, and whether it can work: for load balancers, so open to all and without details."""

from collections.abc import Callable
from datetime import timedelta

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from history.models import ChainHead
from history.services.months import missing_months
from provisioning.services.heartbeats import heartbeat_ages, is_late

OK, LATE, DAMAGED = "ok", "late", "damaged"
VERIFIED_LATE = timedelta(hours=3)


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": OK})


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """503 until the database answers, is migrated, and has the months that history is written to.

    `notices` are `late` where the dispatcher or the workers of a queue gave no sign of life; the status stays.
    """
    checks = {}
    for name, check in CHECKS.items():
        try:
            checks[name] = check()
        except DatabaseError:
            checks[name] = "no answer"
    ready = all(found == OK for found in checks.values())
    answer = {"status": OK if ready else "not ready", "checks": checks, "notices": _notices() if ready else {}}
    return JsonResponse(answer, status=200 if ready else 503)


def _notices() -> dict[str, str]:
    """What somebody should look after. The web stays in service: it is how people look after it."""
    ages = heartbeat_ages().items()
    return {**{name: LATE if is_late(name, age) else OK for name, age in ages}, "history": _history()}


def _history() -> str:
    """Whether the chain held when it was last verified, which the dispatcher does each hour."""
    head = ChainHead.objects.first()
    if head is None or head.verified_at is None or timezone.now() - head.verified_at > VERIFIED_LATE:
        return LATE
    return DAMAGED if head.broken else OK


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return OK


def _migrations() -> str:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return f"{len(waiting)} to run: manage.py migrate" if waiting else OK


def _history_months() -> str:
    missing = missing_months()
    return f"missing {', '.join(missing)}: manage.py migrate" if missing else OK


CHECKS: dict[str, Callable[[], str]] = {
    "database": _database,
    "migrations": _migrations,
    "history_months": _history_months,
}
