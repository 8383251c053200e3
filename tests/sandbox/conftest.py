"""Organisations for the sandbox's own tests."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.client import Sandbox

ACCOUNT = "111111111111"
OTHER = "222222222222"


@pytest.fixture
def server(sandbox_server: Sandbox) -> Sandbox:
    """The session's server, whatever the test before left in it."""
    return sandbox_server


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
