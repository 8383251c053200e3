"""The dispatcher's one round: what is due becomes work, what was lost comes back, workers are rung.

Any number of dispatchers may run: every step is a conditional statement, so a second one finds nothing left to do.
"""

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from access.roles import SYSTEM
from history.services.record import record
from provisioning.models import PlanRecord
from provisioning.services.tell_lapsed import tell_lapsed

SCHEDULE = """
WITH due AS (
    UPDATE accounts_account
    SET next_due_at = clock_timestamp() + make_interval(secs => %(interval)s * (0.9 + random() * 0.2))
    WHERE account_id IN (
        SELECT account_id FROM accounts_account
        WHERE state IN ('registered', 'managed') AND next_due_at <= clock_timestamp()
        ORDER BY next_due_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
    RETURNING account_id
), leases AS (
    INSERT INTO provisioning_lease (account_id, fence, crash_count) SELECT account_id, 0, 0 FROM due
    ON CONFLICT DO NOTHING
)
INSERT INTO provisioning_run (id, account_id, kind, state, fence, requested_by, cause, next_at, cancel_requested,
    attempts, reason_code, message, aws_calls, outcome, created_at)
SELECT gen_random_uuid(), account_id, 'look', 'queued', 0, 'firstline', 'schedule', clock_timestamp(), false,
    0, '', '', 0, '{}', clock_timestamp()
FROM due ON CONFLICT DO NOTHING
"""

TAKE_BACK = """
UPDATE provisioning_run run SET state = 'retry_wait', hinted_at = NULL, reason_code = 'worker_lost',
    next_at = clock_timestamp() + make_interval(
        secs => CASE WHEN lease.crash_count <= 1 THEN 0 ELSE %(seconds)s * power(2, lease.crash_count - 2) END)
FROM provisioning_lease lease
WHERE lease.account_id = run.account_id AND run.state IN ('looking', 'applying', 'verifying')
  AND (lease.fence > run.fence OR (lease.fence = run.fence AND lease.lease_until < clock_timestamp()))
RETURNING run.id, run.account_id, run.kind
"""

RING = """
UPDATE provisioning_run SET hinted_at = clock_timestamp()
WHERE id IN (
    SELECT run.id FROM provisioning_run run
    JOIN provisioning_lease lease ON lease.account_id = run.account_id
    WHERE run.state IN ('queued', 'retry_wait') AND run.kind = ANY(%(kinds)s) AND run.next_at <= clock_timestamp()
      AND lease.lease_until <= clock_timestamp() AND lease.backoff_until <= clock_timestamp()
      AND (run.hinted_at IS NULL OR run.hinted_at < clock_timestamp() - make_interval(secs => %(again)s))
      AND (run.kind <> 'apply' OR NOT EXISTS (SELECT 1 FROM provisioning_fleetpause))
      AND (run.kind <> 'apply' OR NOT EXISTS (
            SELECT 1 FROM accounts_account a WHERE a.account_id = run.account_id AND a.paused))
    ORDER BY run.next_at LIMIT %(limit)s FOR UPDATE OF run SKIP LOCKED)
RETURNING id
"""

BATCH = 5000


@dataclass(frozen=True)
class Round:
    """What one round found: looks to ring for (how many), applies to ring for (which)."""

    looks: int
    applies: tuple[UUID, ...]


def dispatch_round() -> Round:
    """Do one round and say whom to ring; ringing is the caller's."""
    schedule_due()
    take_back_lost()
    expire_plans()
    tell_lapsed()
    return Round(len(_ring(["look", "check"])), tuple(_ring(["apply"])))


def schedule_due() -> int:
    """Move due schedules forward and queue their looks, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(SCHEDULE, {"interval": settings.FIRSTLINE.look_interval.total_seconds(), "limit": BATCH})
        return int(cursor.rowcount)


@transaction.atomic
def take_back_lost() -> int:
    """Runs whose worker lost its lease wait for another one."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE_BACK, {"seconds": settings.FIRSTLINE.lease_seconds / 2})
        lost = cursor.fetchall()
    for run_id, account_id, kind in lost:
        record(actor=SYSTEM.name, verb=f"{kind}.worker_lost", account_id=account_id, subject=account_id, run_id=run_id)
    return len(lost)


@transaction.atomic
def expire_plans() -> int:
    """Proposed plans that nobody decided in time expire; the next look proposes anew."""
    late = PlanRecord.objects.select_for_update(skip_locked=True).filter(
        state=PlanRecord.State.PROPOSED, expires_at__lte=timezone.now()
    )
    plans = list(late)
    PlanRecord.objects.filter(pk__in=[plan.pk for plan in plans]).update(state=PlanRecord.State.EXPIRED)
    for plan in plans:
        record(
            actor=SYSTEM.name,
            verb="plan.expired",
            account_id=plan.account_id,
            subject=str(plan.pk),
            plan_id=plan.pk,
        )
    return len(plans)


def _ring(kinds: list[str]) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(RING, {"kinds": kinds, "again": settings.FIRSTLINE.hint_again_seconds, "limit": BATCH})
        return [run_id for (run_id,) in cursor.fetchall()]
