"""What the dispatcher does about hand-overs: ends what was not read or not made in time, and rings for what is due."""

from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now

from access.roles import SYSTEM
from accounts.models import Account
from history.services.record import record
from provisioning.models import HandOver, Run
from provisioning.services.leases import ensure_lease

BATCH = 500
EXPIRE = """
UPDATE provisioning_handover SET state = 'expired', secret = NULL, ended_at = clock_timestamp(),
    next_at = clock_timestamp(), message = 'Nobody read it in time.'
WHERE id IN (SELECT id FROM provisioning_handover WHERE state = 'made' AND expires_at <= clock_timestamp()
             ORDER BY expires_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
RETURNING id, account_id, user_name
"""
TOO_LATE = """
UPDATE provisioning_handover SET state = 'failed', ended_at = clock_timestamp(), next_at = NULL,
    reason_code = 'too_late', message = 'It was not approved or not made in time: ask again.'
WHERE id IN (SELECT id FROM provisioning_handover
             WHERE state IN ('proposed', 'queued') AND make_until <= clock_timestamp()
             LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
RETURNING id, account_id, user_name
"""


@transaction.atomic
def expire_hand_overs() -> int:
    """Wipe what nobody read in time, and end what was not made in time. Returns how many."""
    ended = 0
    for statement, verb in ((EXPIRE, "hand_over.expired"), (TOO_LATE, "hand_over.failed")):
        with connection.cursor() as cursor:
            cursor.execute(statement, {"limit": BATCH})
            rows = cursor.fetchall()
        for pk, account_id, user_name in rows:
            detail = {"id": str(pk), "reason": "too_late" if verb.endswith("failed") else "not_read"}
            record(actor=SYSTEM.name, verb=verb, account_id=account_id, subject=f"iam.user/{user_name}", detail=detail)
        ended += len(rows)
    return ended


@transaction.atomic
def schedule_hand_overs() -> int:
    """Queue a run for each account with something due and none open. Returns how many."""
    is_open = Run.objects.filter(account_id=OuterRef("account_id"), kind=Run.Kind.HAND_OVER, state__in=Run.OPEN)
    due = HandOver.objects.filter(~Exists(is_open), next_at__lte=Now(), account__state=Account.State.MANAGED)
    oldest = due.order_by("account_id", "next_at").distinct("account_id").values_list("account_id", "request_id")
    found = list(oldest[:BATCH])
    ensure_lease([account_id for account_id, _ in found])
    runs = [
        Run(
            account_id=account_id,
            kind=Run.Kind.HAND_OVER,
            requested_by=SYSTEM.name,
            cause="request",
            request_id=request_id,
            next_at=Now(),
        )
        for account_id, request_id in found
    ]
    Run.objects.bulk_create(runs, ignore_conflicts=True)
    return len(runs)
