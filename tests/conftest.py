"""Fixtures for every test: real servers, no network, and a simulated AWS organisation."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

import pytest
from hypothesis import HealthCheck, settings

from tests.embedded import running
from tests.network import network_off

if TYPE_CHECKING:
    from sandbox.client import Sandbox


# Correctness, never speed: the machine may be busy.
settings.register_profile("firstline", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("firstline")


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


@pytest.fixture
def process_environment(transactional_db: None) -> dict[str, str]:
    """For a worker or a command in a process of its own: the product's settings over this test's database.

    Take it after `sandbox`, whose variables it then holds.
    """
    from django.db import connection

    url = urlsplit(os.environ["FIRSTLINE_DATABASE_URL"])
    database = urlunsplit(url._replace(path=f"/{connection.settings_dict['NAME']}"))
    return os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings", "FIRSTLINE_DATABASE_URL": database}


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
