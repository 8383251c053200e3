"""Fixtures for every test: real servers, no network, and a simulated AWS organisation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.embedded import running
from tests.network import network_off

if TYPE_CHECKING:
    from sandbox.client import Sandbox


def pytest_unconfigure() -> None:
    running.close()


@pytest.fixture(scope="session", autouse=True)
def _network_off() -> Iterator[None]:
    with network_off():
        yield


@pytest.fixture(scope="session")
def sandbox_server() -> Iterator[Sandbox]:
    """One simulated AWS per session; tests take `sandbox`, which is empty at their start."""
    from sandbox.client import Sandbox

    server = Sandbox.start()
    yield server
    server.stop()


@pytest.fixture
def sandbox(sandbox_server: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """An empty simulated AWS, reached as the real one would be: by the environment that boto3 reads."""
    sandbox_server.reset()
    for name, value in _aws_environment(sandbox_server.url).items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    return sandbox_server


def _aws_environment(url: str) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        # The files of whoever runs the tests must not decide anything.
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    }
