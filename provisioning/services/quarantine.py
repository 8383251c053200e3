"""An account whose work kills its worker again and again is set aside, so that it does not eat all workers."""

import logging
from collections.abc import Callable
from datetime import timedelta

from django.db import connection, transaction

from access.roles import SYSTEM
from history.services.record import record
from provisioning.core.errors import FencedError
from provisioning.models import PlanRecord, Run
from provisioning.services.leases import Claim, hold
from provisioning.services.move_run import move_run
from provisioning.services.record_look import look_again_at

logger = logging.getLogger(__name__)
CRASHES = 3
REST = timedelta(hours=1)


def carry_out(claim: Claim, do: Callable[[Claim], None]) -> None:
    """Do the claimed work, unless it killed its worker again and again. Losing the lease ends it quietly."""
    try:
        with claim.bound():
            if claim.crash_count > CRASHES:
                quarantine(claim)
            else:
                do(claim)
    except FencedError:
        logger.warning("%s lost its lease", claim.kind, extra={"run_id": str(claim.run_id)})


@transaction.atomic
def quarantine(claim: Claim) -> None:
    """End a run whose last three attempts died without progress; the account rests for an hour."""
    hold(claim)
    state = Run.State.QUARANTINED if claim.kind == Run.Kind.APPLY else Run.State.FAILED
    move_run(
        claim,
        Run.State.LOOKING,
        state,
        reason_code="bug",
        message=f"{CRASHES} workers died on this account: read their logs, then ask for a look.",
    )
    PlanRecord.objects.filter(applies=claim.run_id).update(state=PlanRecord.State.STALE)
    record(
        actor=SYSTEM.name,
        verb=f"{claim.kind}.quarantined",
        account_id=claim.account_id,
        subject=claim.account_id,
        run_id=claim.run_id,
    )
    look_again_at(claim.account_id, REST)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE provisioning_lease SET crash_count = 0, lease_until = clock_timestamp(), "
            "backoff_until = clock_timestamp() + make_interval(secs => %s) WHERE account_id = %s AND fence = %s",
            [REST.total_seconds(), claim.account_id, claim.fence],
        )
