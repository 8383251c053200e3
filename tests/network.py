"""No test reaches the network: sockets connect to this machine only."""

import ipaddress
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest


class NetworkIsOffError(RuntimeError):
    """A test tried to reach another machine."""


@contextmanager
def network_off() -> Iterator[None]:
    """Refuse every connection except loopback and Unix sockets while the context is open."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))
        patch.setattr(socket, "getaddrinfo", _guarded_lookup(socket.getaddrinfo))
        yield


def _guarded(connect: Any) -> Any:
    def checked(self: socket.socket, address: Any) -> Any:
        if self.family != socket.AF_UNIX:
            _refuse_unless_here(address[0])
        return connect(self, address)

    return checked


def _guarded_lookup(lookup: Any) -> Any:
    def checked(host: Any, *arguments: Any, **options: Any) -> Any:
        if host is not None:
            _refuse_unless_here(host)
        return lookup(host, *arguments, **options)

    return checked


def _refuse_unless_here(host: str | bytes) -> None:
    name = host.decode() if isinstance(host, bytes) else host
    if name != "localhost" and not _is_here(name):
        raise NetworkIsOffError(f"a test tried to reach {name!r}; tests use servers on this machine only")


def _is_here(name: str) -> bool:
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    # 0.0.0.0 and :: are what servers listen on, and reach this machine only.
    return address.is_loopback or address.is_unspecified
