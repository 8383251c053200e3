"""An organisation in the simulated AWS, and discoveries of it made in this process as the look worker."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from django.conf import LazySettings

from access.roles import Role, actor
from accounts.aws.rates import Buckets
from accounts.models import Account, Discovery
from history.models import Event
from provisioning.aws.clients import forget_clients
from provisioning.services.discover import discover
from provisioning.services.request_discovery import request_discovery
from sandbox.client import Sandbox
from tests.aws.conftest import take_identity

MANAGEMENT, HUB = "777766665555", "999988887777"
DEV, TEST, PROD = "111111111111", "222222222222", "333333333333"
operator = actor("otto", [Role.OPERATOR])


@dataclass
class Organisation:
    """What the tests change at AWS, and what discoveries make of it here."""

    sandbox: Sandbox

    @property
    def aws(self) -> Any:
        """Organizations as the management account's administrator."""
        return self.sandbox.client("organizations", MANAGEMENT)

    def discover(self) -> Discovery:
        """A whole discovery, in as many slices as it takes."""
        asked, _ = request_discovery(actor=operator)
        while asked.finished_at is None:
            assert discover(), "nothing to take up"
            asked.refresh_from_db()
        return asked

    def discovered(self) -> dict[str, Any]:
        """One that must be complete; its counts."""
        found = self.discover()
        assert found.state == "done", (found.reason_code, found.message, found.causes)
        counts: dict[str, Any] = found.counts
        return counts

    def unit(self, name: str) -> str:
        """The id of a unit by its name, anywhere in the tree."""
        waiting = [self.aws.list_roots()["Roots"][0]["Id"]]
        while waiting:
            pages = self.aws.get_paginator("list_organizational_units_for_parent").paginate(ParentId=waiting.pop())
            for one in [unit for page in pages for unit in page["OrganizationalUnits"]]:
                if one["Name"] == name:
                    return str(one["Id"])
                waiting.append(one["Id"])
        raise KeyError(name)

    def move(self, account_id: str, unit: str) -> None:
        """To the unit of this name."""
        (parent,) = self.aws.list_parents(ChildId=account_id)["Parents"]
        self.aws.move_account(AccountId=account_id, SourceParentId=parent["Id"], DestinationParentId=self.unit(unit))

    def leave(self, account_id: str) -> None:
        """Taken out of the organisation."""
        self.aws.remove_account_from_organization(AccountId=account_id)


def account(account_id: str) -> Account:
    found: Account = Account.objects.get(pk=account_id)
    return found


def verbs(account_id: str) -> list[str]:
    """What the history says of an account, in order."""
    return list(Event.objects.filter(account_id=account_id).order_by("id").values_list("verb", flat=True))


@pytest.fixture
def organisation(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, settings: LazySettings, transactional_db: None
) -> Iterator[Organisation]:
    """Three accounts below /workloads; the unit of production is mapped to its environment, as dev's is."""
    facts = sandbox.organisation(
        accounts=[
            {"id": DEV, "name": "dev", "ou": "/workloads/dev", "tags": {"team": "payments"}},
            {"id": TEST, "name": "test", "ou": "/workloads/test"},
            {"id": PROD, "name": "prod", "ou": "/workloads/prod"},
        ]
    )
    settings.FIRSTLINE = settings.FIRSTLINE.model_copy(
        update={
            "external_id": facts["external_id"],
            "organization_id": facts["org_id"],
            "discovery_account_id": MANAGEMENT,
            "ou_environments": {"/workloads/dev": "dev", "/workloads/prod": "prod"},
            "lease_seconds": 5.0,
            "connect_timeout_seconds": 0.5,
            "read_timeout_seconds": 2.0,
            "lease_margin_seconds": 0.5,
        }
    )
    take_identity(sandbox, monkeypatch, "look")
    at_once = partial(Buckets, pause=lambda seconds: None)
    monkeypatch.setattr("provisioning.services.ask_organizations.Buckets", at_once)
    yield Organisation(sandbox)
    forget_clients()
