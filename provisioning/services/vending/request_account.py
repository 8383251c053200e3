"""Asking for a new account: what it is to be called, where it is to stand, and whose it will be."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.db import IntegrityError, transaction

from access.roles import Actor, Permission
from accounts.account_request import AccountRequest
from history.services.record import record
from provisioning.core.errors import ConflictError, NotAllowedError
from provisioning.services.require import require
from provisioning.services.vending.lookup import require_set_up

State = AccountRequest.State
OPEN_ALREADY = (
    "There is a request for this e-mail address already, and each account needs one of its own: give another one, or "
    "cancel that request."
)


@dataclass(frozen=True)
class WantedAccount:
    """An account as it is asked for; it is a place (access/scopes.py) before it has an id."""

    name: str
    email: str = field(repr=False)
    environment: str
    ou_path: str = "/"
    owner_team: str = ""
    tags: Mapping[str, str] = field(default_factory=dict, hash=False)
    billing_access: str = AccountRequest.Billing.ALLOW
    reason: str = ""
    account_id: str = ""


def request_account(*, wanted: WantedAccount, actor: Actor) -> AccountRequest:
    """Store the request; without approval configured it is worked on at once.

    Raises NotAllowedError when the actor may not operate accounts of that place, ConflictError (`not_set_up`,
    `already_exists`).
    """
    require(actor, Permission.OPERATE)
    if not actor.may(Permission.OPERATE, wanted):
        raise NotAllowedError("No role of yours lets you operate accounts of this OU path, environment and owner team.")
    require_set_up()
    try:
        with transaction.atomic():
            return _made(wanted, actor)
    except IntegrityError as error:
        raise ConflictError(OPEN_ALREADY, code="already_exists") from error


def first_state() -> State:
    """Where a request starts, and one that was corrected starts again."""
    return State.REQUESTED if settings.FIRSTLINE.account_request_approval else State.APPROVED


def told(row: AccountRequest) -> dict[str, object]:
    """What the history says of it: all but the address, which is how its root user signs in."""
    shown = ("name", "environment", "ou_path", "owner_team", "tags", "billing_access", "reason")
    return {name: getattr(row, name) for name in shown}


def _made(wanted: WantedAccount, actor: Actor) -> AccountRequest:
    made: AccountRequest = AccountRequest.objects.create(
        **{**vars(wanted), "tags": dict(wanted.tags)}, requested_by=actor.name, state=first_state()
    )
    record(
        actor=actor.name,
        verb="account_request.made",
        subject=str(made.pk),
        after={"state": str(made.state), **told(made)},
    )
    made.refresh_from_db()
    return made
