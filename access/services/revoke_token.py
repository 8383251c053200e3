"""Ending a token at once."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from access.models import Token
from access.roles import Actor, Permission
from history.services.record import record


@transaction.atomic
def revoke_token(*, key_id: str, actor: Actor) -> Token:
    """Refuse the token from now on: one's own, or anyone's by who administers the fleet. Twice is harmless.

    Raises ValidationError for an unknown key id, PermissionDenied.
    """
    token = lock_token(key_id)
    if not may_revoke(token, actor):
        raise PermissionDenied("You may revoke your own tokens; an owner of the fleet may revoke anyone's.")
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
        record(actor=actor.name, verb="token.revoked", subject=f"{token.user.get_username()}/{token.key_id}")
    return token


def may_revoke(token: Token, actor: Actor) -> bool:
    """Whether it is theirs, or they administer the fleet."""
    return token.user.get_username() == actor.name or actor.may_everywhere(Permission.ADMINISTER)


def lock_token(key_id: str) -> Token:
    """The locked token with its person. Raises ValidationError for an unknown key id."""
    token = Token.objects.select_for_update(of=("self",)).select_related("user").filter(key_id=key_id).first()
    if token is None:
        raise ValidationError({"key_id": "no such token: the key id stands between fl_ and the dot"})
    return token
