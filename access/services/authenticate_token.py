"""Which actor a bearer token speaks for."""

import hmac
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from access.addresses import is_inside
from access.models import Token
from access.secret import SHAPE, digest_of

USED_PRECISION_SECONDS = 60


def authenticate_token(presented: str, address: str = "") -> Token | None:
    """The live token of this text, used from where it may be; or None. Compares in constant time."""
    shape = SHAPE.fullmatch(presented)
    if shape is None:
        return None
    key_id, secret = shape.groups()
    token = Token.objects.select_related("user").filter(key_id=key_id, revoked_at=None).first()
    if token is None or not _is_its_secret(token, secret):
        return None
    now = timezone.now()
    if token.expires_at <= now or not token.user.is_active:
        return None
    if token.allowed_cidrs and not is_inside(address, token.allowed_cidrs):
        return None
    stale = now - timedelta(seconds=USED_PRECISION_SECONDS)
    Token.objects.filter(Q(last_used_at=None) | Q(last_used_at__lt=stale), pk=token.pk).update(last_used_at=now)
    return token


def _is_its_secret(token: Token, secret: str) -> bool:
    try:
        return hmac.compare_digest(token.digest, digest_of(secret, token.pepper_id))
    except KeyError:  # its pepper was taken out of the settings, which ends every token made under it
        return False
