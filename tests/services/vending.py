"""Account requests over the simulated AWS: asked for, decided, and worked on by each worker in its own identity."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db.models.functions import Now

from access.roles import Role, actor
from accounts.account_request import AccountRequest
from accounts.models import Account
from provisioning.models import Run
from provisioning.services.apply_run import apply_run
from provisioning.services.dispatch import schedule_checks, schedule_due
from provisioning.services.look_accounts import look_accounts
from provisioning.services.vending import create
from provisioning.services.vending.decide_request import approve_request
from provisioning.services.vending.request_account import WantedAccount, request_account
from provisioning.services.vending.vend import vend_requests
from tests.services.fleet import Fleet

State = AccountRequest.State
otto = actor("otto", [Role.OPERATOR])
paula = actor("paula", [Role.APPROVER])
MANAGEMENT, OTHER = "777766665555", "444444444444"


@dataclass
class Vending:
    """One organisation, and the vending worker."""

    fleet: Fleet

    def ask(self, email: str = "new@example.com", **more: Any) -> AccountRequest:
        """otto asks for an account in dev."""
        given = {"name": "payments-dev", "environment": "dev", "ou_path": "/workloads/dev", "owner_team": "payments"}
        return request_account(wanted=WantedAccount(email=email, **{**given, **more}), actor=otto)

    def approved(self, email: str = "new@example.com", **more: Any) -> AccountRequest:
        """otto asks, paula approves."""
        return approve_request(request_id=self.ask(email, **more).pk, actor=paula)

    def vend(self) -> None:
        """The vending worker takes what is due."""
        self.fleet.work_as("vend", vend_requests)

    def later(self) -> None:
        """Time passes: leases of dead workers run out, and what waits is due."""
        AccountRequest.objects.update(lease_until=Now(), next_at=Now())

    def until(self, row: AccountRequest, *states: str, rounds: int = 12) -> AccountRequest:
        """Work on it until it is in one of these states."""
        for _ in range(rounds):
            self.later()
            self.vend()
            row.refresh_from_db()
            if row.state in states:
                return row
        raise AssertionError(f"{row.state}: {row.failure} {row.message}")

    def check_and_look(self) -> None:
        """The look and apply workers do what the dispatcher finds due."""
        schedule_checks()
        self.fleet.work_as("look", look_accounts)
        for run in Run.objects.filter(kind=Run.Kind.CHECK_APPLY, state__in=Run.WAITING):
            self.fleet.work_as("apply", lambda run=run: apply_run(run_id=run.pk))  # type: ignore[misc]
        Account.objects.filter(state="proven").update(next_due_at=Now() - timedelta(seconds=1))
        schedule_due()
        self.fleet.work_as("look", look_accounts)

    @property
    def organizations(self) -> Any:
        return self.fleet.sandbox.client("organizations", MANAGEMENT)

    def accounts(self, email: str = "new@example.com") -> list[dict[str, Any]]:
        """The organisation's accounts of this address."""
        pages = self.organizations.get_paginator("list_accounts").paginate()
        return [one for page in pages for one in page["Accounts"] if one["Email"] == email]

    def sent(self, email: str = "new@example.com", *, applied: bool = True) -> int:
        """How often CreateAccount was sent for this address, and took effect."""
        calls = [one for one in self.fleet.sandbox.calls(MANAGEMENT) if one["operation"] == "CreateAccount"]
        return sum(one["params"]["Email"] == email and (one["applied"] or not applied) for one in calls)


@pytest.fixture
def organisation(sandbox: Any) -> dict[str, Any]:
    """One account in the OU that new ones go to."""
    sandbox.account_creation(polls=1)
    made: dict[str, Any] = sandbox.organisation(accounts=[{"id": OTHER, "name": "old", "ou": "/workloads/dev"}])
    return made


@pytest.fixture
def vending(
    fleet: Fleet, organisation: dict[str, Any], settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> Vending:
    settings.FIRSTLINE = settings.FIRSTLINE.model_copy(
        update={
            "management_account_id": MANAGEMENT,
            "organization_id": organisation["org_id"],
            "hub_account_id": organisation["hub_account"],
            "vending_settle_seconds": 0.0,
        }
    )
    monkeypatch.setattr(create, "APART_SECONDS", 0)
    return Vending(fleet)
