"""Making a token: the only moment its secret is known."""

import secrets
from datetime import timedelta

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from access.models import Token
from access.roles import Role
from access.services.authenticate_token import PREFIX, hash_secret
from history.services.record import record

DAYS = 90


@transaction.atomic
def create_token(*, username: str, role: Role, name: str, by: str, days: int = DAYS) -> str:
    """Make a token of `role` for a person (made when new, without a password) and return its text, once."""
    user, _ = get_user_model().objects.get_or_create(username=username)
    key_id, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    token = Token.objects.create(
        key_id=key_id,
        digest=hash_secret(secret),
        user=user,
        name=name,
        role=role,
        expires_at=timezone.now() + timedelta(days=days),
    )
    record(actor=by, verb="token.created", subject=f"{username}/{token.key_id}", detail={"role": role, "days": days})
    return f"{PREFIX}_{key_id}.{secret}"
