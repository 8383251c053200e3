"""The one question every service asks before it does anything for somebody."""

from access.roles import Actor, Permission
from access.scopes import Place
from provisioning.core.errors import NotAllowedError


def require(actor: Actor, permission: Permission, account: Place | None = None) -> None:
    """Raise NotAllowedError unless one of the actor's roles allows it, on this account when one is named."""
    if not actor.may(permission, account):
        raise NotAllowedError(f"{actor.name} may not do this: it needs the permission '{permission}'.")
