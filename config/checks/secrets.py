"""Rules about the secrets of the installation. A message names a variable, never its value."""

import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

from config.checks.process import Process, current
from config.environment import Environment, variable

LENGTH = 50
BITS = 128
TOKEN_LENGTH = 32
PLACEHOLDER = re.compile(
    r"change|secret|insecure|develop|example|password|default|placeholder|your[-_ ]|only-for|testing|1234567",
    re.IGNORECASE,
)
MAKE_ONE = 'Make one: python -c "import secrets; print(secrets.token_urlsafe(48))"'
KEY_RINGS = {"history_keys": Process.DISPATCHER, "token_peppers": Process.WEB, "hand_over_keys": Process.WEB}
"""Settings {id: key}, and the one process that needs each: what seals the history, what tokens are hashed with, and
what first passwords and access keys are encrypted with until they are read.
"""
OPTIONAL = frozenset({"hand_over_keys"})
"""Without one nothing is handed over."""


def secret_key_is_random(**_: Any) -> Iterator[CheckMessage]:
    """Whoever guesses it can sign in as anybody. Judged unless only this machine is served."""
    given: Environment = settings.FIRSTLINE
    if not given.is_local and looks_made_up(given.secret_key):
        yield Error(f"FIRSTLINE_SECRET_KEY is short or can be guessed. {MAKE_ONE}", id="firstline.E111")


def key_rings_are_random(**_: Any) -> Iterator[CheckMessage]:
    """A history that anybody can seal anew proves nothing. Judged unless only this machine is served."""
    given: Environment = settings.FIRSTLINE
    if given.is_local:
        return
    needed = [name for name, process in KEY_RINGS.items() if current() in {process, Process.COMMAND}]
    for name in (name for name in needed if name in type(given).model_fields):
        keys = [_text(key) for key in getattr(given, name).values()]
        if (not keys and name not in OPTIONAL) or any(looks_made_up(key, least=TOKEN_LENGTH) for key in keys):
            yield Error(
                f"{variable(name)} has no key, or one that is short or can be guessed. {MAKE_ONE}", id="firstline.E112"
            )


def metrics_token_is_random(**_: Any) -> Iterator[CheckMessage]:
    """Empty closes `/metrics`; a short one opens it to whoever tries."""
    given: Environment = settings.FIRSTLINE
    if given.metrics_token and looks_made_up(given.metrics_token, least=TOKEN_LENGTH):
        yield Error(f"FIRSTLINE_METRICS_TOKEN is short or can be guessed. {MAKE_ONE}", id="firstline.E113")


def looks_made_up(secret: str, *, least: int = LENGTH) -> bool:
    """Whether a person wrote it: too short, too even, or with a word of the usual placeholders in it."""
    return len(secret) < least or entropy_bits(secret) < BITS or bool(PLACEHOLDER.search(secret))


def entropy_bits(text: str) -> float:
    """Bits by how often each character stands in it (Shannon): an upper bound of how hard it is to guess."""
    counts = Counter(text).values()
    return -sum(count * math.log2(count / len(text)) for count in counts) if text else 0.0


def _text(key: Any) -> str:
    return str(key.get_secret_value() if hasattr(key, "get_secret_value") else key)


RULES = (secret_key_is_random, key_rings_are_random, metrics_token_is_random)
