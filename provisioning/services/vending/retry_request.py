"""Going on with a request that failed: as it is, or corrected; and ending a doubt that only a person can end."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from access.roles import Actor, Permission
from accounts.account_request import AccountRequest
from accounts.core.creation_failures import WayOn
from history.services.record import record
from provisioning.core.errors import ConflictError, DeclarationError, NotAllowedError, Reason
from provisioning.services.vending.decide_request import change
from provisioning.services.vending.lookup import request_for, require_set_up
from provisioning.services.vending.request_account import OPEN_ALREADY, first_state, told

State = AccountRequest.State
BEFORE_CREATION = frozenset({"name", "email", "tags", "billing_access"})
"""Said to CreateAccount; later, only AWS's own consoles change them."""
CORRECTABLE = BEFORE_CREATION | {"ou_path", "environment", "owner_team"}


def retry_request(*, request_id: UUID, actor: Actor, corrections: Mapping[str, Any] | None = None) -> AccountRequest:
    """Go on from where it failed. What is corrected must be approved anew, where approval is configured.

    Raises NotFoundError, NotAllowedError, ConflictError, DeclarationError for what can't be corrected any more.
    """
    try:
        with transaction.atomic():
            return _retried(request_id, actor, corrections or {})
    except IntegrityError as error:
        raise ConflictError(OPEN_ALREADY, code="already_exists") from error


@transaction.atomic
def resolve_request(*, request_id: UUID, actor: Actor, account_id: str, comment: str) -> AccountRequest:
    """End a doubt: the account that came of it, or '' when a person made sure that none did.

    Raises NotFoundError, NotAllowedError, ConflictError.
    """
    row = request_for(actor, Permission.APPROVE, request_id)
    if row.state != State.IN_DOUBT:
        raise ConflictError(f"The request is {row.get_state_display().lower()}; only one that is in doubt is resolved.")
    detail: dict[str, object] = {"account_id": account_id, "comment": comment}
    if account_id:
        _refuse_taken(row, account_id)
        return change(row, State.CREATED, actor, detail, account_id=account_id)
    earlier = [*row.earlier_status_ids, *([row.status_id] if row.status_id else [])]
    left = {"intended_at": None, "status_id": "", "earlier_status_ids": earlier}
    why = {"failure": "not_created", "message": f"{actor.name} made sure that no account came of it: retry or cancel."}
    return change(row, State.FAILED, actor, detail, **left, **why, way_on=str(WayOn.RETRY))


def resumed(row: AccountRequest) -> State:
    """Where it goes on. What was sent and not heard of is searched for, never sent again unseen."""
    if row.account_id:
        return State.PLACING
    return State.CREATING if row.intended_at is not None else State.APPROVED


def _retried(request_id: UUID, actor: Actor, corrections: Mapping[str, Any]) -> AccountRequest:
    row = request_for(actor, Permission.OPERATE, request_id)
    require_set_up()
    if row.state != State.FAILED:
        raise ConflictError(f"The request is {row.get_state_display().lower()}; only a failed one is retried.")
    changed = {name: value for name, value in corrections.items() if getattr(row, name) != value}
    if not changed:
        return change(row, resumed(row), actor)
    if late := BEFORE_CREATION & changed.keys() if row.account_id or row.intended_at else set():
        raise DeclarationError(
            [Reason(f"/{name}", "It was sent to AWS already: leave it out.") for name in sorted(late)]
        )
    return _corrected(row, actor, changed)


def _corrected(row: AccountRequest, actor: Actor, changed: Mapping[str, Any]) -> AccountRequest:
    before = told(row)
    for name, value in changed.items():
        setattr(row, name, value)
    if not actor.may(Permission.OPERATE, row):
        raise NotAllowedError("No role of yours lets you operate accounts of the place that you corrected it to.")
    state = resumed(row) if first_state() == State.APPROVED else State.REQUESTED
    # A new decision belongs to what is asked for now.
    undecided = {"decided_by": "", "decided_at": None, "comment": ""}
    found = change(row, state, actor, None, corrected_by=actor.name, **changed, **undecided)
    record(
        actor=actor.name,
        verb="account_request.corrected",
        subject=str(row.pk),
        account_id=row.account_id,
        before=before,
        after=told(found),
        detail={"fields": sorted(changed)},
    )
    return found


def _refuse_taken(row: AccountRequest, account_id: str) -> None:
    if AccountRequest.objects.filter(account_id=account_id).exclude(pk=row.pk).exists():
        raise ConflictError(f"Account {account_id} came of another request.")
