"""One worker per request: claiming under a growing fence, and changing it only while the fence is ours."""

import time
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import Now

from access.roles import SYSTEM
from accounts.account_request import AccountRequest
from history.context import bound
from history.services.record import record
from provisioning.core.errors import FencedError
from provisioning.services.leases import role_session_name

State = AccountRequest.State
DUE = """
    request.state = ANY(%(states)s) AND request.next_at <= clock_timestamp()
    AND request.lease_until <= clock_timestamp() AND NOT EXISTS (SELECT 1 FROM provisioning_fleetpause)
"""
CLAIM = f"""
UPDATE accounts_accountrequest SET fence = fence + 1, attempts = attempts + 1,
    lease_until = clock_timestamp() + make_interval(secs => %(seconds)s)
WHERE id = (SELECT id FROM accounts_accountrequest request WHERE {DUE}
            ORDER BY next_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, fence, request_id, account_id
"""  # noqa: S608 (constants only)
DUE_COUNT = f"SELECT count(*) FROM accounts_accountrequest request WHERE {DUE}"  # noqa: S608 (constants only)


@dataclass
class Claim:
    """A request that is ours as long as its fence is. `deadline`: monotonic seconds, when the lease ends."""

    pk: UUID
    fence: int
    request_id: str
    account_id: str
    deadline: float

    @property
    def session_name(self) -> str:
        """As whom AWS sees this request's work."""
        return role_session_name(self.request_id, self.pk, self.fence)

    def bound(self) -> AbstractContextManager[None]:
        """Whatever is recorded meanwhile belongs to whoever asked."""
        return bound(request_id=self.request_id, cause="request", account_id=self.account_id)

    def row(self) -> AccountRequest:
        """The request as it is now. Raises FencedError when it is somebody else's."""
        found: AccountRequest | None = AccountRequest.objects.filter(pk=self.pk, fence=self.fence).first()
        if found is None:
            raise _fenced(self)
        return found


def due_requests() -> int:
    """How many wait for a worker."""
    with connection.cursor() as cursor:
        cursor.execute(DUE_COUNT, {"states": [*AccountRequest.WORKED_ON]})
        return int(cursor.fetchone()[0])


def claim_request() -> Claim | None:
    """Take one request that is due, or None."""
    lease = settings.FIRSTLINE.lease_seconds
    started = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"states": [*AccountRequest.WORKED_ON], "seconds": lease})
        found = cursor.fetchone()
    if found is None:
        return None
    pk, fence, request_id, account_id = found
    return Claim(pk, fence, request_id, account_id, started + lease)


def renew(claim: Claim) -> None:
    """Lengthen the lease. Raises FencedError when it is lost."""
    started = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_accountrequest SET lease_until = clock_timestamp() + make_interval(secs => %s) "
            "WHERE id = %s AND fence = %s AND lease_until > clock_timestamp()",
            [settings.FIRSTLINE.lease_seconds, claim.pk, claim.fence],
        )
        if cursor.rowcount == 0:
            raise _fenced(claim)
    claim.deadline = started + settings.FIRSTLINE.lease_seconds


def note(claim: Claim, **fields: Any) -> None:
    """Store what was found out, in the same state. Raises FencedError."""
    if not _ours(claim).update(**fields):
        raise _fenced(claim)


def let_go(claim: Claim, after: Any, **fields: Any) -> None:
    """End the lease; due again after this time. Raises FencedError."""
    note(claim, lease_until=Now(), next_at=Now() + after, **fields)


@transaction.atomic
def move(claim: Claim, old: State, new: State, *, detail: dict[str, Any] | None = None, **fields: Any) -> None:
    """From `old` to `new`, with its event. Raises FencedError when it is not ours, or no longer in `old`."""
    told = {"failure": "", "message": "", "way_on": "", **fields}
    ended = {"finished_at": Now()} if new in AccountRequest.ENDED else {}
    if not _ours(claim).filter(state=old).update(state=new, state_since=Now(), attempts=0, **ended, **told):
        raise _fenced(claim)
    record(
        actor=SYSTEM.name,
        verb=f"account_request.{new}",
        subject=str(claim.pk),
        account_id=fields.get("account_id", claim.account_id),
        before={"state": str(old)},
        after={"state": str(new)},
        detail=detail,
    )
    claim.account_id = fields.get("account_id", claim.account_id)


def _ours(claim: Claim) -> Any:
    return AccountRequest.objects.filter(pk=claim.pk, fence=claim.fence, lease_until__gt=Now())


def _fenced(claim: Claim) -> FencedError:
    return FencedError(f"account request {claim.pk} is not ours under fence {claim.fence}: stop")
