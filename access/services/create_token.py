"""Making a token: the only moment its secret is known."""

import secrets
from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from access.models import Token
from access.roles import Role
from access.services.authenticate_token import PREFIX, hash_secret
from history.services.record import record

DAYS = 90
LONGEST_DAYS = 90


@transaction.atomic
def create_token(*, username: str, role: Role, name: str, by: str, days: int = DAYS) -> str:
    """Make a token of `role` for a person (made when new, without a password) and return its text, once.

    Raises ValidationError naming each argument that is wrong.
    """
    _refuse_wrong_arguments(role=role, name=name, days=days)
    user = _person(username)
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


def _refuse_wrong_arguments(*, role: str, name: str, days: int) -> None:
    errors = {}
    if role not in Role.values:
        errors["role"] = f"use one of {', '.join(Role.values)}"
    if not name.strip() or len(name) > 100:
        errors["name"] = "say in 1 to 100 characters where the token is used, e.g. laptop"
    if not 1 <= days <= LONGEST_DAYS:
        errors["days"] = f"a token lives 1 to {LONGEST_DAYS} days"
    if errors:
        raise ValidationError(errors)


def _person(username: str) -> Any:
    people = get_user_model().objects
    if person := people.filter(username=username).first():
        if not person.is_active:
            raise ValidationError({"user": f"{username} is switched off: a token would not be accepted"})
        return person
    person = get_user_model()(username=username)
    person.set_unusable_password()
    person.full_clean(exclude=["password"])
    person.save()
    return person
