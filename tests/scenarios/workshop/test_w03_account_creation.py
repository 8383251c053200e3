"""W3, creating an account: asked for, approved, made, placed, entered, and looked at before it is changed."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings

from provisioning.models.attestation import today
from sandbox.client import Sandbox
from tests.scenarios.firstline import Firstline, Row

pytestmark = pytest.mark.django_db(transaction=True)
MANAGEMENT, NEIGHBOUR = "777766665555", "111111111111"
BASELINE = """
resources:
  iam.group:
    Developers: {attached_policies: [ReadOnlyAccess]}
  billing_access: {activated: true}
"""
WANTED = {
    "name": "payments-dev",
    "email": "aws+payments-dev@example.com",
    "environment": "dev",
    "ou_path": "/workloads/dev",
    "owner_team": "payments",
    "tags": {"cost-centre": "4711"},
    "billing_access": "allow",
}


@pytest.fixture
def organisation(sandbox: Sandbox) -> dict[str, Any]:
    """A neighbour, so that the OU is there."""
    return sandbox.organisation(accounts=[{"id": NEIGHBOUR, "name": "neighbour", "ou": "/workloads/dev"}])


@pytest.fixture
def set_up(firstline: Firstline, organisation: dict[str, Any], settings: LazySettings) -> Firstline:
    """What docs/account-requests.md has an installation set, for its web and its workers."""
    given = {
        "management_account_id": MANAGEMENT,
        "organization_id": organisation["org_id"],
        "hub_account_id": organisation["hub_account"],
        "external_id": organisation["external_id"],
        "vending_settle_seconds": 3,
    }
    settings.FIRSTLINE = settings.FIRSTLINE.model_copy(update=given)
    firstline.processes.environment |= {f"FIRSTLINE_{name.upper()}": str(value) for name, value in given.items()}
    return firstline


def start(firstline: Firstline) -> None:
    firstline.start()
    firstline.processes.vend_worker()


def declare(firstline: Firstline) -> None:
    """The OU has a baseline that is enforced."""
    ann, olga = firstline.person("ann", "baseline_author"), firstline.person("olga", "operator")
    firstline.post(ann, "baselines", {"name": "first-line"}, 201)
    draft = ann.post("/api/v1/baselines/first-line/versions", BASELINE, content_type="application/yaml")
    firstline.post(ann, "baselines/first-line/versions/1/publish", seen=draft["ETag"])
    wanted = {"baseline": "first-line", "version": 1, "selector": "ou", "value": "/workloads"}
    firstline.post(olga, "assignments", wanted | {"mode": {"default": "enforce"}}, 201)


def ask(firstline: Firstline, **other: Any) -> Row:
    """otto asks; paula approves what she read."""
    asked: Row = firstline.post(firstline.person("otto", "operator"), "account-requests", {**WANTED, **other}, 201)
    assert asked["state"] == "requested"
    return approve(firstline, asked)


def approve(firstline: Firstline, asked: Row) -> Row:
    paula = firstline.person("paula", "approver")
    seen = paula.get(f"/api/v1/account-requests/{asked['id']}")["ETag"]
    approved: Row = firstline.post(paula, f"account-requests/{asked['id']}/approve", {"comment": "yes"}, seen=seen)
    return approved


def until(firstline: Firstline, asked: Row, state: str) -> Row:
    """Wait until the request is in this state, or has failed."""
    address = f"account-requests/{asked['id']}"
    firstline.until(
        lambda: firstline.get(address)["state"] in {state, "failed", "in_doubt"}, f"a request to be {state}"
    )
    found: Row = firstline.get(address)
    assert found["state"] == state, found
    return found


def sent(firstline: Firstline, email: str) -> int:
    calls = firstline.sandbox.calls(MANAGEMENT)
    return sum(one["operation"] == "CreateAccount" and one["params"]["Email"] == email for one in calls)


def verdicts(firstline: Firstline, account_id: str) -> dict[str, str]:
    kinds = firstline.get(f"accounts/{account_id}")["kinds"]
    return {kind: judged["verdict"] for kind, judged in kinds.items()}


def test_account_that_was_asked_for_stands_in_its_ou_and_is_looked_at_before_it_is_changed(set_up: Firstline) -> None:
    firstline = set_up
    # AWS makes the account, and its answer is lost: nobody may ask a second time.
    firstline.sandbox.fault("cut_after", operation="CreateAccount", count=1)
    firstline.sandbox.account_creation(polls=2, role_after=2)
    declare(firstline)
    start(firstline)
    done = until(firstline, ask(firstline), "done")
    account_id = done["account_id"]
    assert sent(firstline, WANTED["email"]) == 1  # type: ignore[arg-type]
    known = next(one for one in firstline.sandbox.organisation()["accounts"] if one["id"] == account_id)
    assert (known["name"], known["ou"]) == ("payments-dev", "/workloads/dev")
    account = firstline.get(f"accounts/{account_id}")
    assert (account["state"], account["apply_role"], account["paused"]) == ("managed", "proven", True)
    assert (account["owner_team"], account["tags"]["cost-centre"]) == ("payments", "4711")
    # Its first look shows what is missing, and nothing was written yet but our own way in.
    assert verdicts(firstline, account_id) == {"iam.group": "drifted", "billing_access": "in_sync"}
    assert "Developers" not in firstline.sandbox.state(account_id)["groups"]
    (word,) = firstline.rows("attestations", account=account_id)
    assert (word["source"], word["value"], word["review_on"]) == ("set_at_creation", {"activated": True}, None)
    firstline.post(firstline.person("otto", "operator"), f"accounts/{account_id}/resume")
    firstline.until_in_sync(account_id)
    assert verdicts(firstline, account_id) == {"iam.group": "in_sync", "billing_access": "in_sync"}
    verbs = [verb for _, verb in firstline.history(account_id)]
    assert {f"account_request.{state}" for state in ("created", "placing", "proving", "done")} <= set(verbs)
    contradicted(firstline, account_id)


def contradicted(firstline: Firstline, account_id: str) -> None:
    """Somebody sees in the console that the switch stands otherwise: their word counts from then on."""
    said = {"statement": "It is off.", "evidence": "seen in the console", "review_on": str(today() + timedelta(days=9))}
    word = {"account_id": account_id, "kind": "billing_access", "value": {"activated": False}, **said}
    firstline.post(firstline.person("rosa", "security_admin"), "attestations", word, 201)
    firstline.until(lambda: verdicts(firstline, account_id)["billing_access"] == "attention", "the switch to be seen")


def test_request_that_aws_refuses_says_why_and_goes_on_once_it_is_corrected(set_up: Firstline) -> None:
    firstline = set_up
    start(firstline)
    refused = until(firstline, ask(firstline, email="aws+fails-invalid-email@example.com"), "failed")
    assert (refused["failure"], refused["way_on"]) == ("invalid_email", "correct")
    otto = firstline.person("otto", "operator")
    again = firstline.post(otto, f"account-requests/{refused['id']}/retry", {"email": "aws+right@example.com"})
    assert again["state"] == "requested"
    approve(firstline, again)
    done = until(firstline, again, "done")
    assert sent(firstline, "aws+right@example.com") == 1 and done["account_id"]
