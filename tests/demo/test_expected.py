"""The demo's own judgement: right states pass, and each thing that can go wrong is seen."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from sandbox.client import Sandbox
from sandbox.demo.expected import (
    ADMINS,
    ALERT_EMAIL,
    ALLOWED_WITHOUT_MFA,
    EC2_ROLE,
    GUARD,
    PASSWORDS,
    account_checks,
    bystander_check,
    repair_checks,
)
from sandbox.demo.expected_log import discovery_check, log_checks
from sandbox.demo.tamper import ROLE, tamper

DEV = "111111111111"
USERS = ["ann", "ben", "dora", "eve"]
State = dict[str, Any]

OWN_MFA = {"Action": ["iam:EnableMFADevice"], "Resource": f"arn:aws:iam::{DEV}:user/${{aws:username}}"}
GUARD_DOCUMENT = {
    "Version": "2012-10-17",
    "Statement": [
        {"Sid": "AllowViewAccountInfo", "Effect": "Allow", "Action": ["iam:GetAccountPasswordPolicy"], "Resource": "*"},
        {"Sid": "AllowDevice", "Effect": "Allow", "Action": ["iam:CreateVirtualMFADevice"], "Resource": "*"},
        {"Sid": "AllowManageOwnMfaAndPassword", "Effect": "Allow", **OWN_MFA},
        {
            "Sid": "DenyAllExceptListedWithoutMfa",
            "Effect": "Deny",
            "NotAction": list(ALLOWED_WITHOUT_MFA),
            "Resource": "*",
            "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
        },
    ],
}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


def alert(above: float, unit: str = "PERCENTAGE", of: str = "ACTUAL") -> dict[str, Any]:
    return {"NotificationType": of, "ComparisonOperator": "GREATER_THAN", "Threshold": above, "ThresholdType": unit}


def budget(amount: str, *alerts: dict[str, Any], **more: Any) -> dict[str, Any]:
    body = {"BudgetType": "COST", "TimeUnit": "MONTHLY", "BudgetLimit": {"Amount": amount, "Unit": "USD"}, **more}
    told = [{"SubscriptionType": "EMAIL", "Address": ALERT_EMAIL}]
    return {"budget": body, "notifications": [{"Notification": one, "Subscribers": told} for one in alerts]}


ON_ITS_BASELINE = {
    "id": DEV,
    "name": "workloads-dev",
    "users": USERS,
    "policies": {GUARD: {"versions": [GUARD_DOCUMENT]}},
    "groups": {
        "Admins": {"attached_policies": ["AdministratorAccess", GUARD], "members": list(ADMINS)},
        "Developers": {"attached_policies": ["ReadOnlyAccess", "IAMUserChangePassword", GUARD], "members": ["ben"]},
        "Test": {"attached_policies": ["ReadOnlyAccess", "IAMUserChangePassword", GUARD]},
        "Billing": {"attached_policies": ["Billing", GUARD]},
        "Contractors": {"attached_policies": ["ReadOnlyAccess"], "members": ["eve"]},
    },
    "roles": {EC2_ROLE: {"trust": TRUST, "attached_policies": ["AmazonS3ReadOnlyAccess"], "instance_profile": True}},
    "budgets": {
        "s3-monthly": budget("10", alert(70), CostFilters={"Service": ["Amazon Simple Storage Service"]}),
        "zero-spend": budget("1", alert(0.01, "ABSOLUTE_VALUE")),
        "monthly-cost": budget("200", alert(85), alert(100), alert(100, of="FORECASTED")),
    },
}


@pytest.fixture(scope="module")
def right(sandbox_server: Sandbox) -> State:
    """An account exactly on the baseline, as the simulated AWS tells it."""
    return built(sandbox_server)


def built(sandbox: Sandbox) -> State:
    sandbox.organisation(accounts=[ON_ITS_BASELINE])
    iam, analyzer = sandbox.client("iam", DEV), sandbox.client("accessanalyzer", DEV)
    iam.update_account_password_policy(**PASSWORDS)
    analyzer.create_analyzer(analyzerName="watch", type="ACCOUNT")
    return sandbox.state(DEV)


def wrong(before: State, after: State) -> list[str]:
    return [check.text for check in account_checks(DEV, before, after) if check.wrong]


def test_account_on_its_baseline_passes(right: State) -> None:
    assert wrong(right, right) == []


def _guard(state: State) -> dict[str, Any]:
    policy = state["policies"][GUARD]
    document: dict[str, Any] = policy["versions"][policy["default_version"]]
    return document


SABOTAGE: dict[str, tuple[str, Callable[[State], Any]]] = {
    "policy detached": ("groups", lambda state: state["groups"]["Test"]["attached_policies"].pop()),
    "policy too many": ("groups", lambda state: state["groups"]["Billing"]["attached_policies"].append("arn:x")),
    "group missing": ("groups", lambda state: state["groups"].pop("Billing")),
    "member too many": ("Admins", lambda state: state["groups"]["Admins"]["members"].append("eve")),
    "member missing": ("Admins", lambda state: state["groups"]["Admins"]["members"].remove("dora")),
    "admin user gone": ("admin user", lambda state: state["users"].pop("ann")),
    "admin user holds more": ("admin user", lambda state: state["users"]["ann"]["attached_policies"].append("arn:x")),
    "admin user can sign in": ("admin user", lambda state: state["users"]["ann"].update(console=True)),
    "trust widened": (
        "EC2 role",
        lambda state: state["roles"][EC2_ROLE]["trust"]["Statement"][0]["Principal"].update(AWS="*"),
    ),
    "role may write": ("EC2 role", lambda state: state["roles"][EC2_ROLE]["attached_policies"].append("arn:x")),
    "no instance profile": ("EC2 role", lambda state: state["instance_profiles"][EC2_ROLE]["roles"].clear()),
    "role missing": ("EC2 role", lambda state: state["roles"].pop(EC2_ROLE)),
    "guard spares more": ("MFA guard", lambda state: _guard(state)["Statement"][3]["NotAction"].append("s3:*")),
    "guard without condition": ("MFA guard", lambda state: _guard(state)["Statement"][3].pop("Condition")),
    "guard about everybody": ("MFA guard", lambda state: _guard(state)["Statement"][2].update(Resource="*")),
    "guard missing": ("MFA guard", lambda state: state["policies"].pop(GUARD)),
    "budget too large": (
        "budgets",
        lambda state: state["budgets"]["s3-monthly"]["body"]["BudgetLimit"].update(Amount="50"),
    ),
    "alert elsewhere": (
        "budgets",
        lambda state: state["budgets"]["s3-monthly"]["notifications"][0].update(Threshold=100.0),
    ),
    "somebody else told": (
        "budgets",
        lambda state: state["budgets"]["zero-spend"]["notifications"][0]["Subscribers"].append({"Address": "x@y.z"}),
    ),
    "alert twice": (
        "budgets",
        lambda state: state["budgets"]["zero-spend"]["notifications"].extend(
            state["budgets"]["zero-spend"]["notifications"]
        ),
    ),
    "budget missing": ("budgets", lambda state: state["budgets"].pop("zero-spend")),
    "alert missing": (
        "budgets",
        lambda state: state["budgets"]["monthly-cost"]["notifications"].pop(),
    ),
    "short passwords": (
        "passwords",
        lambda state: state["password_policy"]["PasswordPolicy"].update(MinimumPasswordLength=8),
    ),
    "no password policy": ("passwords", lambda state: state.update(password_policy=None)),
    "no analyzer": ("analyzer", lambda state: state["analyzers"].clear()),
    "unmanaged group gone": ("nothing deleted", lambda state: state["groups"].pop("Contractors")),
    "unmanaged group changed": ("nothing deleted", lambda state: state["groups"]["Contractors"]["members"].clear()),
    "own role changed": ("nothing deleted", lambda state: state["roles"]["FirstlineApply"].update(description="x")),
    "members of another group": (
        "nothing deleted",
        lambda state: state["groups"]["Developers"]["members"].append("eve"),
    ),
    "made anew": ("nothing deleted", lambda state: state["groups"]["Test"].update(id="AGPANEW")),
    "something appeared": ("nothing deleted", lambda state: state["users"].update(mallory={})),
    "user gone": ("nothing deleted", lambda state: state["users"].pop("eve")),
}


@pytest.mark.parametrize("what", SABOTAGE)
def test_what_is_wrong_is_seen(right: State, what: str) -> None:
    expected, spoil = SABOTAGE[what]
    spoilt = deepcopy(right)
    spoil(spoilt)
    assert [text for text in wrong(right, spoilt) if expected in text], wrong(right, spoilt)


@pytest.fixture
def tampered(sandbox_server: Sandbox) -> tuple[State, State]:
    """The account before and after the demo's own tampering."""
    before = built(sandbox_server)
    tamper(sandbox_server, DEV)
    return before, sandbox_server.state(DEV)


