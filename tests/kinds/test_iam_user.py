"""Users: where they lie, what they hold, and the groups that are the other side of a group's members."""

import pytest

from provisioning.core.change import ResourceKey
from provisioning.core.diff import Difference, DriftType, differences
from provisioning.core.kind import Context, DeclaredGroup
from provisioning.core.plain import plain
from provisioning.core.snapshot import Section, overlay
from provisioning.kinds.iam_group import GroupKind
from provisioning.kinds.iam_user import UserKind
from tests.kinds.iam_model import ACCOUNT, Iam, reread, snapshot_of
from tests.kinds.reconcile import CONTEXT, applied, calls_for, document, drift, operations, refusals, seen

KIND = UserKind()
AWS = "arn:aws:iam::aws:policy/"
OPEN = Context(ACCOUNT, groups={"team": DeclaredGroup("Team", "/teams/")}, users=frozenset({"ann"}))
LISTED = Context(ACCOUNT, groups={"team": DeclaredGroup("Team", members=frozenset({"ann"}))}, users=frozenset({"ann"}))
ADMIN = {"attached_policies": ["AdministratorAccess"]}


def account(*groups: str, **declared):
    """An account of these groups, with ann in it as declared."""
    iam = Iam(["ben"])
    for group in groups:
        iam._CreateGroup(group, "/")
    return applied(KIND, "ann", declared, iam)


def wanted(context=CONTEXT, **declared):
    return KIND.parse("ann", declared, context)


def calls(spec, iam):
    return calls_for(KIND, "ann", spec, iam.snapshot())


def test_a_missing_user_is_created_with_its_boundary_and_tags_at_once():
    spec = wanted(
        path="/people/",
        groups=["Team"],
        attached_policies=["ReadOnlyAccess"],
        inline_policies={"Start": document("ec2:Start*")},
        boundary="PowerUserAccess",
        tags={"team": "x"},
    )
    iam = Iam()
    iam._CreateGroup("Team", "/")
    found = calls(spec, iam)
    arn = f"arn:aws:iam::{ACCOUNT}:user/people/ann"
    assert operations(found) == ["CreateUser", "AddUserToGroup", "AttachUserPolicy", "PutUserPolicy"]
    assert found[0].params == {
        "UserName": "ann",
        "Path": "/people/",
        "PermissionsBoundary": f"{AWS}PowerUserAccess",
        "Tags": [{"Key": "team", "Value": "x"}],
    }
    assert found[0].actions == {("iam:CreateUser", arn), ("iam:TagUser", arn)}
    assert found[1].actions == {("iam:AddUserToGroup", f"arn:aws:iam::{ACCOUNT}:group/Team")}
    assert drift(KIND, "ann", spec, iam.send(found).snapshot()) == []


def test_a_moved_user_asks_for_both_arns_and_goes_on_at_the_new_one():
    iam = account(path="/old/")
    move, attach = calls(wanted(path="/new/", attached_policies=["ReadOnlyAccess"]), iam)
    old, new = (f"arn:aws:iam::{ACCOUNT}:user/{path}/ann" for path in ("old", "new"))
    assert (move.operation, move.params) == ("UpdateUser", {"UserName": "ann", "NewPath": "/new/"})
    assert move.actions == {("iam:UpdateUser", old), ("iam:UpdateUser", new)}
    assert attach.actions == {("iam:AttachUserPolicy", new)}


def test_moving_a_user_is_high_risk_and_putting_it_back_is_not():
    there = account(path="/here/").snapshot()
    assert KIND.risks("ann", wanted(path="/there/"), wanted(path="/here/"), there) == ("arn_changes",)
    assert KIND.risks("ann", wanted(path="/there/"), wanted(path="/there/"), there) == ()
    assert KIND.risks("ann", wanted(path="/here/"), None, there) == ()
    assert KIND.risks("zoe", wanted(path="/there/"), None, there) == ()


def test_tag_keys_compare_ignoring_case_and_aws_tags_are_left_alone():
    iam = account(tags={"Team": "x"})
    iam.users["ann"]["tags"]["aws:created"] = "y"
    assert drift(KIND, "ann", wanted(tags={"team": "x"}), iam.snapshot()) == []
    (call,) = calls(wanted(tags={"TEAM": "z"}), iam)
    assert (call.operation, call.params["Tags"]) == ("TagUser", [{"Key": "TEAM", "Value": "z"}])


def test_an_exclusive_list_of_groups_leaves_the_others_after_it_joined():
    iam = account("Team", "Old", groups=["Old"])
    assert operations(calls(wanted(groups=["Team"]), iam)) == ["AddUserToGroup", "RemoveUserFromGroup"]
    assert operations(calls(wanted(groups={"include": ["Team"]}), iam)) == ["AddUserToGroup"]


