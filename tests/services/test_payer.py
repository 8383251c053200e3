"""The payer's own run writes what members have kept there, with a role that can write nothing else."""

from dataclasses import replace
from typing import Any

import pytest

from accounts.models import Account
from provisioning.core.desired import Mode
from provisioning.models import Drift
from provisioning.services.verdicts import verdicts_of
from sandbox.client import Sandbox
from tests import factories
from tests.services.fleet import DEV, Fleet, group, item

PAYER = "777766665555"
NAME = f"{DEV}-monthly"
FIELDS: dict[str, Any] = {
    "type": "cost",
    "limit": {"amount": "10", "unit": "USD"},
    "period": "monthly",
    "filter": {"linked_account": [DEV]},
}


@pytest.fixture
def organisation(sandbox: Sandbox) -> dict[str, Any]:
    return sandbox.organisation(
        accounts=[{"id": DEV, "name": "dev", "environment": "dev"}], management_account=PAYER, payer_roles=True
    )


@pytest.fixture
def payer(fleet: Fleet) -> Account:
    return factories.account(PAYER, name="payer", environment="test", ou_path="/", is_management_account=True)


def kept(**fields: Any) -> Any:
    found = item("budget", NAME, FIELDS | fields)
    return replace(found, origins=tuple(replace(origin, member=DEV) for origin in found.origins))


def test_payers_run_writes_the_budget_and_the_member_is_not_touched(fleet: Fleet, payer: Account) -> None:
    fleet.declare(PAYER, kept())
    fleet.converge(PAYER)
    assert fleet.writes(PAYER) == ["CreateBudget"] and fleet.writes(DEV) == []
    (made,) = fleet.sandbox.client("budgets", PAYER).describe_budgets(AccountId=PAYER)["Budgets"]
    assert made["CostFilters"] == {"LinkedAccount": [DEV]}
    assert verdicts_of([PAYER])[PAYER].overall.verdict == "in_sync"
    fleet.declare(PAYER, kept(limit={"amount": "20", "unit": "USD"}))
    fleet.converge(PAYER)
    assert fleet.writes(PAYER) == ["CreateBudget", "UpdateBudget"]
    (drift,) = Drift.objects.filter(account_id=PAYER, path="limit")
    assert [origin["member"] for origin in drift.origins] == [DEV]


def test_budget_that_nobody_keeps_any_more_is_extra_for_a_person(fleet: Fleet, payer: Account) -> None:
    fleet.declare(PAYER, kept())
    fleet.converge(PAYER)
    fleet.declare(PAYER)
    fleet.look(PAYER)
    (drift,) = Drift.objects.open().filter(account_id=PAYER)
    assert (drift.name, drift.type, drift.remedy) == (NAME, "extra", "person")
    assert fleet.writes(PAYER) == ["CreateBudget"]


def test_budgets_of_others_at_the_payer_are_left_alone(fleet: Fleet, payer: Account) -> None:
    theirs = {"BudgetName": "ours", "BudgetType": "COST", "TimeUnit": "MONTHLY"}
    limit = {"BudgetLimit": {"Amount": "5", "Unit": "USD"}}
    fleet.sandbox.client("budgets", PAYER).create_budget(AccountId=PAYER, Budget=theirs | limit)
    fleet.declare(PAYER, kept())
    fleet.converge(PAYER)
    assert fleet.drift(PAYER) == {} and fleet.writes(PAYER) == ["CreateBudget"]


def test_the_roles_there_can_write_nothing_else(fleet: Fleet, payer: Account) -> None:
    """Rendering only observes anything else there; were it asked for all the same, AWS would refuse it."""
    fleet.declare(PAYER, group(mode=Mode.ENFORCE))
    fleet.look(PAYER)
    (run,) = fleet.apply_all(PAYER)
    assert run.state == "blocked" and fleet.writes(PAYER) == []