def test_tampering_changes_five_things_that_a_repair_must_undo(tampered: tuple[State, State]) -> None:
    before, after = tampered
    assert {text for text in wrong(before, after) if "nothing deleted" not in text} == {
        "groups hold exactly the policies declared",
        "Admins has exactly the members declared",
        "the EC2 role trusts EC2 alone, reads S3 and no more",
        "budgets: amounts, alerts and who is told",
    }
    assert ROLE in after["roles"] and ROLE not in before["roles"]
    assert all(check.wrong for check in repair_checks(DEV, before, after, after) if "undeclared" not in check.text)


def test_repaired_account_keeps_the_undeclared_role(tampered: tuple[State, State]) -> None:
    before, after = tampered
    repaired = {**before, "roles": {**before["roles"], ROLE: after["roles"][ROLE]}}
    assert not [check for check in repair_checks(DEV, before, after, repaired) if check.wrong]
    (removed,) = [check for check in repair_checks(DEV, before, after, before) if "undeclared" in check.text]
    assert removed.wrong


def test_other_accounts_must_not_move(right: State) -> None:
    assert not bystander_check({DEV: right}, {DEV: right}).wrong
    assert bystander_check({DEV: right}, {DEV: {**right, "groups": {}}}).wrong


def entry(operation: str = "CreateGroup", **more: Any) -> dict[str, Any]:
    return {
        "account": DEV,
        "service": "iam",
        "operation": operation,
        "caller": "arn:aws:sts::111111111111:assumed-role/FirstlineApply/x",
        "role": f"arn:aws:iam::{DEV}:role/firstline/FirstlineApply",
        "session_name": "0123456789abcdef0123456789abcdef.7",
        "is_write": True,
        "error": "",
        "params": {},
        **more,
    }


