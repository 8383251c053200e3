"""A person's decision about a request: by somebody who neither asked for it nor corrected it."""

from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from access.roles import Actor, Permission
from accounts.account_request import AccountRequest
from history.services.record import record
from provisioning.core.errors import ConflictError, NotAllowedError
from provisioning.services.vending.lookup import request_for, require_set_up

State = AccountRequest.State


@transaction.atomic
def approve_request(*, request_id: UUID, actor: Actor, comment: str = "") -> AccountRequest:
    """Let it be made. Raises NotFoundError, NotAllowedError, ConflictError."""
    row = _undecided(request_id, actor)
    require_set_up()
    if why := why_not_approver(row, actor.name):
        raise NotAllowedError(why)
    return _decided(row, State.APPROVED, actor, comment)


@transaction.atomic
def reject_request(*, request_id: UUID, actor: Actor, comment: str = "") -> AccountRequest:
    """Refuse it, for good. Raises NotFoundError, NotAllowedError, ConflictError."""
    return _decided(_undecided(request_id, actor), State.REJECTED, actor, comment)


@transaction.atomic
def cancel_request(*, request_id: UUID, actor: Actor, comment: str = "") -> AccountRequest:
    """Take it back while nothing was sent to AWS. Raises NotFoundError, NotAllowedError, ConflictError."""
    row = request_for(actor, Permission.OPERATE, request_id)
    if why := why_not_cancelled(row):
        raise ConflictError(why)
    return change(row, State.CANCELLED, actor, {"comment": comment}, finished_at=Now())


def why_not_approver(row: AccountRequest, name: str) -> str:
    """Why this person may not approve it; '' when they may."""
    if name in {row.requested_by, row.corrected_by}:
        return "You asked for this account, or corrected the request; somebody else must approve it."
    return ""


def why_not_cancelled(row: AccountRequest) -> str:
    """Why it can't be taken back; '' when it can."""
    if row.state not in AccountRequest.NOTHING_SENT:
        return f"The request is {row.get_state_display().lower()}: only one of which nothing was sent can be cancelled."
    if row.account_id:
        return f"Account {row.account_id} came of it: retry the request, or close the account in AWS."
    if row.intended_at is not None:
        return "Nobody knows yet whether AWS is making the account: retry the request, which finds out."
    return ""


def change(
    row: AccountRequest, new: State, actor: Actor, detail: dict[str, object] | None = None, **fields: object
) -> AccountRequest:
    """One conditional UPDATE by a person, with its event; whatever a worker held of it is void (the fence grows).

    Raises ConflictError when it is in another state meanwhile.
    """
    old = State(row.state)
    given = {
        "failure": "",
        "message": "",
        "way_on": "",
        "attempts": 0,
        "next_at": Now(),
        "lease_until": Now(),
        **fields,
    }
    mine = AccountRequest.objects.filter(pk=row.pk, state=old, fence=row.fence)
    if not mine.update(state=new, state_since=Now(), fence=row.fence + 1, **given):
        raise ConflictError("The request has changed meanwhile: read it again.")
    record(
        actor=actor.name,
        verb=f"account_request.{new}",
        subject=str(row.pk),
        account_id=row.account_id,
        before={"state": str(old)},
        after={"state": str(new)},
        detail=detail,
    )
    row.refresh_from_db()
    return row


def _undecided(request_id: UUID, actor: Actor) -> AccountRequest:
    row = request_for(actor, Permission.APPROVE, request_id)
    if row.state != State.REQUESTED:
        raise ConflictError(f"The request is {row.get_state_display().lower()}; only a requested one can be decided.")
    return row


def _decided(row: AccountRequest, new: State, actor: Actor, comment: str) -> AccountRequest:
    ended = {"finished_at": Now()} if new == State.REJECTED else {}
    who = {"decided_by": actor.name, "decided_at": Now(), "comment": comment}
    return change(row, new, actor, {"comment": comment}, **who, **ended)
