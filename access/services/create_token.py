"""Making a token: the only moment its secret is known."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from access.addresses import are_within, read_cidrs
from access.models import Token
from access.roles import Actor, Grant
from access.secret import digest_of, new_key_and_secret, newest_pepper, token_text
from access.services.grants import person
from history.services.record import record

DAYS = 90
LONGEST_DAYS = 90
MOST_GRANTS = 50


@transaction.atomic
def create_token(
    *,
    username: str,
    grants: Collection[Grant],
    name: str,
    actor: Actor,
    days: int = DAYS,
    allowed_cidrs: Iterable[str] = (),
    via: Token | None = None,
) -> tuple[Token, str]:
    """Make a token for a person and return it with its text, which can't be had again.

    It never gives more than its person and whoever makes it hold; made with another token (`via`), it is neither wider
    nor longer-lived than that one. Raises ValidationError naming each argument that is wrong.
    """
    user = get_user_model().objects.filter(username=username).first()
    cidrs = _refuse_wrong_arguments(user, grants=grants, name=name, days=days, cidrs=allowed_cidrs, actor=actor)
    expires_at = timezone.now() + timedelta(days=days)
    if via is not None:
        _refuse_wider_use(via, cidrs)
        expires_at = min(expires_at, via.expires_at)
    return store_token(user, grants=grants, name=name, expires_at=expires_at, cidrs=cidrs, by=actor.name)


def store_token(
    user: Any, *, grants: Iterable[Grant], name: str, expires_at: datetime, cidrs: list[str], by: str
) -> tuple[Token, str]:
    """Store a token that was checked, and say so in the history."""
    key_id, secret = new_key_and_secret()
    pepper_id = newest_pepper()
    held = sorted((grant.to_plain() for grant in set(grants)), key=lambda one: (one["role"], one["scope"]))
    token = Token.objects.create(
        key_id=key_id,
        digest=digest_of(secret, pepper_id),
        pepper_id=pepper_id,
        user=user,
        name=name,
        grants=held,
        allowed_cidrs=cidrs,
        expires_at=expires_at,
    )
    detail = {"grants": held, "allowed_cidrs": cidrs, "expires_at": expires_at.isoformat()}
    record(actor=by, verb="token.created", subject=f"{user.get_username()}/{key_id}", detail=detail)
    return token, token_text(key_id, secret)


def beyond(grants: Iterable[Grant], *actors: Actor) -> list[Grant]:
    """The grants that one of the actors does not hold whole."""
    return [grant for grant in grants if not all(one.holds(grant) for one in actors)]


def _refuse_wrong_arguments(
    user: Any, *, grants: Collection[Grant], name: str, days: int, cidrs: Iterable[str], actor: Actor
) -> list[str]:
    """The networks in their normal form. Raises ValidationError with everything that is wrong."""
    errors, networks = {}, []
    if not name.strip() or len(name) > 100 or not name.isprintable():
        errors["name"] = "say in 1 to 100 characters on one line where the token is used, e.g. laptop"
    if not 1 <= days <= LONGEST_DAYS:
        errors["days"] = f"a token lives 1 to {LONGEST_DAYS} days"
    try:
        networks = read_cidrs(cidrs)
    except ValueError as error:
        errors["allowed_cidrs"] = f"{error}: write networks like 192.0.2.0/24"
    if why := _why_not_person(user):
        errors["user"] = why
    elif not 1 <= len(grants) <= MOST_GRANTS:
        errors["grants"] = f"name 1 to {MOST_GRANTS} grants, each a role and a scope"
    elif wider := beyond(grants, person(user), actor):
        errors["grants"] = f"a token gives no more than its person and its maker hold: not {_listed(wider)}"
    if errors:
        raise ValidationError(errors)
    return networks


def _why_not_person(user: Any) -> str:
    if user is None:
        return "there is no such person: grant them a role first"
    return "" if user.is_active else f"{user.get_username()} is switched off: a token would not be accepted"


def _refuse_wider_use(via: Token, cidrs: list[str]) -> None:
    if not are_within(cidrs, via.allowed_cidrs):
        told = "a token made with another may be used from that one's networks only: "
        raise ValidationError({"allowed_cidrs": told + ", ".join(via.allowed_cidrs)})


def _listed(grants: Iterable[Grant]) -> str:
    return ", ".join(sorted(map(str, grants)))
