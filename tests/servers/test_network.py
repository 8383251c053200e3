"""The guard that keeps tests off the network lets this machine through and nothing else."""

import socket

import pytest

from tests.network import NetworkIsOffError


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "iam.amazonaws.com"])
def test_other_machines_are_refused(host: str) -> None:
    with pytest.raises(NetworkIsOffError, match=host):
        socket.create_connection((host, 443))


def test_connect_by_code_is_refused_as_well() -> None:
    with socket.socket() as probe, pytest.raises(NetworkIsOffError):
        probe.connect_ex(("192.0.2.1", 443))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_this_machine_is_reached(host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection((host, server.getsockname()[1])).close()