def test_a_group_that_only_denies_is_joined_before_anything_is_granted_and_left_after_it_is_gone():
    iam = account("Fence")
    iam._PutGroupPolicy("Fence", "No", '{"Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*"}]}')
    spec = wanted(groups=["Fence"], attached_policies=["ReadOnlyAccess"])
    found = calls(spec, iam)
    assert operations(found) == ["AddUserToGroup", "AttachUserPolicy"]
    back = calls(wanted(groups=[], attached_policies=[]), iam.send(found))
    assert operations(back) == ["DetachUserPolicy", "RemoveUserFromGroup"]


def test_a_user_in_ten_groups_leaves_one_right_before_it_joins_another():
    names = [f"G{number}" for number in range(11)]
    iam = account(*names, groups=names[:10])
    found = calls(wanted(groups=names[1:]), iam)
    assert operations(found) == ["RemoveUserFromGroup", "AddUserToGroup"]
    assert drift(KIND, "ann", wanted(groups=names[1:]), iam.send(found).snapshot()) == []


def test_a_group_that_nobody_declares_and_is_not_there_waits_for_a_person_and_gets_no_call():
    iam = account()
    spec = wanted(groups=["Team"])
    (found,) = differences(spec, seen(KIND, "ann", iam.snapshot())[1])
    assert KIND.person("ann", found, iam.snapshot()) == "group_does_not_exist"
    assert calls(spec, iam) == ()


def test_a_declared_group_that_leaves_its_members_open_comes_first_and_then_the_user_joins_it():
    iam = account()
    spec = wanted(OPEN, groups=["team"])
    (found,) = differences(spec, seen(KIND, "ann", iam.snapshot())[1])
    assert KIND.references("ann", spec, OPEN) == {ResourceKey("iam.group", "team")}
    assert KIND.settled_by(found, OPEN) == ResourceKey("iam.group", "team")
    (call,) = calls(spec, iam)
    assert call.actions == {("iam:AddUserToGroup", f"arn:aws:iam::{ACCOUNT}:group/teams/team")}


def test_a_declared_group_that_lists_its_members_joins_them_itself():
    iam = account("Team")
    spec = wanted(LISTED, groups=["Team"])
    (found,) = differences(spec, seen(KIND, "ann", iam.snapshot())[1])
    assert calls(spec, iam) == ()
    assert KIND.references("ann", spec, LISTED) == frozenset()
    assert KIND.settled_by(found, LISTED) == ResourceKey("iam.group", "Team")


def test_group_refers_to_the_users_it_lists_and_lets_them_join_though_they_are_still_to_be_made():
    group = GroupKind()
    spec = group.parse("Team", {"members": ["ann", "ben", "zoe"]}, LISTED)
    assert group.references("Team", spec, LISTED) == {ResourceKey("iam.user", "ann")}
    found = calls_for(group, "Team", spec, Iam(["ben"]).snapshot())
    assert [call.params.get("UserName") for call in found] == [None, "ann", "ben"]
    missing = Difference("members[ann]", DriftType.MISSING, "ann", None)
    assert group.settled_by(missing, LISTED) == ResourceKey("iam.user", "ann")
    assert group.settled_by(Difference("members[zoe]", DriftType.MISSING, "zoe", None), LISTED) is None


def test_a_break_glass_user_is_not_counted_on_to_be_made():
    context = Context(ACCOUNT, users=frozenset({"ann"}), break_glass=frozenset({"Ann"}))
    group = GroupKind()
    spec = group.parse("Team", {"members": ["ann"]}, context)
    assert operations(calls_for(group, "Team", spec, Iam().snapshot())) == ["CreateGroup"]


def test_members_and_groups_that_contradict_each_other_are_refused_by_name():
    theirs = Context(ACCOUNT, groups={"team": DeclaredGroup("Team", members=frozenset({"ben"}))})
    assert "Add ann there" in refusals(KIND, "ann", {"groups": {"include": ["TEAM"]}}, theirs)["/groups"]
    assert "Add Team" in refusals(KIND, "ann", {"groups": []}, LISTED)["/groups"]
    for agreed in ({"groups": ["team"]}, {"groups": {"include": []}}, {}):
        assert KIND.parse("ANN", agreed, LISTED)
    assert KIND.parse("ann", {"groups": []}, theirs)


def test_groups_compare_ignoring_case():
    iam = account("Team", groups=["Team"])
    assert drift(KIND, "ANN", wanted(groups=["TEAM"]), iam.snapshot()) == []


def test_admin_rights_are_a_risk_whichever_way_the_user_gets_them():
    iam = applied(GroupKind(), "Admins", ADMIN, account("Readers"))
    there = iam.snapshot()
    assert KIND.risks("ann", wanted(**ADMIN), None, there) == ("admin_grant",)
    assert KIND.risks("ann", wanted(**ADMIN), wanted(**ADMIN), there) == ()
    assert KIND.risks("ann", wanted(inline_policies={"All": document("iam:*")}), None, there) == ("admin_grant",)
    assert KIND.risks("ann", wanted(groups=["Admins"]), wanted(groups=[]), there) == ("admin_grant",)
    assert KIND.risks("ann", wanted(groups=["Readers"]), None, there) == ()


