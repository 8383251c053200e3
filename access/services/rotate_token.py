"""Rotating a token: a successor with a new secret, while the old one lives on long enough to be replaced everywhere."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from access.errors import ConflictError
from access.models import Token
from access.roles import Actor
from access.services.create_token import DAYS, LONGEST_DAYS, beyond, store_token
from access.services.grants import person
from access.services.revoke_token import lock_token
from history.services.record import record

OVERLAP_HOURS = 24
LONGEST_OVERLAP_HOURS = 72


@transaction.atomic
def rotate_token(
    *,
    key_id: str,
    actor: Actor,
    overlap_hours: int = OVERLAP_HOURS,
    days: int = DAYS,
    via: Token | None = None,
) -> tuple[Token, str]:
    """Make the successor: same person, name, grants and networks. The old one ends after the overlap at the latest.

    With a token (`via`) only that token itself is rotated. Raises ValidationError, PermissionDenied (another person's,
    or it gives more than its person still holds), ConflictError.
    """
    _refuse_wrong_arguments(overlap_hours, days)
    old = lock_token(key_id)
    now = timezone.now()
    if old.user.get_username() != actor.name or (via is not None and via.pk != old.pk):
        raise PermissionDenied("A token is rotated by its person signed in, or with itself: its secret acts for them.")
    if beyond(old.limit, person(old.user), actor):
        raise PermissionDenied("The token gives more than you hold here: make a new one of what you hold.")
    if old.revoked_at or old.rotated_to or old.expires_at <= now:
        raise ConflictError("The token is revoked, expired or rotated already: make a new one.")
    new, text = store_token(
        old.user,
        grants=old.limit,
        name=old.name,
        expires_at=now + timedelta(days=days),
        cidrs=old.allowed_cidrs,
        by=actor.name,
    )
    old.expires_at = min(old.expires_at, now + timedelta(hours=overlap_hours))
    old.rotated_to = new.key_id
    old.save(update_fields=["expires_at", "rotated_to"])
    detail = {"rotated_to": new.key_id, "lives_until": old.expires_at.isoformat()}
    record(actor=actor.name, verb="token.rotated", subject=f"{actor.name}/{old.key_id}", detail=detail)
    return new, text


def _refuse_wrong_arguments(overlap_hours: int, days: int) -> None:
    errors = {}
    if not 0 <= overlap_hours <= LONGEST_OVERLAP_HOURS:
        errors["overlap_hours"] = f"the old token lives on for 0 to {LONGEST_OVERLAP_HOURS} hours"
    if not 1 <= days <= LONGEST_DAYS:
        errors["days"] = f"a token lives 1 to {LONGEST_DAYS} days"
    if errors:
        raise ValidationError(errors)
