"""The fleet fixture: an empty organisation with Firstline's roles, and short leases."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import LazySettings

from access.roles import Role
from provisioning.aws.clients import forget_clients
from sandbox.client import Sandbox
from tests.people import person
from tests.services.fleet import APPROVER, DEV, PROD, TEST, Fleet

PEOPLE = ["ann", "ben", "carla"]


@pytest.fixture
def organisation(sandbox: Sandbox) -> dict[str, Any]:
    """Three accounts that nobody has touched."""
    return sandbox.organisation(
        accounts=[
            {"id": account_id, "name": name, "environment": name, "users": PEOPLE}
            for account_id, name in ((DEV, "dev"), (TEST, "test"), (PROD, "prod"))
        ]
    )


@pytest.fixture
def fleet(
    sandbox: Sandbox,
    organisation: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    settings: LazySettings,
    transactional_db: None,
) -> Iterator[Fleet]:
    """Workers of this test, under quick settings."""
    settings.FIRSTLINE = settings.FIRSTLINE.model_copy(
        update={
            "external_id": organisation["external_id"],
            "lease_seconds": 5.0,
            "connect_timeout_seconds": 0.5,
            "read_timeout_seconds": 2.0,
            "lease_margin_seconds": 0.5,
            "look_threads": 4,
            "settle_seconds": 0.0,
        }
    )
    person(APPROVER, Role.APPROVER)
    forget_clients()
    yield Fleet(sandbox, monkeypatch)
    forget_clients()
