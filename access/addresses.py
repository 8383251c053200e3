"""Where a request comes from, and where a token may be used."""

from collections.abc import Iterable, Mapping
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

from django.conf import settings

Network = IPv4Network | IPv6Network
MOST_CIDRS = 20


def client_address(meta: Mapping[str, Any]) -> str:
    """The client's address: as the outermost of our own proxies saw it, else the connection's other end.

    `FIRSTLINE_PROXIES` says how many proxies of ours add to X-Forwarded-For; what stands left of theirs is anybody's.
    """
    hops = [hop.strip() for hop in str(meta.get("HTTP_X_FORWARDED_FOR", "")).split(",") if hop.strip()]
    proxies = settings.FIRSTLINE.proxies
    return hops[-proxies] if 0 < proxies <= len(hops) else str(meta.get("REMOTE_ADDR", ""))


def is_inside(address: str, cidrs: Iterable[str]) -> bool:
    """Whether the address lies in one of the networks; no address lies in one that can't be read."""
    try:
        where = ip_address(address)
    except ValueError:
        return False
    return any(where in ip_network(cidr) for cidr in cidrs)


def read_cidrs(texts: Iterable[str]) -> list[str]:
    """The networks in their normal form. Raises ValueError."""
    found = [str(ip_network(text)) for text in texts]
    if len(found) > MOST_CIDRS:
        raise ValueError(f"give at most {MOST_CIDRS} networks")
    return found


def are_within(cidrs: Iterable[str], outer: Iterable[str]) -> bool:
    """Whether each network lies in one of the outer ones; no outer ones means: anywhere."""
    around = [ip_network(cidr) for cidr in outer]
    inner = [ip_network(cidr) for cidr in cidrs]
    return not around or (bool(inner) and all(any(_lies_in(one, net) for net in around) for one in inner))


def _lies_in(inner: Network, outer: Network) -> bool:
    if isinstance(inner, IPv4Network):
        return isinstance(outer, IPv4Network) and inner.subnet_of(outer)
    return isinstance(outer, IPv6Network) and inner.subnet_of(outer)
