"""Asking for a discovery; a worker makes it, for the web holds no AWS credentials."""

from django.conf import settings
from django.db import IntegrityError, connection, transaction

from access.roles import Actor, Permission
from accounts.models import Discovery
from history.context import present
from history.services.record import record
from provisioning.core.errors import ConflictError
from provisioning.services.require import require_over

SCHEDULE = """
INSERT INTO accounts_discovery (id, state, requested_by, cause, request_id, fence, failures, aws_calls, organisation,
    policies_read, counts, told, reason_code, message, causes)
SELECT gen_random_uuid(), 'queued', 'firstline', 'schedule', '', 0, 0, 0, '{}', false, '{}', '{}', '', '', '[]'
WHERE NOT EXISTS (
    SELECT 1 FROM accounts_discovery
    WHERE created_at > clock_timestamp() - make_interval(secs => %(interval)s) OR finished_at IS NULL)
ON CONFLICT DO NOTHING
"""
RING = """
UPDATE accounts_discovery SET hinted_at = clock_timestamp()
WHERE finished_at IS NULL AND next_at <= clock_timestamp()
  AND (lease_until IS NULL OR lease_until <= clock_timestamp())
  AND (hinted_at IS NULL OR hinted_at < clock_timestamp() - make_interval(secs => %(again)s))
"""


def request_discovery(*, actor: Actor, cause: str = "request") -> tuple[Discovery, bool]:
    """Queue a discovery; the open one is returned when there is one already (False).

    Raises NotAllowedError, ConflictError (`discovery_not_configured`).
    """
    require_over(actor, Permission.OPERATE)
    if not settings.FIRSTLINE.discovery_account_id:
        raise ConflictError(
            "Discovery is off: set FIRSTLINE_DISCOVERY_ACCOUNT_ID to the management account or a delegated "
            "administrator (docs/organisation.md).",
            code="discovery_not_configured",
        )
    try:
        with transaction.atomic():
            made = Discovery.objects.create(requested_by=actor.name, cause=cause, request_id=present().request_id)
            record(actor=actor.name, verb="discovery.requested", subject=str(made.pk))
    except IntegrityError:
        found = Discovery.objects.filter(finished_at=None).first()
        return (found, False) if found else request_discovery(actor=actor, cause=cause)
    made.refresh_from_db()
    return made, True


def schedule_discovery() -> int:
    """Queue one when the last began an interval ago; none where discovery is off."""
    given = settings.FIRSTLINE
    if not given.discovery_account_id:
        return 0
    return _execute(SCHEDULE, interval=given.discovery_interval_minutes * 60)


def ring_for_discovery() -> bool:
    """Whether a worker is to be rung for the open discovery; each is told to one caller only."""
    return bool(_execute(RING, again=settings.FIRSTLINE.hint_again_seconds))


def _execute(statement: str, **values: float) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)
