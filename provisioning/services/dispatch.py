"""The dispatcher's one round: what is due becomes work, what was lost comes back, workers are rung.

Any number of dispatchers may run: every step is a conditional statement, so a second one finds nothing left to do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from access.roles import SYSTEM
from accounts.schedule import JITTER, MINUTES, NEXT, parameters
from history.services.record import record
from provisioning.models import PlanRecord
from provisioning.services.claimable import APPLIES, CLAIMABLE, HAND_OVERS, LOOKS, PARAMETERS
from provisioning.services.due_hand_overs import expire_hand_overs, schedule_hand_overs
from provisioning.services.request_discovery import ring_for_discovery, schedule_discovery
from provisioning.services.set_aside import end_what_was_set_aside
from provisioning.services.tell_lapsed import tell_lapsed
from provisioning.services.vending.claims import due_requests

BEGINS = """
    SELECT account_id, clock_timestamp() + make_interval(secs =>
        greatest(0, row_number() OVER (ORDER BY random()) + CASE waiting WHEN 0 THEN -%(at_once)s ELSE waiting END)
        / %(per_second)s::float8) AS at
    FROM due, (SELECT count(*) AS waiting FROM provisioning_run
               WHERE state = 'queued' AND next_at > clock_timestamp()) AS queue"""
"""When the work of each account that is due may begin: the first at once, the others behind what waits already."""

QUEUE = f"""
), begins AS ({BEGINS}
), leases AS (
    INSERT INTO provisioning_lease (account_id, fence, crash_count) SELECT account_id, 0, 0 FROM due
    ON CONFLICT DO NOTHING
)
INSERT INTO provisioning_run (id, account_id, kind, state, fence, requested_by, cause, next_at, cancel_requested,
    attempts, reason_code, message, aws_calls, outcome, created_at)
SELECT gen_random_uuid(), account_id, kind, 'queued', 0, 'firstline', 'schedule', at, false,
    0, '', '', 0, '{{}}', clock_timestamp()
