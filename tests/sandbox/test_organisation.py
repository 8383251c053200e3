"""Building organisations, the control interface, and Organizations as the management account sees it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
import pytest

from sandbox.client import Sandbox, SandboxError
from tests.sandbox.documents import policy, trust
from tests.sandbox.refusals import refused

ACCOUNT, OTHER, MANAGEMENT = "111111111111", "222222222222", "777766665555"
ROOT = Path(__file__).resolve().parents[2]


def test_description_fills_an_account(server: Sandbox) -> None:
    budget = {"BudgetType": "USAGE", "TimeUnit": "MONTHLY", "BudgetLimit": {"Amount": "5", "Unit": "GB"}}
    content: dict[str, Any] = {
        "users": {"ann": {"boundary": "Limit", "groups": [], "tags": {"k": "v"}}},
        "policies": {"Limit": {"path": "/x/", "versions": [json.loads(policy()), json.loads(policy("s3:*"))]}},
        "groups": {"G": {"attached_policies": ["Limit", "Billing"], "members": ["ann"]}},
        "roles": {
            "R": {
                "trust": json.loads(trust()),
                "inline_policies": {"p": json.loads(policy())},
                "max_session_duration": 7200,
                "instance_profile": True,
            }
        },
        "budgets": {"usage": {"budget": budget, "tags": {"team": "a"}}},
    }
    server.organisation(accounts=[{"id": ACCOUNT, "ou": "/a/b", **content}])
    state = server.state(ACCOUNT)
    limit = f"arn:aws:iam::{ACCOUNT}:policy/x/Limit"
    assert state["users"]["ann"]["boundary"] == limit
    assert state["policies"]["Limit"]["default_version"] == "v2"
    assert state["groups"]["G"]["attached_policies"] == [limit, "arn:aws:iam::aws:policy/job-function/Billing"]
    assert (state["roles"]["R"]["instance_profiles"], state["roles"]["R"]["max_session_duration"]) == (["R"], 7200)
    assert state["budgets"]["usage"]["tags"] == {"team": "a"}


def test_every_account_holds_the_way_in_and_the_roles_of_aws(sandbox: Sandbox) -> None:
    roles = sandbox.state(ACCOUNT)["roles"]
    look = roles["FirstlineLook"]["trust"]["Statement"]
    assert [statement["Principal"] for statement in look] == [{"AWS": sandbox.organisation()["look_worker"]}]
    assert look[0]["Condition"]["StringEquals"] == {
        "sts:ExternalId": sandbox.external_id,
        "aws:PrincipalOrgID": sandbox.organisation()["org_id"],
    }
    assert {"FirstlineApply", "OrganizationAccountAccessRole", "AWSServiceRoleForSupport"} <= set(roles)


def test_reset_leaves_nothing_and_old_keys_are_void(sandbox: Sandbox) -> None:
    iam = sandbox.client("iam", ACCOUNT)
    sandbox.reset()
    assert sandbox.organisation()["accounts"] == []
    with refused("InvalidClientTokenId"):
        iam.list_roles()


def test_unknown_account_example_and_policy_are_told_by_name(sandbox: Sandbox) -> None:
    with pytest.raises(SandboxError, match="000000000000"):
        sandbox.state("000000000000")
    with pytest.raises(SandboxError, match="use one of untouched, workshop"):
        sandbox.organisation(example="nothing")
    with pytest.raises(SandboxError, match="no policy 'Nope'"):
        sandbox.organisation(accounts=[{"id": ACCOUNT, "groups": {"G": {"attached_policies": ["Nope"]}}}])


def test_management_account_sees_accounts_and_their_ous(sandbox: Sandbox) -> None:
    organizations = sandbox.client("organizations", MANAGEMENT)
    listed = {account["Id"]: account["Status"] for account in organizations.list_accounts()["Accounts"]}
    assert {ACCOUNT, OTHER, MANAGEMENT} <= set(listed)
    parent = organizations.list_parents(ChildId=ACCOUNT)["Parents"][0]["Id"]
    unit = organizations.describe_organizational_unit(OrganizationalUnitId=parent)["OrganizationalUnit"]
    assert unit["Name"] == "dev"


def test_member_account_may_only_describe_the_organisation(sandbox: Sandbox) -> None:
    member = sandbox.client("organizations", ACCOUNT)
    assert member.describe_organization()["Organization"]["Id"] == sandbox.organisation()["org_id"]
    with refused("AccessDeniedException"):
        member.list_accounts()


def test_status_set_by_either_way_is_seen_by_both(sandbox: Sandbox) -> None:
    organizations = sandbox.client("organizations", MANAGEMENT)
    sandbox.set_status(ACCOUNT, "SUSPENDED")
    assert organizations.describe_account(AccountId=ACCOUNT)["Account"]["Status"] == "SUSPENDED"
    organizations.close_account(AccountId=OTHER)
    with refused("AccessDenied"):
        sandbox.client_with("sts", sandbox.hub_credentials("look")).assume_role(
            RoleArn=f"arn:aws:iam::{OTHER}:role/firstline/FirstlineLook",
            RoleSessionName="run-1.1",
            ExternalId=sandbox.external_id,
        )


def test_account_made_through_organizations_can_be_entered_by_its_default_role(sandbox: Sandbox) -> None:
    organizations = sandbox.client("organizations", MANAGEMENT)
    sandbox.account_creation(polls=0)
    asked = organizations.create_account(Email="new@example.com", AccountName="new")["CreateAccountStatus"]
    made = organizations.describe_create_account_status(CreateAccountRequestId=asked["Id"])["CreateAccountStatus"]
    entered = sandbox.client("sts", MANAGEMENT).assume_role(
        RoleArn=f"arn:aws:iam::{made['AccountId']}:role/OrganizationAccountAccessRole", RoleSessionName="bootstrap"
    )
    assert f"::{made['AccountId']}:" in entered["AssumedRoleUser"]["Arn"]


@pytest.mark.parametrize(
    ("service", "call"),
    [
        ("budgets", lambda client: client.describe_budget_performance_history(AccountId=ACCOUNT, BudgetName="b")),
        ("iam", lambda client: client.generate_service_last_accessed_details(Arn=f"arn:aws:iam::{ACCOUNT}:user/ann")),
        ("sts", lambda client: client.get_session_token()),
        ("account", lambda client: client.get_contact_information()),
    ],
)
def test_what_is_not_simulated_says_so_in_the_services_protocol(sandbox: Sandbox, service: str, call: Any) -> None:
    with refused("NotImplemented"):
        call(sandbox.client(service, ACCOUNT))


def test_endpoint_variable_alone_is_enough(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", sandbox.url)
    session = boto3.Session(region_name="eu-central-1", **sandbox.credentials(ACCOUNT))
    assert session.client("sts").get_caller_identity()["Account"] == ACCOUNT
    assert session.client("budgets").describe_budgets(AccountId=ACCOUNT)["Budgets"] == []
    assert session.client("iam").list_groups()["Groups"] == []


def test_many_threads_on_one_account_never_break_it(sandbox: Sandbox) -> None:
    iam = sandbox.client_with("iam", sandbox.credentials(ACCOUNT), max_pool_connections=16)

    def mixed(number: int) -> None:
        iam.create_group(GroupName=f"g{number}")
        iam.get_account_authorization_details()
        iam.list_roles()
        if number % 2:
            iam.delete_group(GroupName=f"g{number}")

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(mixed, range(120)))
    assert len(sandbox.state(ACCOUNT)["groups"]) == 60


def test_server_dies_with_the_process_that_started_it() -> None:
    script = "from sandbox.client import Sandbox; s = Sandbox.start(); print(s._process.pid, flush=True); input()"
    parent = subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None and parent.stdin is not None
    child = int(parent.stdout.readline())
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    os.close(parent.stdin.fileno())
    assert _ends(child)


def _ends(process: int) -> bool:
    import time

    for _ in range(200):
        state = Path(f"/proc/{process}/stat")
        if not state.exists() or ") Z " in state.read_text():
            return True
        time.sleep(0.05)
    return False
