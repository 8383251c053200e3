"""Every call is checked against its session policy by action and resource, in the words of each service."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from sandbox.client import Sandbox
from tests.sandbox.refusals import code_of, refused

ACCOUNT = "111111111111"
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
    }
)
BUDGET = {
    "BudgetName": "s3-monthly",
    "BudgetType": "COST",
    "TimeUnit": "MONTHLY",
    "BudgetLimit": {"Amount": "10", "Unit": "USD"},
}


def iam_arn(resource: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:{resource}"


def session(sandbox: Sandbox, *allowed: tuple[str, str], **more: Any) -> dict[str, str]:
    """An apply session held to those actions on those resources."""
    statements = [{"Effect": "Allow", "Action": action, "Resource": resource} for action, resource in allowed]
    policy = {"Policy": json.dumps({"Version": "2012-10-17", "Statement": statements})} if allowed else {}
    given = sandbox.client_with("sts", sandbox.hub_credentials("apply")).assume_role(
        RoleArn=iam_arn("role/firstline/FirstlineApply"),
        RoleSessionName="run-1.1",
        ExternalId=sandbox.external_id,
        **{**policy, **more},
    )["Credentials"]
    return {
        "aws_access_key_id": given["AccessKeyId"],
        "aws_secret_access_key": given["SecretAccessKey"],
        "aws_session_token": given["SessionToken"],
    }


def test_only_the_named_action_on_the_named_resource_passes(sandbox: Sandbox) -> None:
    iam = sandbox.client_with("iam", session(sandbox, ("iam:CreateGroup", iam_arn("group/Developers"))))
    with refused("AccessDenied"):
        iam.create_group(GroupName="Testers")
    iam.create_group(GroupName="Developers")
    with refused("AccessDenied"):
        iam.delete_group(GroupName="Developers")


def test_refusal_names_action_and_resource_and_changes_nothing(sandbox: Sandbox) -> None:
    iam = sandbox.client_with("iam", session(sandbox, ("iam:ListRoles", "*")))
    with refused("AccessDenied") as caught:
        iam.create_group(GroupName="Developers")
    assert f"iam:CreateGroup on resource: {iam_arn('group/Developers')}" in str(caught[0])
    assert "session policy" in str(caught[0])
    assert sandbox.state(ACCOUNT)["groups"] == {}
    assert sandbox.calls(ACCOUNT)[-1]["applied"] is False


def test_session_policy_widens_nothing(sandbox: Sandbox) -> None:
    iam = sandbox.client_with("iam", session(sandbox, ("iam:*", "*")))
    with refused("AccessDenied"):
        iam.create_access_key(UserName="ann")


def test_apply_role_may_not_touch_its_own_way_in(sandbox: Sandbox) -> None:
    iam = sandbox.client_with("iam", session(sandbox))
    with refused("AccessDenied") as caught:
        iam.update_assume_role_policy(RoleName="FirstlineLook", PolicyDocument=TRUST)
    assert "explicit deny" in str(caught[0])


Case = tuple[str, Callable[[Any], Any], list[tuple[str, str]]]
IAM_CASES: list[Case] = [
    ("list", lambda iam: iam.list_roles(), [("iam:ListRoles", "*")]),
    ("details", lambda iam: iam.get_account_authorization_details(), [("iam:GetAccountAuthorizationDetails", "*")]),
    (
        "tagged create",
        lambda iam: iam.create_role(
            RoleName="R", Path="/app/", AssumeRolePolicyDocument=TRUST, Tags=[{"Key": "k", "Value": "v"}]
        ),
        [("iam:CreateRole", iam_arn("role/app/R")), ("iam:TagRole", iam_arn("role/app/R"))],
    ),
    (
        "attach",
        lambda iam: iam.attach_role_policy(RoleName="Web", PolicyArn="arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"),
        [("iam:AttachRolePolicy", iam_arn("role/app/Web"))],
    ),
    (
        "profile",
        lambda iam: iam.add_role_to_instance_profile(RoleName="Web", InstanceProfileName="Web"),
        [("iam:AddRoleToInstanceProfile", iam_arn("instance-profile/Web")), ("iam:PassRole", iam_arn("role/app/Web"))],
    ),
    (
        "member",
        lambda iam: iam.add_user_to_group(GroupName="Developers", UserName="ann"),
        [("iam:AddUserToGroup", iam_arn("group/Developers"))],
    ),
    (
        "policy",
        lambda iam: iam.create_policy(
            PolicyName="Guard",
            Path="/guards/",
            PolicyDocument=json.dumps(
                {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]}
            ),
        ),
        [("iam:CreatePolicy", iam_arn("policy/guards/Guard"))],
    ),
]


@pytest.fixture
def furnished(sandbox: Sandbox) -> Sandbox:
    iam = sandbox.client("iam", ACCOUNT)
    iam.create_group(GroupName="Developers")
    iam.create_role(RoleName="Web", Path="/app/", AssumeRolePolicyDocument=TRUST)
    iam.create_instance_profile(InstanceProfileName="Web")
    return sandbox


@pytest.mark.parametrize(("_name", "call", "needed"), IAM_CASES, ids=[case[0] for case in IAM_CASES])
def test_iam_call_needs_each_of_its_actions(
    furnished: Sandbox, _name: str, call: Callable[[Any], Any], needed: list[tuple[str, str]]
) -> None:
    for left_out in range(len(needed)):
        some = [("sts:TagSession", "*"), *needed[:left_out], *needed[left_out + 1 :]]
        assert (
            code_of(lambda some=some: call(furnished.client_with("iam", session(furnished, *some)))) == "AccessDenied"
        )
    assert code_of(lambda: call(furnished.client_with("iam", session(furnished, *needed)))) == ""


BUDGET_ARN = f"arn:aws:budgets::{ACCOUNT}:budget/s3-monthly"
BUDGET_CASES: list[Case] = [
    ("create", lambda b: b.create_budget(AccountId=ACCOUNT, Budget=BUDGET), [("budgets:ModifyBudget", BUDGET_ARN)]),
    (
        "tagged create",
        lambda b: b.create_budget(AccountId=ACCOUNT, Budget=BUDGET, ResourceTags=[{"Key": "k", "Value": "v"}]),
        [("budgets:ModifyBudget", BUDGET_ARN), ("budgets:TagResource", BUDGET_ARN)],
    ),
    (
        "view all",
        lambda b: b.describe_budgets(AccountId=ACCOUNT),
        [("budgets:ViewBudget", f"arn:aws:budgets::{ACCOUNT}:budget/*")],
    ),
]


@pytest.mark.parametrize(("_name", "call", "needed"), BUDGET_CASES, ids=[case[0] for case in BUDGET_CASES])
def test_budgets_call_needs_each_of_its_actions(
    sandbox: Sandbox, _name: str, call: Callable[[Any], Any], needed: list[tuple[str, str]]
) -> None:
    _allow_more(sandbox, "budgets:TagResource")
    for left_out in range(len(needed)):
        some = [("sts:TagSession", "*"), *needed[:left_out], *needed[left_out + 1 :]]
        denied = code_of(lambda some=some: call(sandbox.client_with("budgets", session(sandbox, *some))))
        assert denied == "AccessDeniedException"
    assert code_of(lambda: call(sandbox.client_with("budgets", session(sandbox, *needed)))) == ""


def test_update_budget_is_modify_budget(sandbox: Sandbox) -> None:
    sandbox.client("budgets", ACCOUNT).create_budget(AccountId=ACCOUNT, Budget=BUDGET)
    named_like_the_call = sandbox.client_with("budgets", session(sandbox, ("budgets:UpdateBudget", "*")))
    with refused("AccessDeniedException"):
        named_like_the_call.update_budget(AccountId=ACCOUNT, NewBudget=BUDGET)
    sandbox.client_with("budgets", session(sandbox, ("budgets:ModifyBudget", BUDGET_ARN))).update_budget(
        AccountId=ACCOUNT, NewBudget=BUDGET
    )


def test_escaped_wildcard_is_the_character_itself(sandbox: Sandbox) -> None:
    arn = f"arn:aws:budgets::{ACCOUNT}:budget/all ${{*}} of it"
    narrowed = sandbox.client_with("budgets", session(sandbox, ("budgets:ModifyBudget", arn)))
    narrowed.create_budget(AccountId=ACCOUNT, Budget={**BUDGET, "BudgetName": "all * of it"})
    assert code_of(
        lambda: narrowed.create_budget(AccountId=ACCOUNT, Budget={**BUDGET, "BudgetName": "all but of it"})
    ).startswith("AccessDenied")


def test_identity_question_needs_no_permission(sandbox: Sandbox) -> None:
    held = session(sandbox, ("iam:ListRoles", "*"))
    assert sandbox.client_with("sts", held).get_caller_identity()["Account"] == ACCOUNT


def test_managed_session_policy_narrows_too(sandbox: Sandbox) -> None:
    read_only = [{"arn": "arn:aws:iam::aws:policy/IAMReadOnlyAccess"}]
    iam = sandbox.client_with("iam", session(sandbox, PolicyArns=read_only))
    iam.list_roles()
    with refused("AccessDenied"):
        iam.create_group(GroupName="Developers")


def test_session_policy_over_its_size_is_refused(sandbox: Sandbox) -> None:
    with refused("PackedPolicyTooLarge"):
        session(sandbox, *[("iam:GetRole", iam_arn(f"role/app/role-number-{n}")) for n in range(40)])


def test_change_of_the_roles_own_policy_binds_open_sessions(sandbox: Sandbox) -> None:
    iam = sandbox.client_with("iam", session(sandbox))
    iam.list_roles()
    admin = sandbox.client("iam", ACCOUNT)
    for policy in admin.list_attached_role_policies(RoleName="FirstlineApply")["AttachedPolicies"]:
        admin.detach_role_policy(RoleName="FirstlineApply", PolicyArn=policy["PolicyArn"])
    with refused("AccessDenied"):
        iam.list_roles()


def test_boundary_of_the_role_holds_whatever_else_is_attached_to_it(sandbox: Sandbox) -> None:
    admin = sandbox.client("iam", ACCOUNT)
    admin.attach_role_policy(RoleName="FirstlineLook", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    given = sandbox.client_with("sts", sandbox.hub_credentials("look")).assume_role(
        RoleArn=iam_arn("role/firstline/FirstlineLook"), RoleSessionName="run-1.1", ExternalId=sandbox.external_id
    )["Credentials"]
    look = {
        "aws_access_key_id": given["AccessKeyId"],
        "aws_secret_access_key": given["SecretAccessKey"],
        "aws_session_token": given["SessionToken"],
    }
    sandbox.client_with("iam", look).list_roles()
    with refused("AccessDenied") as caught:
        sandbox.client_with("iam", look).create_group(GroupName="G")
    assert "because no permissions boundary allows the iam:CreateGroup action" in str(caught[0])


def _allow_more(sandbox: Sandbox, action: str) -> None:
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}
    sandbox.client("iam", ACCOUNT).put_role_policy(
        RoleName="FirstlineApply", PolicyName="more", PolicyDocument=json.dumps(document)
    )
