"""Rules about how people and programs reach Firstline."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning

from config.environment import Environment


def hosts_are_named(**_: Any) -> Iterator[CheckMessage]:
    """Without a list of its own names a server believes whatever the Host header says."""
    hosts = _given().allowed_hosts
    if not hosts or any(host.strip() in {"", "*", "."} for host in hosts):
        yield Error(
            "FIRSTLINE_ALLOWED_HOSTS is empty or holds `*`.",
            hint='Name the hosts people use, e.g. ["firstline.example.org"].',
            id="firstline.E101",
        )


def debug_stays_on_one_machine(**_: Any) -> Iterator[CheckMessage]:
    """An error page with its causes shows settings and data."""
    given = _given()
    if given.debug and not given.is_local:
        yield Error(
            "FIRSTLINE_DEBUG is on, and FIRSTLINE_ALLOWED_HOSTS names more than this machine.",
            hint="Unset FIRSTLINE_DEBUG.",
            id="firstline.E102",
        )


def network_means_https(**_: Any) -> Iterator[CheckMessage]:
    """Passwords, tokens and sessions never cross a network in the clear."""
    given = _given()
    if not given.uses_https and not given.is_local:
        yield Error(
            "FIRSTLINE_HTTPS is off, and FIRSTLINE_ALLOWED_HOSTS names more than this machine.",
            hint="Unset FIRSTLINE_HTTPS and put a proxy that ends TLS in front.",
            id="firstline.E103",
        )


def proxy_is_believed(**_: Any) -> Iterator[CheckMessage]:
    """Without the header every request through a proxy looks plain, and is sent to HTTPS again and again."""
    given = _given()
    if given.uses_https and not given.proxy_https_header:
        yield Warning(
            "FIRSTLINE_PROXY_HTTPS_HEADER is empty: behind a proxy every request is redirected to itself.",
            hint="Name the header your proxy sets and overwrites, e.g. X-Forwarded-Proto.",
            id="firstline.W104",
        )


def proxies_are_counted(**_: Any) -> Iterator[CheckMessage]:
    """Without their number everybody comes from the proxy's address, and one guesser's limit holds for all."""
    given = _given()
    if given.proxy_https_header and not given.proxies:
        yield Warning(
            "FIRSTLINE_PROXIES is 0, and FIRSTLINE_PROXY_HTTPS_HEADER names a proxy.",
            hint="Say how many proxies add an address to X-Forwarded-For, mostly 1.",
            id="firstline.W105",
        )


def _given() -> Environment:
    given: Environment = settings.FIRSTLINE
    return given


RULES = (
    hosts_are_named,
    debug_stays_on_one_machine,
    network_means_https,
    proxy_is_believed,
    proxies_are_counted,
)
