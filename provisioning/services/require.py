"""The questions every service asks before it does anything for somebody."""

from typing import Protocol, TypeVar

from access.roles import Actor, Permission
from access.scopes import FLEET, Place, Scope
from accounts.models import Account
from provisioning.core.errors import NotAllowedError, NotFoundError


class OfAccount(Protocol):
    """A row that belongs to an account."""

    account: Account


Row = TypeVar("Row", bound=OfAccount)


def require(actor: Actor, permission: Permission, account: Place | None = None) -> None:
    """Raise NotAllowedError unless one of the actor's roles allows it, on this account when one is named."""
    if not actor.may(permission, account):
        raise _refusal(actor, permission, f" on account {account.account_id}" if account else "")


def require_over(actor: Actor, permission: Permission, scope: Scope = FLEET) -> None:
    """Raise NotAllowedError unless it is allowed on all of a scope, whichever accounts it holds."""
    if not actor.may_over(permission, scope):
        raise _refusal(actor, permission, f" on {'the whole fleet' if scope == FLEET else scope}")


def require_account(
    actor: Actor, permission: Permission, account: Account | None, missing: str = "There is no such account."
) -> Account:
    """The account, when it may be done to it.

    Raises NotFoundError(missing) for none and, alike, for one that the actor may not see; NotAllowedError.
    """
    require(actor, permission)
    if account is None or not actor.may(Permission.VIEW, account):
        raise NotFoundError(missing)
    require(actor, permission, account)
    return account


def require_row(actor: Actor, permission: Permission, row: Row | None, missing: str) -> Row:
    """The row, when it may be done to its account. Raises as `require_account` does."""
    require_account(actor, permission, row.account if row else None, missing)
    assert row is not None
    return row


def _refusal(actor: Actor, permission: Permission, where: str) -> NotAllowedError:
    return NotAllowedError(f"{actor.name} may not do this: it needs the permission '{permission}'{where}.")