FROM begins CROSS JOIN"""  # noqa: S608 (constants only)
"""What follows the accounts that are due: their leases, and a queued run of each of the kinds named behind it."""

SCHEDULE = f"""
WITH due AS (
    UPDATE accounts_account
    SET next_due_at = {NEXT}
    WHERE account_id IN (
        SELECT account_id FROM accounts_account
        WHERE state = ANY(%(looked_at)s) AND next_due_at <= clock_timestamp()
        ORDER BY next_due_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
    RETURNING account_id
{QUEUE} (VALUES ('look')) AS kinds (kind) ON CONFLICT DO NOTHING
"""  # noqa: S608 (constants only)

BRING_FORWARD = f"""
UPDATE accounts_account SET next_due_at = clock_timestamp() + make_interval(secs => 60 * {MINUTES} * random())
WHERE next_due_at > clock_timestamp() + make_interval(secs => 60 * {MINUTES} * {1 + JITTER})
"""  # noqa: S608 (constants only)

SCHEDULE_CHECKS = f"""
WITH due AS (
    UPDATE accounts_account
    SET checks_tried = checks_tried + 1, check_due_at = clock_timestamp() + make_interval(
        secs => CASE WHEN checks_tried < %(early)s THEN %(interval)s ELSE %(late)s END * (0.9 + random() * 0.2))
    WHERE account_id IN (
        SELECT account_id FROM accounts_account
        WHERE state = ANY(%(checked)s) AND check_due_at <= clock_timestamp()
        ORDER BY check_due_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
    RETURNING account_id
{QUEUE} (VALUES ('check'), ('check_apply')) AS kinds (kind) ON CONFLICT DO NOTHING
"""  # noqa: S608 (constants only)
EARLY_CHECKS = 24
"""So many checks follow each other closely; the role is then still in the making. Later ones wait longer."""

TAKE_BACK = """
UPDATE provisioning_run run SET state = 'retry_wait', hinted_at = NULL, reason_code = 'worker_lost',
    next_at = clock_timestamp() + make_interval(
        secs => CASE WHEN lease.crash_count <= 1 THEN 0 ELSE %(seconds)s * power(2, lease.crash_count - 2) END)
FROM provisioning_lease lease
WHERE lease.account_id = run.account_id AND run.state IN ('looking', 'applying', 'verifying')
  AND (lease.fence > run.fence OR (lease.fence = run.fence AND lease.lease_until < clock_timestamp()))
RETURNING run.id, run.account_id, run.kind
"""

RING = f"""
UPDATE provisioning_run SET hinted_at = clock_timestamp()
WHERE id IN (
    SELECT run.id FROM provisioning_run run
    JOIN provisioning_lease lease ON lease.account_id = run.account_id
    JOIN accounts_account account ON account.account_id = run.account_id
    WHERE {CLAIMABLE} AND run.kind = ANY(%(kinds)s)
      AND (run.hinted_at IS NULL OR run.hinted_at < clock_timestamp() - make_interval(secs => %(again)s))
    ORDER BY run.next_at LIMIT %(limit)s FOR UPDATE OF run SKIP LOCKED)
RETURNING id
"""  # noqa: S608 (constants only)

BATCH = 5000
AT_ONCE = 100
"""So many begin as soon as they are due; what comes due together with them begins at `looks_per_second`."""


@dataclass(frozen=True)
class Round:
    """What one round found: looks and checks to ring for (how many), applies and checks of their role (which).

    `requests`: account requests that are due (how many).
    """

    looks: int
    applies: tuple[UUID, ...]
    requests: int = 0
    hand_overs: tuple[UUID, ...] = ()
    discovery: bool = False


def dispatch_round() -> Round:
    """Do one round and say whom to ring; ringing is the caller's."""
    schedule_due()
    schedule_checks()
    schedule_discovery()
    take_back_lost()
    end_what_was_set_aside()
    expire_plans()
    tell_lapsed()
    expire_hand_overs()
    schedule_hand_overs()
    return Round(
        looks=len(_ring(LOOKS)),
        applies=tuple(_ring(APPLIES)),
        requests=_requests(),
        hand_overs=tuple(_ring(HAND_OVERS)),
        discovery=ring_for_discovery(),
    )


def _requests() -> int:
    """Where nobody could make accounts there is nobody to ring."""
    return due_requests() if settings.FIRSTLINE.management_account_id else 0


def schedule_due() -> int:
    """Move due schedules forward and queue their looks, in one statement.

    After a standstill, and when thousands are registered, their looks begin one after the other. However many were
    missed, an account gets one.
    """
    with connection.cursor() as cursor:
        cursor.execute(SCHEDULE, {**parameters(), **_pace(), "limit": BATCH, **PARAMETERS})
        return int(cursor.rowcount)


def _pace() -> dict[str, float]:
    return {"at_once": AT_ONCE, "per_second": settings.FIRSTLINE.looks_per_second}


def schedule_checks() -> int:
    """Queue both access checks of accounts that are not proven yet, or whose apply role is not; less and less often."""
    given = settings.FIRSTLINE
    with connection.cursor() as cursor:
        cursor.execute(
            SCHEDULE_CHECKS,
            {
                "interval": given.check_interval_minutes * 60,
                "late": given.late_check_interval_minutes * 60,
                "early": EARLY_CHECKS,
                "limit": BATCH,
                **_pace(),
                **PARAMETERS,
            },
        )
        return int(cursor.rowcount)


def bring_forward() -> int:
    """Accounts due later than their interval allows: a setting was shortened. Spread over the new interval."""
    with connection.cursor() as cursor:
        cursor.execute(BRING_FORWARD, parameters())
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


def _ring(kinds: Sequence[str]) -> list[UUID]:
    again = settings.FIRSTLINE.hint_again_seconds
    with connection.cursor() as cursor:
        cursor.execute(RING, {"kinds": list(kinds), "again": again, "limit": BATCH, **PARAMETERS})
        return [run_id for (run_id,) in cursor.fetchall()]
