"""One writer per account: claiming under a growing fence, renewing, releasing. Times are the database's own."""

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import connection

from history.context import bound
from provisioning.core.errors import FencedError
from provisioning.models import Lease, Run
from provisioning.services.claimable import APPLIES, CLAIMABLE, HAND_OVERS, PARAMETERS

REQUEST_SHOWN = 16
CLAIM = """
WITH due AS (
    SELECT run.id, run.account_id
    FROM provisioning_run run
    JOIN provisioning_lease lease ON lease.account_id = run.account_id
    JOIN accounts_account account ON account.account_id = run.account_id
    WHERE {claimable} AND {condition}
    ORDER BY run.next_at
    LIMIT %(limit)s
    FOR UPDATE OF run, lease SKIP LOCKED
), held AS (
    UPDATE provisioning_lease lease
    SET fence = lease.fence + 1, crash_count = lease.crash_count + 1,
        lease_until = clock_timestamp() + make_interval(secs => %(seconds)s)
    WHERE lease.account_id IN (SELECT account_id FROM due)
    RETURNING lease.account_id, lease.fence, lease.crash_count
)
UPDATE provisioning_run run
SET state = 'looking', fence = held.fence, attempts = run.attempts + 1,
    started_at = coalesce(run.started_at, clock_timestamp())
FROM due JOIN held ON held.account_id = due.account_id
WHERE run.id = due.id
RETURNING run.id, run.account_id, run.kind, held.fence, held.crash_count, run.attempts, run.request_id, run.cause
"""

LOOK_OR_CHECK = """run.kind IN ('look', 'check') AND NOT EXISTS (
    SELECT 1 FROM provisioning_run earlier
    WHERE earlier.account_id = run.account_id AND earlier.kind IN ('look', 'check') AND earlier.kind <> run.kind
      AND earlier.state IN ('queued', 'retry_wait') AND (earlier.next_at, earlier.id) < (run.next_at, run.id))"""

ONE_APPLY = "run.kind IN ('apply', 'check_apply') AND run.id = %(run_id)s"
ONE_HAND_OVER = "run.kind = 'hand_over' AND run.id = %(run_id)s"


def role_session_name(request_id: str, work_id: UUID, fence: int) -> str:
    """Who wrote what, in the account's own records (at most 64 characters).

    The start of the request's id, the work, the fence: from AWS's log one finds both here.
    """
    request = request_id[:REQUEST_SHOWN]
    return f"{request}.{work_id.hex}.{fence}" if request else f"{work_id.hex}.{fence}"


@dataclass(frozen=True)
class Claim:
    """A run that is ours as long as its account's fence is ours."""

    run_id: UUID
    account_id: str
    kind: str
    fence: int
    crash_count: int
    """Claims since the last one that ended or made progress, this one included: written before the work."""
    attempts: int
    request_id: str = ""
    cause: str = ""

    @property
    def session_name(self) -> str:
        """As whom AWS sees this run."""
        return role_session_name(self.request_id, self.run_id, self.fence)

    def bound(self) -> AbstractContextManager[None]:
        """Whatever is recorded meanwhile belongs to the request behind this run."""
        return bound(request_id=self.request_id, cause=self.cause, run_id=str(self.run_id), account_id=self.account_id)


def claim_looks(limit: int) -> list[Claim]:
    """Take up to `limit` due looks and access checks, each on another account."""
    return _claim(LOOK_OR_CHECK, limit=limit)


def claim_apply(run_id: UUID) -> Claim | None:
    """Take this apply or check of the apply role, or None when it isn't due, its account is held, or a pause is on.

    One that can't be taken gives its hint back, so that it is rung again as soon as its account is free.
    """
    return _claim_one(ONE_APPLY, run_id)


def claim_hand_over(run_id: UUID) -> Claim | None:
    """Take this pass over an account's hand-overs; as `claim_apply` does."""
    return _claim_one(ONE_HAND_OVER, run_id)


def _claim_one(condition: str, run_id: UUID) -> Claim | None:
    claim = next(iter(_claim(condition, limit=1, run_id=run_id)), None)
    if claim is None:
        Run.objects.filter(pk=run_id, state__in=Run.WAITING).update(hinted_at=None)
    return claim


def renew(claims: Sequence[Claim]) -> None:
    """Lengthen these leases where they are still ours; losing one shows at the next `hold`."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE provisioning_lease SET lease_until = clock_timestamp() + make_interval(secs => %s) "
            "WHERE account_id = %s AND fence = %s AND lease_until > clock_timestamp()",
            [(settings.FIRSTLINE.lease_seconds, claim.account_id, claim.fence) for claim in claims],
        )


def keep_alive(claim: Claim) -> Callable[[], None]:
    """What a long read calls after each request: it renews the lease once a third of it has passed."""
    pause = settings.FIRSTLINE.lease_seconds / 3
    due = [time.monotonic() + pause]

    def renew_when_due() -> None:
        if time.monotonic() >= due[0]:
            renew([claim])
            due[0] = time.monotonic() + pause

    return renew_when_due


def hold(claim: Claim) -> None:
    """Renew inside the caller's transaction, which then holds the lease's row. Raises FencedError when it is lost."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE provisioning_lease SET lease_until = clock_timestamp() + make_interval(secs => %s) "
            "WHERE account_id = %s AND fence = %s AND lease_until > clock_timestamp()",
            [settings.FIRSTLINE.lease_seconds, claim.account_id, claim.fence],
        )
        if cursor.rowcount == 0:
            raise FencedError(f"the lease of {claim.account_id} under fence {claim.fence} is lost: stop")


def progress(claim: Claim) -> None:
    """The work moves on: what came before was not a crash at the same spot."""
    Lease.objects.filter(account_id=claim.account_id, fence=claim.fence).update(crash_count=0)


def release(claim: Claim) -> None:
    """End the lease after a clean end or an answered error; never after an unknown outcome."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE provisioning_lease SET lease_until = clock_timestamp(), crash_count = 0 "
            "WHERE account_id = %s AND fence = %s",
            [claim.account_id, claim.fence],
        )
    if claim.kind in (*APPLIES, *HAND_OVERS):
        # A look that was rung meanwhile found the account held, and nobody would ring for it again for a while.
        Run.objects.filter(account_id=claim.account_id, state__in=Run.WAITING).update(hinted_at=None)


def hold_to_end(claim: Claim) -> None:
    """`hold` and `release` in one statement, for work that ends with the caller's transaction.

    The row stays locked until then, so nobody can claim the account before. Raises FencedError when the lease is lost.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE provisioning_lease SET lease_until = clock_timestamp(), crash_count = 0 "
            "WHERE account_id = %s AND fence = %s AND lease_until > clock_timestamp()",
            [claim.account_id, claim.fence],
        )
        if cursor.rowcount == 0:
            raise FencedError(f"the lease of {claim.account_id} under fence {claim.fence} is lost: stop")


def ensure_lease(account_ids: Sequence[str]) -> None:
    """Make the lease rows of accounts that have none."""
    Lease.objects.bulk_create([Lease(account_id=account_id) for account_id in account_ids], ignore_conflicts=True)


def _claim(condition: str, **values: int | UUID) -> list[Claim]:
    with connection.cursor() as cursor:
        cursor.execute(
            CLAIM.format(claimable=CLAIMABLE, condition=condition),
            {"seconds": settings.FIRSTLINE.lease_seconds, **PARAMETERS, **values},
        )
        return [Claim(*row) for row in cursor.fetchall()]
