"""Names: unique and found ignoring case, stored as written, and no longer or stranger than IAM takes."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.client import Sandbox
from tests.sandbox.documents import policy, trust
from tests.sandbox.refusals import refused

ACCOUNT = "111111111111"


def test_role_name_is_taken_in_any_case_and_path(iam: Any) -> None:
    iam.create_role(RoleName="Deploy", Path="/a/", AssumeRolePolicyDocument=trust())
    with refused("EntityAlreadyExists"):
        iam.create_role(RoleName="dePLOY", Path="/b/", AssumeRolePolicyDocument=trust())


def test_group_user_and_profile_names_are_taken_in_any_case(iam: Any) -> None:
    iam.create_group(GroupName="Developers")
    iam.create_instance_profile(InstanceProfileName="Web")
    with refused("EntityAlreadyExists"):
        iam.create_group(GroupName="DEVELOPERS", Path="/x/")
    with refused("EntityAlreadyExists"):
        iam.create_user(UserName="ANN")
    with refused("EntityAlreadyExists"):
        iam.create_instance_profile(InstanceProfileName="web")


def test_policy_name_is_taken_in_any_case_and_path(iam: Any) -> None:
    iam.create_policy(PolicyName="Guard", PolicyDocument=policy())
    for name, path in (("Guard", "/other/"), ("guard", "/")):
        with refused("EntityAlreadyExists"):
            iam.create_policy(PolicyName=name, Path=path, PolicyDocument=policy())


def test_lookup_ignores_case_and_answers_with_the_stored_one(iam: Any) -> None:
    iam.create_role(RoleName="Deploy", AssumeRolePolicyDocument=trust())
    iam.create_group(GroupName="Developers")
    assert iam.get_role(RoleName="DEPLOY")["Role"]["RoleName"] == "Deploy"
    assert iam.get_group(GroupName="developers")["Group"]["GroupName"] == "Developers"
    assert iam.get_user(UserName="Ann")["User"]["UserName"] == "ann"


def test_inline_policy_keeps_its_stored_case(iam: Any) -> None:
    iam.create_group(GroupName="Developers")
    iam.put_group_policy(GroupName="Developers", PolicyName="Read", PolicyDocument=policy())
    iam.put_group_policy(GroupName="Developers", PolicyName="READ", PolicyDocument=policy("s3:PutObject"))
    assert iam.list_group_policies(GroupName="Developers")["PolicyNames"] == ["Read"]
    found = iam.get_group_policy(GroupName="Developers", PolicyName="read")
    assert found["PolicyDocument"]["Statement"][0]["Action"] == "s3:PutObject"


def test_group_moves_and_renames_with_its_members_and_policies(sandbox: Sandbox, iam: Any) -> None:
    iam.create_group(GroupName="Developers")
    iam.add_user_to_group(GroupName="Developers", UserName="ann")
    iam.attach_group_policy(GroupName="Developers", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    iam.update_group(GroupName="developers", NewPath="/teams/")
    assert iam.get_group(GroupName="Developers")["Group"]["Path"] == "/teams/"
    iam.update_group(GroupName="Developers", NewGroupName="Builders")
    group = sandbox.state(ACCOUNT)["groups"]["Builders"]
    assert (group["members"], len(group["attached_policies"]), group["path"]) == (["ann"], 1, "/teams/")


def test_rename_onto_another_group_is_refused(iam: Any) -> None:
    iam.create_group(GroupName="A")
    iam.create_group(GroupName="B")
    with refused("EntityAlreadyExists"):
        iam.update_group(GroupName="A", NewGroupName="b")
    iam.update_group(GroupName="A", NewGroupName="a")


def test_user_keeps_tags_and_boundary_through_a_rename(sandbox: Sandbox, iam: Any) -> None:
    boundary = "arn:aws:iam::aws:policy/PowerUserAccess"
    iam.tag_user(UserName="ann", Tags=[{"Key": "team", "Value": "a"}])
    iam.put_user_permissions_boundary(UserName="ann", PermissionsBoundary=boundary)
    iam.update_user(UserName="ann", NewUserName="anna", NewPath="/people/")
    user = sandbox.state(ACCOUNT)["users"]["anna"]
    assert (user["tags"], user["boundary"], user["path"]) == ({"team": "a"}, boundary, "/people/")


@pytest.mark.parametrize("name", ["has space", "a/b", "a:b", "umlaut-ä", "x" * 129])
def test_group_name_outside_iams_rules_is_refused(iam: Any, name: str) -> None:
    with refused("ValidationError"):
        iam.create_group(GroupName=name)


def test_role_name_ends_at_64_and_group_name_at_128(iam: Any) -> None:
    iam.create_role(RoleName="r" * 64, AssumeRolePolicyDocument=trust())
    iam.create_group(GroupName="g" * 128)
    with refused("ValidationError"):
        iam.create_role(RoleName="r" * 65, AssumeRolePolicyDocument=trust())


@pytest.mark.parametrize("path", ["nope", "/open", "open/", "/a b/", "/" + "x" * 511 + "/"])
def test_path_outside_iams_rules_is_refused(iam: Any, path: str) -> None:
    with refused("ValidationError"):
        iam.create_group(GroupName="Developers", Path=path)


def test_session_length_ends_at_twelve_hours(iam: Any) -> None:
    with refused("ValidationError"):
        iam.create_role(RoleName="R", AssumeRolePolicyDocument=trust(), MaxSessionDuration=43201)


def test_description_outside_latin_1_is_refused(iam: Any) -> None:
    with refused("ValidationError"):
        iam.create_role(RoleName="R", AssumeRolePolicyDocument=trust(), Description="fire \U0001f525")


def test_role_tag_keys_ignore_case(iam: Any) -> None:
    iam.create_role(RoleName="R", AssumeRolePolicyDocument=trust(), Tags=[{"Key": "Env", "Value": "a"}])
    iam.tag_role(RoleName="R", Tags=[{"Key": "env", "Value": "b"}])
    assert iam.list_role_tags(RoleName="R")["Tags"] == [{"Key": "env", "Value": "b"}]
    with refused("InvalidInput"):
        iam.tag_role(RoleName="R", Tags=[{"Key": "x", "Value": "1"}, {"Key": "X", "Value": "2"}])
    iam.untag_role(RoleName="R", TagKeys=["ENV"])
    assert iam.list_role_tags(RoleName="R")["Tags"] == []


def test_policy_tag_keys_keep_case_apart(iam: Any) -> None:
    arn = iam.create_policy(PolicyName="P", PolicyDocument=policy())["Policy"]["Arn"]
    iam.tag_policy(PolicyArn=arn, Tags=[{"Key": "Env", "Value": "a"}, {"Key": "env", "Value": "b"}])
    assert [tag["Key"] for tag in iam.list_policy_tags(PolicyArn=arn)["Tags"]] == ["Env", "env"]


def test_reserved_and_surplus_tags_are_refused(iam: Any) -> None:
    iam.create_role(RoleName="R", AssumeRolePolicyDocument=trust())
    with refused("InvalidInput"):
        iam.tag_role(RoleName="R", Tags=[{"Key": "aws:mine", "Value": "1"}])
    iam.tag_role(RoleName="R", Tags=[{"Key": f"k{n}", "Value": ""} for n in range(50)])
    with refused("LimitExceeded"):
        iam.tag_role(RoleName="R", Tags=[{"Key": "k50", "Value": ""}])