def test_going_back_to_a_group_is_a_risk_when_nobody_approved_what_it_grants_now():
    iam = applied(GroupKind(), "Team", ADMIN, account())
    spec = wanted(groups=["Team"])
    assert KIND.risks("ann", spec, spec, iam.snapshot()) == ("admin_grant",)
    declared = wanted(OPEN, groups=["Team"])
    assert KIND.risks("ann", declared, declared, iam.snapshot()) == ()


def test_a_boundary_that_was_applied_and_is_taken_away_or_swapped_is_a_risk():
    bound, none, other = wanted(boundary="ReadOnlyAccess"), wanted(boundary=None), wanted(boundary="PowerUserAccess")
    there = account().snapshot()
    assert KIND.risks("ann", none, bound, there) == KIND.risks("ann", other, bound, there) == ("boundary_removed",)
    assert KIND.risks("ann", bound, none, there) == KIND.risks("ann", wanted(), bound, there) == ()


def test_break_glass_users_and_reserved_paths_are_never_touched():
    context = Context(ACCOUNT, break_glass=frozenset({"Rescue"}))
    assert KIND.protected("rescue", wanted(), context) == "it is declared as break glass"
    assert KIND.protected("ann", wanted(path="/aws-reserved/x/"), context)
    assert KIND.protected("ann", wanted(path="/people/"), context) is None


def test_own_policies_and_boundary_are_referenced():
    spec = wanted(attached_policies=["ReadOnlyAccess"], boundary="MfaGuard")
    assert KIND.references("ann", spec, CONTEXT) == {ResourceKey("iam.policy", "MfaGuard")}


def test_user_that_only_a_groups_re_read_names_is_not_taken_for_one_without_rights():
    assert KIND.observed(snapshot_of(users=[{"name": "ann", "groups": ["Team"]}])) == {}


def test_re_read_laid_over_the_bulk_read_gives_the_same_calls():
    iam = account("Team", "Old", groups=["Old"], boundary="ReadOnlyAccess", tags={"k": "v"})
    bulk = iam.snapshot()
    applied(KIND, "ann", {"groups": ["Team"], "attached_policies": ["PowerUserAccess"]}, iam)
    fresh = reread(iam, KIND.reread("ANN", CONTEXT))
    spec = wanted(groups=[], attached_policies=[], boundary=None, tags={})
    assert seen(KIND, "ann", fresh) == seen(KIND, "ann", iam.snapshot())
    assert calls_for(KIND, "ann", spec, overlay(bulk, fresh)) == calls(spec, iam)


def test_no_call_or_read_is_about_passwords_keys_or_mfa():
    iam = account("Team", groups=["Team"])
    asked = []
    steps = KIND.reread("ann", CONTEXT)
    wanted_read = next(steps)
    while True:
        asked.append(wanted_read.operation)
        try:
            wanted_read = steps.send(iam.answer(wanted_read))
        except StopIteration as end:
            assert "LoginProfile" not in str(end.value[Section.IAM_DETAILS])
            break
    assert asked == ["GetUser", "ListAttachedUserPolicies", "ListUserPolicies", "ListGroupsForUser"]


def test_plan_shows_documents_and_names_readably():
    spec = wanted(groups={"include": ["Team"]}, tags={"k": "v"}, boundary=None)
    assert plain(spec) == {
        "path": "unmanaged",
        "groups": {"include": ["Team"]},
        "attached_policies": "unmanaged",
        "inline_policies": "unmanaged",
        "boundary": None,
        "tags": {"k": "v"},
        "console_access": "unmanaged",
        "password_reset_required": "unmanaged",
    }


def test_every_fault_is_named_at_once():
    context = Context(ACCOUNT, groups={"team": DeclaredGroup("Team", members=frozenset())})
    declared = {
        "path": "people",
        "groups": ["Team", "b d", 5],
        "attached_policies": ["Nope"],
        "inline_policies": {"Long": document(*(f"s3:Get{number:04}" for number in range(200)))},
        "boundary": 7,
        "tags": {"aws:x": "y"},
        "password": "x",
    }
    told = refusals(KIND, "a" * 65, declared, context)
    assert set(told) == {
        "",
        "/path",
        "/groups",
        "/groups/1",
        "/groups/2",
        "/attached_policies/0",
        "/inline_policies",
        "/boundary",
        "/tags/aws:x",
        "/password",
    }
    assert "2048" in told["/inline_policies"]


@pytest.mark.parametrize("groups", [[f"G{number}" for number in range(11)], {"include": [f"G{n}" for n in range(11)]}])
def test_more_than_ten_groups_are_refused(groups):
    assert "10" in refusals(KIND, "ann", {"groups": groups})["/groups"]