def assumed(external_id: str | None, error: str = "") -> dict[str, Any]:
    given = {"ExternalId": external_id} if external_id else {}
    return entry("AssumeRole", is_write=False, error=error, params={"RoleArn": "arn:aws:iam::1:role/x", **given})


def test_refusals_that_prove_the_external_id_pass() -> None:
    log = [assumed("ours"), assumed("wrong-1", "AccessDenied"), assumed(None, "AccessDenied")]
    assert not [check for check in log_checks(log, [], {DEV: 3}, "ours") if check.wrong]


def test_first_passwords_come_from_the_hand_over_worker_alone() -> None:
    role = {"role": f"arn:aws:iam::{DEV}:role/firstline/FirstlineHandOver"}
    assert not [
        check for check in log_checks([entry("CreateLoginProfile", **role)], [], {DEV: 1}, "ours") if check.wrong
    ]
    for wrong_one in (entry("CreateLoginProfile"), entry("AttachUserPolicy", **role)):
        (failed,) = [check.text for check in log_checks([wrong_one], [], {DEV: 1}, "ours") if check.wrong]
        assert "every write" in failed


def test_only_the_discovery_role_reads_the_organisation_and_it_writes_nothing() -> None:
    role = {"service": "organizations", "role": "arn:aws:iam::777766665555:role/firstline/FirstlineDiscovery"}
    read = entry("ListAccounts", is_write=False, **role)
    assert not discovery_check([read, entry("MoveAccount", caller="tamper", service="organizations")]).wrong
    apply_worker = entry("ListAccounts", service="organizations", is_write=False)
    for log in ([], [entry("MoveAccount", **role)], [read, apply_worker]):
        assert discovery_check(log).wrong


def test_writes_of_an_apply_worker_pass() -> None:
    log = [entry(), entry("ListRoles", is_write=False, role="", session_name="")]
    assert not [check for check in log_checks(log, [], {DEV: 2}, "ours") if check.wrong]


@pytest.mark.parametrize(
    ("expected", "log", "overlaps", "counted"),
    [
        ("every write", [entry(role=f"arn:aws:iam::{DEV}:role/firstline/FirstlineLook")], [], 1),
        ("every write", [entry(role="arn:aws:iam::222222222222:role/firstline/FirstlineApply")], [], 1),
        ("every write", [entry(session_name="somebody")], [], 1),
        ("no two workers", [entry()], [{"why": "two writes in flight at once"}], 1),
        ("no call was refused", [entry(error="AccessDenied")], [], 1),
        ("no call was refused", [assumed("ours", error="AccessDenied")], [], 1),
        ("nobody gets in", [assumed("wrong-1")], [], 1),
        ("nobody gets in", [assumed(None)], [], 1),
        ("no group", [entry("DeleteRole")], [], 1),
        ("counted", [entry()], [], 2),
    ],
    ids=[
        *("look role", "another account's role", "no fence", "overlap", "denied", "kept out"),
        *("wrong external id", "no external id", "removal", "miscounted"),
    ],
)
def test_what_the_log_gives_away_is_seen(
    expected: str, log: list[dict[str, Any]], overlaps: list[dict[str, Any]], counted: int
) -> None:
    (failed,) = [check.text for check in log_checks(log, overlaps, {DEV: counted}, "ours") if check.wrong]
    assert expected in failed


def test_what_the_tester_did_is_not_firstlines() -> None:
    assert not [
        check for check in log_checks([entry("DeleteRole", caller="tamper")], [], {DEV: 0}, "ours") if check.wrong
    ]
