"""Limits of guessing a password, kept in the database so that no flush of a cache lifts them.

A try is counted before its password is looked at, so tries at once don't slip through. Three counts, each with a number
of free tries and then a pause that doubles up to a quarter of an hour:

- a name from one network: a person who mistypes; right at last, it is forgotten;
- a network, whatever the names: one machine that tries many people;
- a name from networks it never signed in from: many machines that try one person. Those it knows are not counted, so
  nobody is locked out of their own desk by strangers.

Names nobody has are counted alike, so an answer does not tell who exists.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from django.db import connection, transaction
from django.utils.crypto import salted_hmac

from access.models import KnownNetwork
from access.roles import SYSTEM
from history.services.record import record

FORGET_SECONDS = 3600
"""So long after its last try a count starts anew."""
KEEP_TRIES, KEEP_NETWORKS = "1 day", "90 days"

TAKE = """
INSERT INTO access_signintries AS row (key, tries, last_at, blocked_until)
VALUES (%(key)s, 1, clock_timestamp(), clock_timestamp())
ON CONFLICT (key) DO UPDATE SET (tries, last_at, blocked_until) = (
    SELECT made.tries, clock_timestamp(), clock_timestamp() + make_interval(secs => CASE
        WHEN made.tries < %(free)s THEN 0
        ELSE least(%(longest)s, %(first)s * power(2, least(made.tries - %(free)s, 20))) END)
    FROM (SELECT CASE WHEN row.last_at < clock_timestamp() - make_interval(secs => %(forget)s) THEN 1
                      ELSE row.tries + 1 END AS tries) made)
WHERE row.blocked_until <= clock_timestamp()
RETURNING tries
"""
WAIT = "SELECT ceil(extract(epoch FROM blocked_until - clock_timestamp())) FROM access_signintries WHERE key = %s"
GIVE_BACK = """
UPDATE access_signintries SET tries = greatest(tries - 1, 0), blocked_until = clock_timestamp() WHERE key = ANY(%s)
"""
KNOW = """
INSERT INTO access_knownnetwork (key, last_at) VALUES (%s, clock_timestamp())
ON CONFLICT (key) DO UPDATE SET last_at = excluded.last_at
"""


class TooManyTriesError(Exception):
    """Try again in `wait` seconds."""

    def __init__(self, wait: int) -> None:
        self.wait = wait
        super().__init__(f"too many tries: wait {wait} s")


@dataclass(frozen=True)
class Limit:
    """After `free` tries each next one waits: `first` seconds, then twice that, up to `longest`."""

    name: str
    free: int
    first: float
    longest: float = 900


NETWORK = Limit("network", 20, 30)
NAME = Limit("name", 10, 900)
PAIR = Limit("name and network", 5, 30)


@transaction.atomic
def take_try(*, username: str, address: str) -> None:
    """Count one try, before its password is looked at. Raises TooManyTriesError, and counts nothing, at a limit."""
    for limit, key in _counts(username, _network(address)):
        tries = _take(limit, key)
        if tries == limit.free:
            detail = {"limit": limit.name, "network": _network(address)}
            record(actor=SYSTEM.name, verb="sign_in.limited", subject="sign-in", detail=detail)


@transaction.atomic
def give_back_try(*, username: str, address: str) -> None:
    """The password was right: this try does not count, and the network is known from now on."""
    network = _network(address)
    pair = _key("pair", username, network)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM access_signintries WHERE key = %s", [pair])
        cursor.execute(GIVE_BACK, [[_key("network", network), _key("name", username)]])
        cursor.execute(KNOW, [_key("known", username, network)])


def forget_old_tries() -> None:
    """Drop what no limit looks at any more."""
    with connection.cursor() as cursor:
        for table, age in (("access_signintries", KEEP_TRIES), ("access_knownnetwork", KEEP_NETWORKS)):
            cursor.execute(f"DELETE FROM {table} WHERE last_at < clock_timestamp() - %s::interval", [age])  # noqa: S608


def _counts(username: str, network: str) -> Iterator[tuple[Limit, str]]:
    """In one order for everybody, so that two tries never wait for each other."""
    yield NETWORK, _key("network", network)
    if not KnownNetwork.objects.filter(pk=_key("known", username, network)).exists():
        yield NAME, _key("name", username)
    yield PAIR, _key("pair", username, network)


def _take(limit: Limit, key: str) -> int:
    values: dict[str, str | float] = {"key": key, "free": limit.free, "first": limit.first, "longest": limit.longest}
    with connection.cursor() as cursor:
        cursor.execute(TAKE, {**values, "forget": FORGET_SECONDS})
        taken = cursor.fetchone()
        if taken is None:
            cursor.execute(WAIT, [key])
            raise TooManyTriesError(max(1, int(cursor.fetchone()[0])))
    return int(taken[0])


def _key(*parts: str) -> str:
    return salted_hmac("firstline.sign_in", "\n".join(parts), algorithm="sha256").hexdigest()


def _network(address: str) -> str:
    """An IPv4 address, the /64 of an IPv6 one (one machine has all of it), or `unknown`."""
    try:
        found = ip_address(address)
    except ValueError:
        return "unknown"
    mapped = getattr(found, "ipv4_mapped", None) or found
    return str(mapped) if mapped.version == 4 else str(ip_network(f"{mapped}/64", strict=False))
