"""One server for the whole folder; each test builds its own organisation in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.client import Sandbox

ACCOUNT = "111111111111"
OTHER = "222222222222"


@pytest.fixture(scope="session")
def server() -> Iterator[Sandbox]:
    started = Sandbox.start()
    yield started
    started.stop()


@pytest.fixture
def sandbox(server: Sandbox) -> Sandbox:
    """Two plain accounts in one organisation, with Firstline's roles."""
    server.organisation(
        seed=1,
        accounts=[
            {"id": ACCOUNT, "name": "dev", "environment": "dev", "ou": "/workloads/dev", "users": ["ann", "ben"]},
            {"id": OTHER, "name": "test", "environment": "test", "ou": "/workloads/test"},
        ],
    )
    return server


@pytest.fixture
def iam(sandbox: Sandbox) -> Any:
    return sandbox.client("iam", ACCOUNT)


@pytest.fixture
def budgets(sandbox: Sandbox) -> Any:
    return sandbox.client("budgets", ACCOUNT)
