"""Finding a request for somebody who wants to do something with it."""

from uuid import UUID

from django.conf import settings

from access.roles import Actor, Permission
from accounts.account_request import AccountRequest
from provisioning.core.errors import ConflictError, NotFoundError
from provisioning.services.require import require

NOT_SET_UP = (
    "Account requests are not set up here: deploy firstline-vending.yaml, set FIRSTLINE_MANAGEMENT_ACCOUNT_ID, "
    "FIRSTLINE_ORGANIZATION_ID and FIRSTLINE_EXTERNAL_ID, and start a worker of the queue vend."
)


def require_set_up() -> None:
    """Raise ConflictError (`not_set_up`) where nobody could make the account."""
    given = settings.FIRSTLINE
    if not (given.management_account_id and given.organization_id and given.external_id):
        raise ConflictError(NOT_SET_UP, code="not_set_up")


def request_for(actor: Actor, permission: Permission, request_id: UUID) -> AccountRequest:
    """The request, its row locked until the transaction ends.

    Raises NotFoundError for none and, alike, for one whose place the actor may not see; NotAllowedError.
    """
    require(actor, permission)
    found: AccountRequest | None = AccountRequest.objects.select_for_update().filter(pk=request_id).first()
    if found is None or not actor.may(Permission.VIEW, found):
        raise NotFoundError(f"There is no account request {request_id}.")
    if not actor.may(permission, found):
        require(actor, permission, found)
    return found
