"""The one question every service asks before it does anything for somebody."""

from access.roles import Actor, Permission
from provisioning.core.errors import NotAllowedError


def require(actor: Actor, permission: Permission) -> None:
    """Raise NotAllowedError unless one of the actor's roles allows it."""
    if not actor.may(permission):
        raise NotAllowedError(f"{actor.name} may not do this: it needs the permission '{permission}'.")
