"""Which actor a bearer token speaks for."""

import hashlib
import hmac
import re
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from access.models import Token

PREFIX = "fl"
SHAPE = re.compile(rf"{PREFIX}_([0-9a-f]{{12}})\.([A-Za-z0-9_-]{{43}})", re.ASCII)
USED_PRECISION_SECONDS = 60


def authenticate_token(presented: str) -> Token | None:
    """The live token of this text `fl_<key id>.<secret>`, or None. Compares in constant time."""
    shape = SHAPE.fullmatch(presented)
    if shape is None:
        return None
    key_id, secret = shape.groups()
    token = Token.objects.select_related("user").filter(key_id=key_id, revoked_at=None).first()
    if token is None or not hmac.compare_digest(token.digest, hash_secret(secret)):
        return None
    now = timezone.now()
    if token.expires_at <= now or not token.user.is_active:
        return None
    stale = now - timedelta(seconds=USED_PRECISION_SECONDS)
    Token.objects.filter(Q(last_used_at=None) | Q(last_used_at__lt=stale), pk=token.pk).update(last_used_at=now)
    return token


def hash_secret(secret: str) -> str:
    """What the database keeps of a secret. A plain hash is enough: the secret is 256 random bits, not a password."""
    return hashlib.sha256(secret.encode()).hexdigest()
