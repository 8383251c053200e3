"""Whether this process lives, and whether it can work: for load balancers, so open to all and without details."""

from collections.abc import Callable

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from history.services.months import missing_months

OK = "ok"


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": OK})


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """503 until the database answers, is migrated, and has the months that history is written to."""
    checks = {}
    for name, check in CHECKS.items():
        try:
            checks[name] = check()
        except DatabaseError:
            checks[name] = "no answer"
    ready = all(found == OK for found in checks.values())
    return JsonResponse({"status": OK if ready else "not ready", "checks": checks}, status=200 if ready else 503)


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
