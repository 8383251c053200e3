"""AssumeRole: who may, and one AccessDenied for every reason why not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sandbox.client import Sandbox
from tests.sandbox.refusals import refused

ACCOUNT, OTHER, HUB, STRANGER = "111111111111", "222222222222", "999988887777", "444455556666"
LOOK = f"arn:aws:iam::{ACCOUNT}:role/firstline/FirstlineLook"
APPLY = f"arn:aws:iam::{ACCOUNT}:role/firstline/FirstlineApply"


def hub(sandbox: Sandbox, kind: str = "look") -> Any:
    return sandbox.client_with("sts", sandbox.hub_credentials(kind))


def assume(sts: Any, sandbox: Sandbox, role: str = LOOK, **more: Any) -> dict[str, Any]:
    params = {"RoleArn": role, "RoleSessionName": "run-1.1", "ExternalId": sandbox.external_id, **more}
    found: dict[str, Any] = sts.assume_role(**{k: v for k, v in params.items() if v is not None})
    return found


def keys(answer: dict[str, Any]) -> dict[str, str]:
    given = answer["Credentials"]
    return {
        "aws_access_key_id": given["AccessKeyId"],
        "aws_secret_access_key": given["SecretAccessKey"],
        "aws_session_token": given["SessionToken"],
    }


def test_session_acts_in_the_roles_account_and_says_who_it_is(sandbox: Sandbox) -> None:
    session = sandbox.client_with("sts", keys(assume(hub(sandbox), sandbox)))
    who = session.get_caller_identity()
    assert (who["Account"], who["Arn"]) == (ACCOUNT, f"arn:aws:sts::{ACCOUNT}:assumed-role/FirstlineLook/run-1.1")


@pytest.mark.parametrize(
    "wrong",
    [
        {"ExternalId": None},
        {"ExternalId": "fl-somebody-elses"},
        {"role": f"arn:aws:iam::{ACCOUNT}:role/firstline/Missing"},
        {"role": f"arn:aws:iam::{ACCOUNT}:role/FirstlineLook"},
        {"role": f"arn:aws:iam::{ACCOUNT}:role/OrganizationAccountAccessRole"},
        {"role": APPLY},
        {"role": f"arn:aws:iam::{STRANGER}:role/firstline/FirstlineLook"},
    ],
    ids=[
        "no external id",
        "wrong external id",
        "no role",
        "path left out",
        "foreign trust",
        "other worker",
        "no account",
    ],
)
def test_every_refusal_reads_the_same(sandbox: Sandbox, wrong: dict[str, Any]) -> None:
    with refused("AccessDenied") as caught:
        assume(hub(sandbox), sandbox, **wrong)
    assert "is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::" in str(caught[0])
    assert caught[0].response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_suspended_account_cannot_be_entered(sandbox: Sandbox) -> None:
    sandbox.set_status(ACCOUNT, "SUSPENDED")
    with refused("AccessDenied"):
        assume(hub(sandbox), sandbox)
    sandbox.set_status(ACCOUNT, "ACTIVE")
    assume(hub(sandbox), sandbox)


def test_open_session_ends_with_its_account(sandbox: Sandbox) -> None:
    iam = sandbox.client_with("iam", keys(assume(hub(sandbox), sandbox)))
    sandbox.set_status(ACCOUNT, "SUSPENDED")
    with refused("AccessDenied"):
        iam.list_roles()


def test_chained_session_lasts_an_hour_at_most(sandbox: Sandbox) -> None:
    sandbox.client("iam", ACCOUNT).update_role(RoleName="FirstlineLook", MaxSessionDuration=7200)
    with refused("ValidationError"):
        assume(hub(sandbox), sandbox, DurationSeconds=7200)
    assume(hub(sandbox), sandbox, DurationSeconds=3600)


def test_session_no_longer_than_the_role_allows(sandbox: Sandbox) -> None:
    iam = sandbox.client("iam", ACCOUNT)
    _role(iam, "Mine", {"AWS": f"arn:aws:iam::{ACCOUNT}:root"})
    with refused("ValidationError"):
        sandbox.client("sts", ACCOUNT).assume_role(
            RoleArn=f"arn:aws:iam::{ACCOUNT}:role/Mine", RoleSessionName="me", DurationSeconds=3601
        )


def test_session_name_outside_its_characters_is_refused(sandbox: Sandbox) -> None:
    with refused("ValidationError"):
        assume(hub(sandbox), sandbox, RoleSessionName="run 1/1")


def _role(iam: Any, name: str, principal: Any, effect: str = "Allow", condition: dict[str, Any] | None = None) -> None:
    statement = {"Effect": effect, "Principal": principal, "Action": "sts:AssumeRole", "Condition": condition or {}}
    allow = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    statements = [statement] if effect == "Allow" else [allow, statement]
    document = {"Version": "2012-10-17", "Statement": statements}
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(document))


HUB_ROLE = f"arn:aws:iam::{HUB}:role/firstline/firstline-look-worker"
PRINCIPALS: list[tuple[Any, bool]] = [
    ({"AWS": f"arn:aws:iam::{HUB}:root"}, True),
    ({"AWS": HUB}, True),
    ({"AWS": HUB_ROLE}, True),
    ({"AWS": f"arn:aws:sts::{HUB}:assumed-role/firstline-look-worker/worker"}, True),
    ({"AWS": "*"}, True),
    ("*", True),
    ({"AWS": f"arn:aws:iam::{HUB}:role/firstline/firstline-apply-worker"}, False),
    ({"AWS": f"arn:aws:iam::{STRANGER}:root"}, False),
    ({"Service": "ec2.amazonaws.com"}, False),
    ({"AWS": [f"arn:aws:iam::{STRANGER}:root", HUB_ROLE]}, True),
]


def _hub_may_assume(sandbox: Sandbox, role: str) -> None:
    policy = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": f"arn:aws:iam::{ACCOUNT}:role/{role}"}
    sandbox.client("iam", HUB).put_role_policy(
        RoleName="firstline-look-worker",
        PolicyName="more",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [policy]}),
    )


@pytest.mark.parametrize(("principal", "allowed"), PRINCIPALS, ids=[json.dumps(p) for p, _ in PRINCIPALS])
def test_principals_of_a_trust(sandbox: Sandbox, principal: Any, allowed: bool) -> None:
    _role(sandbox.client("iam", ACCOUNT), "Target", principal)
    _hub_may_assume(sandbox, "Target")
    role = f"arn:aws:iam::{ACCOUNT}:role/Target"
    if allowed:
        assume(hub(sandbox), sandbox, role)
    else:
        with refused("AccessDenied"):
            assume(hub(sandbox), sandbox, role)


def test_trust_alone_is_not_enough_across_accounts(sandbox: Sandbox) -> None:
    _role(sandbox.client("iam", ACCOUNT), "Target", {"AWS": HUB_ROLE})
    with refused("AccessDenied"):
        assume(hub(sandbox), sandbox, f"arn:aws:iam::{ACCOUNT}:role/Target")


def test_deny_in_a_trust_wins(sandbox: Sandbox) -> None:
    _role(sandbox.client("iam", ACCOUNT), "Target", {"AWS": HUB}, effect="Deny")
    _hub_may_assume(sandbox, "Target")
    with refused("AccessDenied"):
        assume(hub(sandbox), sandbox, f"arn:aws:iam::{ACCOUNT}:role/Target")


@pytest.mark.parametrize(
    ("condition", "allowed"),
    [
        ({"StringLike": {"sts:ExternalId": "fl-*"}}, True),
        ({"StringLike": {"STS:externalid": "other-*"}}, False),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-somebodyelse"}}, False),
        ({"StringNotEquals": {"sts:ExternalId": "fl-x"}}, True),
        ({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, False),
    ],
)
def test_conditions_of_a_trust(sandbox: Sandbox, condition: dict[str, Any], allowed: bool) -> None:
    _role(sandbox.client("iam", ACCOUNT), "Target", {"AWS": HUB_ROLE}, condition=condition)
    _hub_may_assume(sandbox, "Target")
    role = f"arn:aws:iam::{ACCOUNT}:role/Target"
    if allowed:
        assume(hub(sandbox), sandbox, role)
    else:
        with refused("AccessDenied"):
            assume(hub(sandbox), sandbox, role)


def test_caller_outside_the_organisation_is_refused(sandbox: Sandbox) -> None:
    sandbox.organisation(
        accounts=[{"id": ACCOUNT}, {"id": STRANGER, "in_organisation": False, "firstline_roles": False}]
    )
    iam = sandbox.client("iam", ACCOUNT)
    org = sandbox.organisation()["org_id"]
    _role(iam, "Ours", {"AWS": "*"}, condition={"StringEquals": {"aws:PrincipalOrgID": org}})
    with refused("AccessDenied"):
        sandbox.client("sts", STRANGER).assume_role(
            RoleArn=f"arn:aws:iam::{ACCOUNT}:role/Ours", RoleSessionName="stranger"
        )


def test_recreated_principal_is_not_the_one_that_was_trusted(sandbox: Sandbox) -> None:
    here, there = sandbox.client("iam", ACCOUNT), sandbox.client("iam", OTHER)
    _role(there, "Deployer", {"AWS": OTHER})
    _role(here, "Target", {"AWS": f"arn:aws:iam::{OTHER}:role/Deployer"})
    unique = there.get_role(RoleName="Deployer")["Role"]["RoleId"]
    there.delete_role(RoleName="Deployer")
    _role(there, "Deployer", {"AWS": OTHER})
    trust = here.get_role(RoleName="Target")["Role"]["AssumeRolePolicyDocument"]
    assert trust["Statement"][0]["Principal"] == {"AWS": unique}


def test_expired_session_is_told_so_in_each_protocol(sandbox: Sandbox) -> None:
    session = keys(assume(hub(sandbox), sandbox))
    assert sandbox.expire_sessions(ACCOUNT) == 1
    with refused("ExpiredToken"):
        sandbox.client_with("iam", session).list_roles()
    with refused("ExpiredTokenException"):
        sandbox.client_with("budgets", session).describe_budgets(AccountId=ACCOUNT)
    assume(hub(sandbox), sandbox)


def test_unknown_key_and_wrong_token_are_refused(sandbox: Sandbox) -> None:
    session = keys(assume(hub(sandbox), sandbox))
    with refused("InvalidClientTokenId"):
        sandbox.client_with("iam", {**session, "aws_session_token": "other"}).list_roles()
    with refused("UnrecognizedClientException"):
        unknown = {**session, "aws_access_key_id": "ASIAZZZZZZZZZZZZZZZZ"}
        sandbox.client_with("budgets", unknown).describe_budgets(AccountId=ACCOUNT)


def test_users_key_works_while_it_is_active(sandbox: Sandbox) -> None:
    admin = sandbox.client("iam", ACCOUNT)
    admin.attach_user_policy(UserName="ann", PolicyArn="arn:aws:iam::aws:policy/IAMReadOnlyAccess")
    made = admin.create_access_key(UserName="ANN")["AccessKey"]
    own = {"aws_access_key_id": made["AccessKeyId"], "aws_secret_access_key": made["SecretAccessKey"]}
    assert sandbox.client_with("iam", own).get_user()["User"]["UserName"] == "ann"
    with refused("AccessDenied"):
        sandbox.client_with("iam", own).create_group(GroupName="mine")
    admin.update_access_key(UserName="ann", AccessKeyId=made["AccessKeyId"], Status="Inactive")
    with refused("InvalidClientTokenId"):
        sandbox.client_with("iam", own).get_user()
