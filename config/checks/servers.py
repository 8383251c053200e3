"""Rules about PostgreSQL and Redis."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import SplitResult, parse_qs, urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning

from config.environment import Environment, is_loopback

ENCRYPTED = {"require", "verify-ca", "verify-full"}


def redis_asks_for_a_password(**_: Any) -> Iterator[CheckMessage]:
    """Whoever reaches an open Redis can ring workers and read what is rung."""
    url = urlsplit(_given().redis_url)
    if _is_remote(url) and not url.password:
        yield Error(
            "FIRSTLINE_REDIS_URL has no password, and Redis is not on this machine.",
            hint="Set requirepass or an ACL user, and write rediss://user:password@host:6379/0.",
            id="firstline.E121",
        )


def redis_is_encrypted(**_: Any) -> Iterator[CheckMessage]:
    """Its password crosses the network."""
    given = _given()
    if _is_remote(url := urlsplit(given.redis_url)) and url.scheme != "rediss" and not given.plain_servers:
        yield Warning(
            "FIRSTLINE_REDIS_URL does not ask for TLS.",
            hint="Write rediss://, or set FIRSTLINE_PLAIN_SERVERS=true when nobody else can listen on that network.",
            id="firstline.W122",
        )


def database_is_encrypted(**_: Any) -> Iterator[CheckMessage]:
    """Without an sslmode PostgreSQL's client takes plain text when the server, or somebody between, prefers it."""
    given = _given()
    url = urlsplit(given.database_url)
    query = parse_qs(url.query)
    if query.get("host", [""])[0].startswith("/") or not _is_remote(url) or given.plain_servers:
        return
    if query.get("sslmode", [""])[0] not in ENCRYPTED:
        yield Warning(
            "FIRSTLINE_DATABASE_URL does not ask for TLS.",
            hint="Add ?sslmode=verify-full&sslrootcert=/path/to/ca.pem, or set FIRSTLINE_PLAIN_SERVERS=true when "
            "nobody else can listen on that network.",
            id="firstline.W123",
        )


def _is_remote(url: SplitResult) -> bool:
    return bool(url.hostname) and not is_loopback(url.hostname or "")


def _given() -> Environment:
    given: Environment = settings.FIRSTLINE
    return given


RULES = (redis_asks_for_a_password, redis_is_encrypted, database_is_encrypted)
