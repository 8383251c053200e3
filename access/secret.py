"""Tokens as text, and what the database keeps of them."""

import hashlib
import hmac
import re
import secrets

from django.conf import settings

PREFIX = "fl"
SHAPE = re.compile(rf"{PREFIX}_([0-9a-f]{{12}})\.([A-Za-z0-9_-]{{43}})", re.ASCII)


def new_key_and_secret() -> tuple[str, str]:
    """The key id, to find a token by, and its secret of 256 random bits."""
    return secrets.token_hex(6), secrets.token_urlsafe(32)


def token_text(key_id: str, secret: str) -> str:
    """What its holder sends: `fl_<key id>.<secret>`."""
    return f"{PREFIX}_{key_id}.{secret}"


def newest_pepper() -> str:
    """The id of the pepper for new tokens; '' while none is set."""
    return next(reversed(settings.FIRSTLINE.token_peppers), "")


def digest_of(secret: str, pepper_id: str) -> str:
    """What is stored: HMAC-SHA256 under the pepper, or SHA-256 without one. Raises KeyError when that pepper is gone.

    No slow hash is needed: the secret is 256 random bits, not a password. A pepper makes a stolen database useless for
    testing guesses even so, and changing it ends all tokens made under it.
    """
    if not pepper_id:
        return hashlib.sha256(secret.encode()).hexdigest()
    pepper: str = settings.FIRSTLINE.token_peppers[pepper_id].get_secret_value()
    return hmac.new(pepper.encode(), secret.encode(), hashlib.sha256).hexdigest()
