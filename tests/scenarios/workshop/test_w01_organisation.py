"""W1: an account hierarchy with an account per environment, found in AWS Organizations and kept in step with it."""

from typing import Any

import pytest

from sandbox.client import Sandbox
from tests.scenarios.firstline import Firstline, Row

pytestmark = pytest.mark.django_db(transaction=True)
MANAGEMENT, HUB = "777766665555", "999988887777"
DEV, TEST, PROD = "111111111111", "222222222222", "333333333333"
ENVIRONMENTS = '{"/workloads/dev": "dev", "/workloads/test": "test", "/workloads/prod": "prod"}'


@pytest.fixture
def organisation(sandbox: Sandbox) -> dict[str, Any]:
    """Development, testing and production, each in a unit of its own; nobody registers anything."""
    names = {DEV: "dev", TEST: "test", PROD: "prod"}
    return sandbox.organisation(
        accounts=[
            {
                "id": one,
                "name": f"shop-{name}",
                "ou": f"/workloads/{name}",
                "tags": {"product": "shop"},
                "users": ["ann"],
            }
            for one, name in names.items()
        ]
    )


@pytest.fixture
def process_environment(process_environment: dict[str, str], organisation: dict[str, Any]) -> dict[str, str]:
    """Discovery is on, and knows which unit is which environment."""
    return process_environment | {
        "FIRSTLINE_DISCOVERY_ACCOUNT_ID": MANAGEMENT,
        "FIRSTLINE_ORGANIZATION_ID": organisation["org_id"],
        "FIRSTLINE_OU_ENVIRONMENTS": ENVIRONMENTS,
    }


@pytest.fixture(autouse=True)
def _this_process_too(settings: Any) -> None:
    settings.FIRSTLINE = settings.FIRSTLINE.model_copy(update={"discovery_account_id": MANAGEMENT})


def discover(firstline: Firstline) -> Row:
    """otto asks for a discovery, and it is done."""
    otto = firstline.person("otto", "operator")
    asked = otto.post("/api/v1/discoveries")
    assert asked.status_code in {200, 202}, asked.content
    address = f"discoveries/{asked.json()['id']}"
    firstline.until(lambda: firstline.get(address)["finished_at"], "a discovery to end")
    found: Row = firstline.get(address)
    assert found["state"] == "done", found
    return found


def test_the_hierarchy_of_accounts_is_found_selected_and_followed(firstline: Firstline) -> None:
    firstline.declare()
    firstline.start()
    found = discover(firstline)
    assert found["counts"]["registered"] == 5 or found["requested_by"] == "firstline"
    environments = {row["account_id"]: row["environment"] for row in firstline.rows("accounts")}
    assert environments == {DEV: "dev", TEST: "test", PROD: "prod", HUB: "", MANAGEMENT: ""}
    tree = {unit["path"]: unit for unit in firstline.get("organisational-units")["units"]}
    assert tree["/workloads"]["by_environment"] == {"dev": 1, "prod": 1, "test": 1}
    a_selector_shows_whom_it_reaches(firstline)
    firstline.until_in_sync(DEV, TEST)
    an_account_that_moves_takes_its_assignments_along(firstline)
    a_suspended_account_is_left_alone_and_comes_back(firstline)
    an_account_has_left_after_two_discoveries(firstline)


def a_selector_shows_whom_it_reaches(firstline: Firstline) -> None:
    vera = firstline.person("vera", "viewer")
    asked = {"selector": "tag", "value": "product=shop", "baseline": "first-line", "version": 1}
    preview = firstline.post(vera, "selector-previews", {**asked, "parameters": {"people": ["ann"]}})
    assert (preview["accounts"], preview["by_environment"]) == (3, {"dev": 1, "prod": 1, "test": 1})


def an_account_that_moves_takes_its_assignments_along(firstline: Firstline) -> None:
    """Out of /workloads, where the baseline is assigned, nothing is declared any more."""
    aws = firstline.sandbox.client("organizations", MANAGEMENT)
    (root,) = aws.list_roots()["Roots"]
    (parent,) = aws.list_parents(ChildId=TEST)["Parents"]
    aws.move_account(AccountId=TEST, SourceParentId=parent["Id"], DestinationParentId=root["Id"])
    discover(firstline)
    assert firstline.get(f"accounts/{TEST}")["ou_path"] == "/"
    firstline.until(lambda: firstline.verdict(TEST) == ("unassigned", "no_assignment"), "the account to be unassigned")
    assert ("firstline", "account.moved") in firstline.history(TEST)


def a_suspended_account_is_left_alone_and_comes_back(firstline: Firstline) -> None:
    firstline.sandbox.set_status(DEV, "SUSPENDED")
    discover(firstline)
    assert firstline.verdict(DEV) == ("unknown", "suspended")
    otto = firstline.person("otto", "operator")
    assert firstline.post(otto, f"accounts/{DEV}/looks", status=409)["code"] == "conflict"
    firstline.sandbox.set_status(DEV, "ACTIVE")
    discover(firstline)
    firstline.until_in_sync(DEV)
    assert {"account.suspended", "account.returned"} <= {verb for _, verb in firstline.history(DEV)}


def an_account_has_left_after_two_discoveries(firstline: Firstline) -> None:
    aws = firstline.sandbox.client("organizations", MANAGEMENT)
    aws.remove_account_from_organization(AccountId=TEST)
    assert discover(firstline)["told"]["missing"] == [TEST]
    assert firstline.get(f"accounts/{TEST}")["state"] != "left"
    discover(firstline)
    assert firstline.get(f"accounts/{TEST}")["state"] == "left"
