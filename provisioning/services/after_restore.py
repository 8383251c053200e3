"""After the database was restored from a backup: it is older than what AWS has been told since.

Fences went back, so a worker that outlived the restore could hold a number that is given out again. Plans and approvals
are from another time: some were applied, some withdrawn. So all is paused, every fence rises beyond whatever was given
out, every open plan falls, and every account is looked at before anybody may write.
"""

from dataclasses import dataclass

from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from accounts.models import Account
from history.services.record import record
from provisioning.models import FleetPause, Heartbeat, PlanRecord, Run
from provisioning.services.leases import ensure_lease

FENCES_LATER = 1_000_000
"""More claims of one account than fit between a backup and its restore."""
REASON = "restored from a backup: look at every account before anything is written"
SPREAD_MINUTES = 10

OPEN_PLANS = (PlanRecord.State.PROPOSED, PlanRecord.State.APPROVED)
CANCEL = "Restored from a backup: what this run was doing is not known. Every account is looked at again."


@dataclass(frozen=True)
class Restored:
    """What was set right."""

    accounts: int
    plans: int
    applies: int
    looks: int


@transaction.atomic
def after_restore(*, by: str) -> Restored:
    """Pause the fleet, raise fences, end what was open, have every account looked at. Doing it twice is harmless."""
    FleetPause.objects.get_or_create(pk=1, defaults={"reason": REASON, "by": by})
    plans = PlanRecord.objects.filter(state__in=OPEN_PLANS).update(state=PlanRecord.State.SUPERSEDED)
    open_runs = Run.objects.filter(state__in=Run.OPEN)
    applies = _end(open_runs.filter(kind=Run.Kind.APPLY), Run.State.CANCELLED)
    looks = _end(open_runs, Run.State.FAILED)
    accounts = _raise_fences()
    _look_at_all()
    Heartbeat.objects.all().delete()
    # Sessions ended since the backup would be open again.
    Session.objects.all().delete()
    found = Restored(accounts, plans, applies, looks)
    record(actor=by, verb="fleet.restored", subject="fleet", detail=vars(found))
    return found


def _end(runs: QuerySet[Run], state: Run.State) -> int:
    return runs.update(state=state, reason_code="restored", message=CANCEL, finished_at=Now())


def _raise_fences() -> int:
    ensure_lease(list(Account.objects.values_list("pk", flat=True)))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE provisioning_lease SET fence = fence + %s, lease_until = clock_timestamp(), "
            "backoff_until = clock_timestamp(), crash_count = 0",
            [FENCES_LATER],
        )
        return int(cursor.rowcount)


def _look_at_all() -> None:
    """Spread over a few minutes, so that the first ones are known soon and the workers keep their pace."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_account SET next_due_at = clock_timestamp() + random() * make_interval(mins => %s) "
            "WHERE state NOT IN ('suspended', 'left')",
            [SPREAD_MINUTES],
        )
