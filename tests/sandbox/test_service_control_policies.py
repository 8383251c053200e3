"""SCPs, attached by the Organizations API as anybody would, bind members and OUs, never the management account."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.client import Sandbox
from tests.sandbox.refusals import refused

ACCOUNT, OTHER, MANAGEMENT = "111111111111", "222222222222", "777766665555"
SHIPPED = (Path(__file__).resolve().parents[2] / "deploy/scp/protect-firstline.json").read_text()
NO_GROUPS = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "iam:CreateGroup", "Resource": "*"}]}
)


def attach(sandbox: Sandbox, content: str, target: str) -> tuple[str, str]:
    organizations = sandbox.client("organizations", MANAGEMENT)
    made = organizations.create_policy(
        Name=f"scp-on-{target}", Description="a test's", Type="SERVICE_CONTROL_POLICY", Content=content
    )["Policy"]["PolicySummary"]["Id"]
    organizations.attach_policy(PolicyId=made, TargetId=target)
    return made, target


def root(sandbox: Sandbox) -> str:
    return str(sandbox.client("organizations", MANAGEMENT).list_roots()["Roots"][0]["Id"])


def administrator(sandbox: Sandbox, account: str = ACCOUNT, role: str = "Admin", path: str = "/") -> Any:
    """IAM as a role of the account that may do anything, so that only an SCP stands in its way."""
    iam = sandbox.client("iam", account)
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}, "Action": "sts:AssumeRole"}
        ],
    }
    iam.create_role(RoleName=role, Path=path, AssumeRolePolicyDocument=json.dumps(trust))
    iam.attach_role_policy(RoleName=role, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    given = sandbox.client("sts", account).assume_role(
        RoleArn=f"arn:aws:iam::{account}:role{path}{role}", RoleSessionName="somebody"
    )["Credentials"]
    keys = {
        "aws_access_key_id": given["AccessKeyId"],
        "aws_secret_access_key": given["SecretAccessKey"],
        "aws_session_token": given["SessionToken"],
    }
    return sandbox.client_with("iam", keys)


def test_policy_on_the_root_binds_members_and_says_so_until_it_is_detached(sandbox: Sandbox) -> None:
    admin = administrator(sandbox)
    policy, target = attach(sandbox, NO_GROUPS, root(sandbox))
    with refused("AccessDenied") as caught:
        admin.create_group(GroupName="G")
    assert "with an explicit deny in a service control policy" in str(caught[0])
    sandbox.client("organizations", MANAGEMENT).detach_policy(PolicyId=policy, TargetId=target)
    admin.create_group(GroupName="G")


def test_policy_on_an_ou_or_an_account_binds_that_one_only(sandbox: Sandbox) -> None:
    here, there = administrator(sandbox), administrator(sandbox, OTHER)
    parent = sandbox.client("organizations", MANAGEMENT).list_parents(ChildId=ACCOUNT)["Parents"][0]["Id"]
    attach(sandbox, NO_GROUPS, parent)
    with refused("AccessDenied"):
        here.create_group(GroupName="G")
    there.create_group(GroupName="G")
    attach(sandbox, NO_GROUPS, OTHER)
    with refused("AccessDenied"):
        there.create_group(GroupName="H")


def test_management_account_is_beyond_them(sandbox: Sandbox) -> None:
    attach(sandbox, NO_GROUPS, root(sandbox))
    administrator(sandbox, MANAGEMENT).create_group(GroupName="G")


CHANGES = {
    "trust": lambda iam: iam.update_assume_role_policy(
        RoleName="FirstlineApply",
        PolicyDocument=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}],
            }
        ),
    ),
    "permissions": lambda iam: iam.attach_role_policy(
        RoleName="FirstlineLook", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"
    ),
    "boundary": lambda iam: iam.delete_role_permissions_boundary(RoleName="FirstlineApply"),
    "policy": lambda iam: iam.create_policy_version(
        PolicyArn=f"arn:aws:iam::{ACCOUNT}:policy/firstline/FirstlineLook-1",
        PolicyDocument=NO_GROUPS,
        SetAsDefault=True,
    ),
    "tags": lambda iam: iam.tag_role(RoleName="FirstlineLook", Tags=[{"Key": "k", "Value": "v"}]),
    "a role beside them": lambda iam: iam.create_role(
        RoleName="FirstlineMore", Path="/firstline/", AssumeRolePolicyDocument=NO_GROUPS
    ),
    "a deployer of one's own": lambda iam: iam.create_role(
        RoleName="stacksets-exec-mine", AssumeRolePolicyDocument=NO_GROUPS
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=list(CHANGES))
def test_shipped_policy_keeps_an_accounts_administrator_off_our_way_in(sandbox: Sandbox, change: Any) -> None:
    admin = administrator(sandbox)
    attach(sandbox, SHIPPED, root(sandbox))
    before = sandbox.state(ACCOUNT)
    with refused("AccessDenied") as caught:
        change(admin)
    assert "service control policy" in str(caught[0])
    assert sandbox.state(ACCOUNT) == before
    admin.get_role(RoleName="FirstlineLook")
    admin.create_group(GroupName="their-own")


def test_shipped_policy_lets_the_deployer_of_stacksets_update_it(sandbox: Sandbox) -> None:
    deployer = administrator(sandbox, role="stacksets-exec-1a2b3c")
    attach(sandbox, SHIPPED, root(sandbox))
    deployer.tag_role(RoleName="FirstlineLook", Tags=[{"Key": "k", "Value": "v"}])


def test_shipped_policy_keeps_nobody_of_ours_out(sandbox: Sandbox) -> None:
    attach(sandbox, SHIPPED, root(sandbox))
    for worker, role in (("look", "FirstlineLook"), ("apply", "FirstlineApply")):
        sandbox.client_with("sts", sandbox.hub_credentials(worker)).assume_role(
            RoleArn=f"arn:aws:iam::{ACCOUNT}:role/firstline/{role}",
            RoleSessionName="run-1.1",
            ExternalId=sandbox.external_id,
        )
