"""Quotas, sizes, what must go before a delete, and roles that only AWS may change."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.client import Sandbox
from tests.sandbox.documents import policy, policy_of_size, trust
from tests.sandbox.refusals import refused

ACCOUNT = "111111111111"
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"


def made_policy(iam: Any, name: str, **more: Any) -> str:
    return str(iam.create_policy(PolicyName=name, PolicyDocument=policy(), **more)["Policy"]["Arn"])


@pytest.mark.parametrize("kind", ["role", "group", "user"])
def test_eleventh_managed_policy_is_over_the_limit(iam: Any, kind: str) -> None:
    iam.create_role(RoleName="x", AssumeRolePolicyDocument=trust())
    iam.create_group(GroupName="x")
    iam.create_user(UserName="x")
    attach, holder = getattr(iam, f"attach_{kind}_policy"), {f"{kind.capitalize()}Name": "x"}
    arns = [made_policy(iam, f"p{number}") for number in range(11)]
    for arn in arns[:10]:
        attach(PolicyArn=arn, **holder)
    with refused("LimitExceeded"):
        attach(PolicyArn=arns[10], **holder)
    attach(PolicyArn=arns[0], **holder)


def test_attaching_twice_counts_once(sandbox: Sandbox, iam: Any) -> None:
    arn = made_policy(iam, "Guard")
    iam.create_role(RoleName="R", AssumeRolePolicyDocument=trust())
    for _ in range(2):
        iam.attach_role_policy(RoleName="R", PolicyArn=arn)
    assert sandbox.state(ACCOUNT)["policies"]["Guard"]["attachment_count"] == 1
    iam.detach_role_policy(RoleName="R", PolicyArn=arn)
    with refused("NoSuchEntity"):
        iam.detach_role_policy(RoleName="R", PolicyArn=arn)


def test_sixth_version_is_over_the_limit_and_numbers_are_not_used_again(iam: Any) -> None:
    arn = made_policy(iam, "Guard")
    for _ in range(4):
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=policy(), SetAsDefault=True)
    with refused("LimitExceeded"):
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=policy())
    with refused("DeleteConflict"):
        iam.delete_policy_version(PolicyArn=arn, VersionId="v5")
    iam.delete_policy_version(PolicyArn=arn, VersionId="v1")
    assert iam.create_policy_version(PolicyArn=arn, PolicyDocument=policy())["PolicyVersion"]["VersionId"] == "v6"


def test_managed_policy_ends_at_6144_characters_without_whitespace(iam: Any) -> None:
    iam.create_policy(PolicyName="Fits", PolicyDocument=policy_of_size(6144).replace(",", ",   "))
    with refused("LimitExceeded"):
        iam.create_policy(PolicyName="Over", PolicyDocument=policy_of_size(6145))


@pytest.mark.parametrize(("kind", "limit"), [("user", 2048), ("role", 10240), ("group", 5120)])
def test_inline_policies_of_one_holder_add_up(iam: Any, kind: str, limit: int) -> None:
    iam.create_role(RoleName="x", AssumeRolePolicyDocument=trust())
    iam.create_group(GroupName="x")
    iam.create_user(UserName="x")
    put, holder = getattr(iam, f"put_{kind}_policy"), {f"{kind.capitalize()}Name": "x"}
    put(PolicyName="first", PolicyDocument=policy_of_size(limit - 200), **holder)
    put(PolicyName="second", PolicyDocument=policy_of_size(200), **holder)
    with refused("LimitExceeded"):
        put(PolicyName="second", PolicyDocument=policy_of_size(201), **holder)


def test_trust_policy_ends_at_2048_characters(iam: Any) -> None:
    long = trust(Condition={"StringEquals": {"sts:ExternalId": ["x" * 100] * 20}})
    with refused("LimitExceeded"):
        iam.create_role(RoleName="R", AssumeRolePolicyDocument=long)


def test_eleventh_group_of_a_user_is_over_the_limit(iam: Any) -> None:
    for number in range(11):
        iam.create_group(GroupName=f"g{number}")
    for number in range(10):
        iam.add_user_to_group(GroupName=f"g{number}", UserName="ann")
    iam.add_user_to_group(GroupName="g0", UserName="ann")
    with refused("LimitExceeded"):
        iam.add_user_to_group(GroupName="g10", UserName="ann")


def test_group_with_members_or_policies_is_not_deleted(iam: Any) -> None:
    iam.create_group(GroupName="G")
    iam.add_user_to_group(GroupName="G", UserName="ann")
    iam.attach_group_policy(GroupName="G", PolicyArn=READ_ONLY)
    iam.put_group_policy(GroupName="G", PolicyName="p", PolicyDocument=policy())
    steps = [
        lambda: iam.remove_user_from_group(GroupName="G", UserName="ann"),
        lambda: iam.detach_group_policy(GroupName="G", PolicyArn=READ_ONLY),
        lambda: iam.delete_group_policy(GroupName="G", PolicyName="p"),
    ]
    for step in steps:
        with refused("DeleteConflict"):
            iam.delete_group(GroupName="G")
        step()
    iam.delete_group(GroupName="G")


def test_role_with_profile_or_policies_is_not_deleted(iam: Any) -> None:
    iam.create_role(RoleName="R", AssumeRolePolicyDocument=trust())
    iam.create_instance_profile(InstanceProfileName="R")
    iam.add_role_to_instance_profile(InstanceProfileName="R", RoleName="R")
    with refused("LimitExceeded"):
        iam.add_role_to_instance_profile(InstanceProfileName="R", RoleName="R")
    with refused("DeleteConflict"):
        iam.delete_instance_profile(InstanceProfileName="R")
    with refused("DeleteConflict"):
        iam.delete_role(RoleName="R")
    iam.remove_role_from_instance_profile(InstanceProfileName="R", RoleName="R")
    iam.delete_instance_profile(InstanceProfileName="R")
    iam.delete_role(RoleName="R")


def test_user_with_anything_left_is_not_deleted(iam: Any) -> None:
    iam.create_group(GroupName="G")
    iam.add_user_to_group(GroupName="G", UserName="ann")
    iam.create_login_profile(UserName="ann", Password="A-long-1-password")
    key = iam.create_access_key(UserName="ann")["AccessKey"]["AccessKeyId"]
    steps = [
        lambda: iam.delete_login_profile(UserName="ann"),
        lambda: iam.delete_access_key(UserName="ann", AccessKeyId=key),
        lambda: iam.remove_user_from_group(GroupName="G", UserName="ann"),
    ]
    for step in steps:
        with refused("DeleteConflict"):
            iam.delete_user(UserName="ann")
        step()
    iam.delete_user(UserName="ann")


def test_policy_in_use_or_with_versions_is_not_deleted(iam: Any) -> None:
    arn = made_policy(iam, "Guard")
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=policy(), SetAsDefault=True)
    iam.create_role(RoleName="R", AssumeRolePolicyDocument=trust(), PermissionsBoundary=arn)
    iam.attach_role_policy(RoleName="R", PolicyArn=arn)
    steps = [
        lambda: iam.detach_role_policy(RoleName="R", PolicyArn=arn),
        lambda: iam.delete_role_permissions_boundary(RoleName="R"),
        lambda: iam.delete_policy_version(PolicyArn=arn, VersionId="v1"),
    ]
    for step in steps:
        with refused("DeleteConflict"):
            iam.delete_policy(PolicyArn=arn)
        step()
    iam.delete_policy(PolicyArn=arn)
    with refused("NoSuchEntity"):
        iam.get_policy(PolicyArn=arn)


def test_boundary_must_exist(iam: Any) -> None:
    missing = f"arn:aws:iam::{ACCOUNT}:policy/Missing"
    with refused("NoSuchEntity"):
        iam.create_role(RoleName="R", AssumeRolePolicyDocument=trust(), PermissionsBoundary=missing)
    with refused("NoSuchEntity"):
        iam.put_user_permissions_boundary(UserName="ann", PermissionsBoundary=missing)


@pytest.mark.parametrize("name", ["AWSServiceRoleForSupport", "AWSReservedSSO_ViewOnly_1a2b3c4d5e6f7a8b"])
def test_roles_of_aws_are_unmodifiable_yet_readable_and_taggable(iam: Any, name: str) -> None:
    for change in (
        lambda: iam.update_assume_role_policy(RoleName=name, PolicyDocument=trust()),
        lambda: iam.attach_role_policy(RoleName=name, PolicyArn=READ_ONLY),
        lambda: iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=policy()),
        lambda: iam.update_role(RoleName=name, Description="mine"),
        lambda: iam.delete_role(RoleName=name),
    ):
        with refused("UnmodifiableEntity"):
            change()
    iam.tag_role(RoleName=name, Tags=[{"Key": "seen", "Value": "yes"}])
    assert iam.get_role(RoleName=name)["Role"]["Tags"] == [{"Key": "seen", "Value": "yes"}]


def test_update_role_keeps_what_is_left_out(iam: Any) -> None:
    iam.create_role(RoleName="R", AssumeRolePolicyDocument=trust(), Description="old", MaxSessionDuration=7200)
    iam.update_role(RoleName="R", MaxSessionDuration=3600)
    assert iam.get_role(RoleName="R")["Role"]["Description"] == "old"
    iam.update_role(RoleName="R", Description="new")
    role = iam.get_role(RoleName="R")["Role"]
    assert (role["Description"], role["MaxSessionDuration"]) == ("new", 3600)


def test_login_profile_keeps_its_reset_flag(iam: Any) -> None:
    iam.create_login_profile(UserName="ann", Password="A-long-1-password", PasswordResetRequired=True)
    assert iam.get_login_profile(UserName="ann")["LoginProfile"]["PasswordResetRequired"] is True
    iam.update_login_profile(UserName="ann", PasswordResetRequired=False)
    assert iam.get_login_profile(UserName="ann")["LoginProfile"]["PasswordResetRequired"] is False
