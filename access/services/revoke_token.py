"""Ending a token at once."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from access.models import Token
from history.services.record import record


@transaction.atomic
def revoke_token(*, key_id: str, by: str) -> Token:
    """Refuse the token from now on. Revoking twice is harmless. Raises ValidationError for an unknown key id."""
    token = Token.objects.select_for_update(of=("self",)).select_related("user").filter(key_id=key_id).first()
    if token is None:
        raise ValidationError({"key_id": "no such token: the key id stands between fl_ and the dot"})
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
        record(actor=by, verb="token.revoked", subject=f"{token.user.get_username()}/{token.key_id}")
    return token
