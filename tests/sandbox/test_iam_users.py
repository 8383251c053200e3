"""Users: made, moved, bound, tagged, in groups, and kept until everything that hangs on them is gone."""

from __future__ import annotations

from typing import Any

from sandbox.client import Sandbox
from tests.sandbox.conftest import ACCOUNT
from tests.sandbox.documents import policy
from tests.sandbox.refusals import refused

READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
POWER = "arn:aws:iam::aws:policy/PowerUserAccess"


def bound(iam: Any, name: str) -> str:
    return str(iam.get_user(UserName=name)["User"].get("PermissionsBoundary", {}).get("PermissionsBoundaryArn", ""))


def test_a_user_is_created_with_path_boundary_and_tags_at_once(iam: Any) -> None:
    made = iam.create_user(
        UserName="dora", Path="/people/", PermissionsBoundary=READ_ONLY, Tags=[{"Key": "team", "Value": "x"}]
    )["User"]
    assert made["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/people/dora"
    shown = iam.get_user(UserName="DORA")["User"]
    assert (shown["UserName"], shown["Path"], shown["Tags"]) == ("dora", "/people/", [{"Key": "team", "Value": "x"}])
    assert bound(iam, "dora") == READ_ONLY


def test_a_name_is_taken_whatever_its_case_and_path(iam: Any) -> None:
    with refused("EntityAlreadyExists"):
        iam.create_user(UserName="ANN", Path="/people/")


def test_a_boundary_is_swapped_and_taken_away_and_must_exist(iam: Any) -> None:
    with refused("NoSuchEntity"):
        iam.put_user_permissions_boundary(UserName="ann", PermissionsBoundary=READ_ONLY.replace("Read", "Rid"))
    for arn in (READ_ONLY, POWER):
        iam.put_user_permissions_boundary(UserName="ann", PermissionsBoundary=arn)
        assert bound(iam, "ann") == arn
    iam.delete_user_permissions_boundary(UserName="ann")
    assert bound(iam, "ann") == ""


def test_a_moved_user_has_another_arn_and_keeps_its_id_its_tags_and_its_groups(iam: Any) -> None:
    iam.create_group(GroupName="Team")
    iam.add_user_to_group(GroupName="Team", UserName="ann")
    iam.tag_user(UserName="ann", Tags=[{"Key": "team", "Value": "x"}])
    before = iam.get_user(UserName="ann")["User"]
    iam.update_user(UserName="ann", NewPath="/people/")
    after = iam.get_user(UserName="ann")["User"]
    assert after["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/people/ann"
    assert (after["UserId"], after["Tags"]) == (before["UserId"], before["Tags"])
    assert [group["GroupName"] for group in iam.list_groups_for_user(UserName="ann")["Groups"]] == ["Team"]
    assert [user["Arn"] for user in iam.get_group(GroupName="Team")["Users"]] == [after["Arn"]]


def test_tagging_merges_ignoring_the_case_of_keys_and_untagging_removes(iam: Any) -> None:
    iam.tag_user(UserName="ann", Tags=[{"Key": "Team", "Value": "x"}, {"Key": "cost", "Value": "1"}])
    iam.tag_user(UserName="ann", Tags=[{"Key": "team", "Value": "y"}])
    assert {tag["Key"].lower(): tag["Value"] for tag in iam.list_user_tags(UserName="ann")["Tags"]} == {
        "team": "y",
        "cost": "1",
    }
    iam.untag_user(UserName="ann", TagKeys=["TEAM"])
    assert [tag["Key"] for tag in iam.list_user_tags(UserName="ann")["Tags"]] == ["cost"]


def test_the_inline_policies_of_a_user_end_at_2048_characters_together(iam: Any) -> None:
    long = policy(resource="arn:aws:s3:::" + "b" * 1000)
    iam.put_user_policy(UserName="ann", PolicyName="One", PolicyDocument=long)
    with refused("LimitExceeded"):
        iam.put_user_policy(UserName="ann", PolicyName="Two", PolicyDocument=long)


def test_an_eleventh_group_is_over_the_limit(iam: Any) -> None:
    for number in range(11):
        iam.create_group(GroupName=f"g{number}")
    for number in range(10):
        iam.add_user_to_group(GroupName=f"g{number}", UserName="ann")
    with refused("LimitExceeded"):
        iam.add_user_to_group(GroupName="g10", UserName="ann")


def test_the_summary_counts_users_and_tells_their_quota(sandbox: Sandbox, iam: Any) -> None:
    before = iam.get_account_summary()["SummaryMap"]
    iam.create_user(UserName="dora")
    after = iam.get_account_summary()["SummaryMap"]
    assert after["Users"] == before["Users"] + 1
    assert {"UsersQuota", "GroupsPerUserQuota", "AttachedPoliciesPerUserQuota"} <= set(after)


def test_bulk_read_shows_what_get_user_shows(iam: Any) -> None:
    iam.create_user(UserName="dora", Path="/people/", PermissionsBoundary=POWER, Tags=[{"Key": "k", "Value": "v"}])
    (found,) = (
        user
        for user in iam.get_account_authorization_details(Filter=["User"])["UserDetailList"]
        if user["UserName"] == "dora"
    )
    shown = iam.get_user(UserName="dora")["User"]
    for member in ("Path", "Arn", "UserId", "Tags", "PermissionsBoundary"):
        assert found[member] == shown[member]
