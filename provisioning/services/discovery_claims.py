"""One discovery at a time: claimed under a growing fence, renewed, put off, ended. Times are the database's own."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from access.roles import SYSTEM
from accounts.models import Discovery
from history.context import bound
from history.services.record import record
from provisioning.core.errors import AccessFailedError, FencedError, FirstlineError

CLAIM = """
UPDATE accounts_discovery
SET fence = fence + 1, failures = failures + 1, hinted_at = NULL,
    state = CASE WHEN state = 'settling' THEN state ELSE 'reading' END,
    started_at = coalesce(started_at, clock_timestamp()),
    lease_until = clock_timestamp() + make_interval(secs => %(seconds)s)
WHERE id = (
    SELECT id FROM accounts_discovery
    WHERE state IN ('queued', 'reading', 'waiting', 'settling') AND next_at <= clock_timestamp()
      AND (lease_until IS NULL OR lease_until <= clock_timestamp())
    LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, fence, failures, request_id, cause
"""
HOLD = """
UPDATE accounts_discovery SET lease_until = clock_timestamp() + make_interval(secs => %(seconds)s), failures = 1
WHERE id = %(id)s AND fence = %(fence)s AND lease_until > clock_timestamp()
"""
RENEW = """
UPDATE accounts_discovery SET lease_until = clock_timestamp() + make_interval(secs => %(seconds)s)
WHERE id = %(id)s AND fence = %(fence)s AND lease_until > clock_timestamp()
"""
PUT_OFF = """
UPDATE accounts_discovery
SET state = CASE WHEN state = 'settling' THEN state ELSE 'waiting' END, lease_until = NULL, hinted_at = NULL,
    next_at = clock_timestamp() + make_interval(secs => %(wait)s), failures = CASE WHEN %(wait)s = 0 THEN 0
    ELSE failures END, reason_code = %(code)s, message = %(message)s, aws_calls = aws_calls + %(calls)s
WHERE id = %(id)s AND fence = %(fence)s
"""


@dataclass(frozen=True)
class DiscoveryClaim:
    """A discovery that is ours as long as its fence is ours."""

    discovery_id: UUID
    fence: int
    failures: int
    """Slices in a row that made no progress, this one included: written before the work."""
    request_id: str
    cause: str

    @property
    def session_name(self) -> str:
        """As whom AWS sees us: the discovery and its fence."""
        return f"discovery.{self.discovery_id.hex}.{self.fence}"

    def bound(self) -> AbstractContextManager[None]:
        """Whatever is recorded meanwhile belongs to the request behind this discovery."""
        return bound(request_id=self.request_id, cause=self.cause)


def claim_discovery() -> DiscoveryClaim | None:
    """Take the open discovery when it is due and nobody holds it."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"seconds": settings.FIRSTLINE.lease_seconds})
        row = cursor.fetchone()
    return DiscoveryClaim(*row) if row else None


def hold_discovery(claim: DiscoveryClaim) -> None:
    """Renew inside the transaction that stores progress. Raises FencedError when the lease is lost."""
    if not _execute(HOLD, claim, seconds=settings.FIRSTLINE.lease_seconds):
        raise FencedError(f"the lease of discovery {claim.discovery_id} under fence {claim.fence} is lost: stop")


def renew_discovery(claim: DiscoveryClaim) -> None:
    """Lengthen the lease during a long read; losing it shows at the next `hold_discovery`."""
    _execute(RENEW, claim, seconds=settings.FIRSTLINE.lease_seconds)


def put_off(claim: DiscoveryClaim, calls: int, wait: float = 0, error: FirstlineError | None = None) -> None:
    """Give it back, to be taken up in `wait` seconds."""
    code, message = (error.code, error.message[:1000]) if error else ("", "")
    _execute(PUT_OFF, claim, wait=wait, code=code, message=message, calls=calls)


@transaction.atomic
def fail_discovery(claim: DiscoveryClaim, error: FirstlineError, calls: int) -> None:
    """It ends without having changed anything, and says why. What it read is dropped."""
    hold_discovery(claim)
    discovery = Discovery.objects.get(pk=claim.discovery_id)
    discovery.causes = list(error.causes) if isinstance(error, AccessFailedError) else []
    discovery.reason_code, discovery.message = error.code, error.message[:1000]
    _end(discovery, Discovery.State.FAILED, calls)
    for rows in (discovery.units, discovery.accounts, discovery.policies):
        rows.all().delete()
    record(
        actor=SYSTEM.name, verb="discovery.failed", subject=str(discovery.pk), detail={"reason": discovery.reason_code}
    )


@transaction.atomic
def end_discovery(claim: DiscoveryClaim, calls: int) -> None:
    """It is how the organisation stands from now on; what earlier ones read is dropped."""
    hold_discovery(claim)
    discovery = Discovery.objects.get(pk=claim.discovery_id)
    discovery.reason_code = discovery.message = ""
    _end(discovery, Discovery.State.DONE, calls)
    for rows in (discovery.units, discovery.accounts, discovery.policies):
        rows.model.objects.exclude(discovery=discovery).delete()
    record(actor=SYSTEM.name, verb="discovery.done", subject=str(discovery.pk), detail=discovery.counts)


def _end(discovery: Discovery, state: Discovery.State, calls: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (discovery.finished_at,) = cursor.fetchone() or (None,)
    discovery.state, discovery.lease_until = state, None
    discovery.aws_calls += calls
    discovery.save()


def _execute(statement: str, claim: DiscoveryClaim, **values: float | str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"id": claim.discovery_id, "fence": claim.fence, **values})
        return int(cursor.rowcount)
