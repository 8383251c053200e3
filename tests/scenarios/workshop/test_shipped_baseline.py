"""The shipped baseline on an account where nothing was set up: what is ours is made, the rest waits for people."""

from datetime import timedelta
from typing import Any

import pytest

from iam_templates.services.load_library import LIBRARY
from provisioning.models.attestation import today
from sandbox.client import Sandbox
from tests.scenarios.firstline import Firstline
from tests.services.fleet import DEV

pytestmark = pytest.mark.django_db(transaction=True)
NAME = "first-line-of-defense"
GIVEN = {"alert_email": "costs@example.com", "admins": ["ann"], "admin_user": "ann", "home_region": "eu-central-1"}
CODES = {"AuthenticationCode1": "123456", "AuthenticationCode2": "234567"}
FOR_PEOPLE = {
    ("billing_access", "account"): ("not_attested", "docs/runbooks/billing-access.md"),
    ("iam.mfa", "<root_account>"): ("root_without_mfa", "docs/runbooks/mfa.md#root"),
    ("iam.user", "ann"): ("first_password", "docs/runbooks/passwords.md#no-password-yet"),
}


@pytest.fixture
def organisation(sandbox: Sandbox) -> dict[str, Any]:
    """One account as AWS hands it over, but for our roles."""
    return sandbox.organisation(accounts=[{"id": DEV, "name": "dev", "ou": "/workloads/dev", "root_mfa": False}])


def test_a_new_account_is_brought_to_the_whole_workshop(firstline: Firstline) -> None:
    firstline.processes.hand_over_worker()
    firstline.managed()
    firstline.keep(NAME, (LIBRARY / f"{NAME}.yaml").read_text(encoding="utf-8"), **GIVEN)
    grants_admins_after_an_approval(firstline)
    firstline.until(lambda: firstline.verdict(DEV) == ("attention", "needs_a_person"), "only people to be asked for")
    assert told(firstline) == FOR_PEOPLE
    made = firstline.writes(DEV)
    holds_what_the_workshop_teaches(firstline)
    people_do_their_part(firstline)
    assert (firstline.verdict(DEV), told(firstline)) == (("in_sync", ""), {})
    assert firstline.writes(DEV) == [*made, "CreateLoginProfile"], "nothing is made twice, and nothing else for people"


def grants_admins_after_an_approval(firstline: Firstline) -> None:
    firstline.until(lambda: "MfaGuard" in firstline.sandbox.state(DEV)["policies"], "what needs no approval")
    assert "Admins" not in firstline.sandbox.state(DEV)["groups"], "administrators wait for somebody's word"
    for run in firstline.rows("runs", account=DEV, kind="apply"):
        firstline.ended(run)
    plan = firstline.waiting_plan(DEV)
    assert "admin_grant" in plan["reasons"]
    firstline.decide("paula", plan)


def told(firstline: Firstline) -> dict[tuple[str, str], tuple[str, str]]:
    """What is open, each a person's: (kind, name) -> reason and runbook."""
    rows = firstline.rows("drift", account=DEV, state="open")
    assert {row["remedy"] for row in rows} <= {"person"}
    return {(row["kind"], row["name"]): (row["reason"], row["runbook"]) for row in rows}


def holds_what_the_workshop_teaches(firstline: Firstline) -> None:
    state = firstline.sandbox.state(DEV)
    assert set(state["groups"]) == {"Admins", "Developers", "Test", "Billing"}
    assert state["groups"]["Admins"]["members"] == ["ann"]
    assert set(state["budgets"]) == {"s3-monthly", "zero-spend", "monthly-cost"}
    assert set(state["analyzers"]) == {"eu-central-1/firstline-external-access"}
    assert state["password_policy"]["PasswordPolicy"]["MinimumPasswordLength"] == 14
    assert state["roles"]["EC2_S3ReadOnlyAccess"]["instance_profiles"] == ["EC2_S3ReadOnlyAccess"]
    asked = {"as": {"user": "ann"}, "actions": ["iam:CreateUser"], "context": {"aws:MultiFactorAuthPresent": False}}
    vera = firstline.person("vera", "viewer")
    assert firstline.post(vera, "policy-checks", {"account_id": DEV, **asked})["decision"] == "denied"


def people_do_their_part(firstline: Firstline) -> None:
    firstline.sandbox.sign_in(DEV, "ann", password=first_password(firstline), changes_password=True)
    firstline.sandbox.set_root_mfa(DEV, True)
    attest_billing_access(firstline)
    firstline.look(DEV)
    assert set(told(firstline)) == {("iam.mfa", "*")}, "with a password comes the duty to enrol a device"
    iam = firstline.sandbox.client("iam", DEV)
    serial = iam.create_virtual_mfa_device(VirtualMFADeviceName="ann")["VirtualMFADevice"]["SerialNumber"]
    iam.enable_mfa_device(UserName="ann", SerialNumber=serial, **CODES)
    firstline.look(DEV)


def first_password(firstline: Firstline) -> str:
    """sam asks for it, and rita reads it."""
    sam, rita = firstline.person("sam", "security_admin"), firstline.person("rita", "viewer")
    wanted = {"user": "ann", "what": "password", "for": "rita"}
    where = f"hand-overs/{firstline.post(sam, f'accounts/{DEV}/hand-overs', wanted, 202)['id']}"
    firstline.until(lambda: firstline.get(where)["state"] == "made", "the password")
    return str(firstline.post(rita, f"{where}/read")["password"])


def attest_billing_access(firstline: Firstline) -> None:
    word = {
        "account_id": DEV,
        "kind": "billing_access",
        "value": {"activated": True},
        "statement": "Seen on the Account page",
        "evidence": "https://wiki.example.com/root-sign-ins/17",
        "review_on": (today() + timedelta(days=200)).isoformat(),
    }
    firstline.post(firstline.person("rosa", "security_admin"), "attestations", word, 201)
