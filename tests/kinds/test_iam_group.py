"""Groups: members leave first and join last; what nobody declared stays."""

import pytest

from provisioning.core.change import ResourceKey
from provisioning.core.diff import Difference, differences
from provisioning.core.kind import Context
from provisioning.core.plain import plain
from provisioning.core.policy_document import parse_document
from provisioning.core.project import project
from provisioning.core.snapshot import overlay
from provisioning.kinds.iam_group import GroupKind
from tests.kinds.iam_model import ACCOUNT, Iam, reread
from tests.kinds.reconcile import CONTEXT, applied, calls_for, document, drift, operations, refusals, seen

KIND = GroupKind()
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
GUARD = f"arn:aws:iam::{ACCOUNT}:policy/guards/MfaGuard"


def developers(**declared):
    """An account with users ann, ben and cid, and this group."""
    return applied(KIND, "Developers", declared, Iam(["ann", "ben", "cid"]))


def wanted(**declared):
    return KIND.parse("Developers", declared, CONTEXT)


def test_missing_group_becomes_a_create_whose_members_join_last():
    spec = wanted(
        path="/teams/",
        attached_policies=["ReadOnlyAccess"],
        inline_policies={"Start": document("ec2:Start*")},
        members=["ann"],
    )
    calls = calls_for(KIND, "Developers", spec, Iam(["ann"]).snapshot())
    assert operations(calls) == ["CreateGroup", "AttachGroupPolicy", "PutGroupPolicy", "AddUserToGroup"]
    arn = f"arn:aws:iam::{ACCOUNT}:group/teams/Developers"
    assert [call.actions for call in calls] == [{(f"iam:{call.operation}", arn)} for call in calls]


def test_own_policies_come_before_those_of_aws_because_they_may_be_guards():
    spec = wanted(attached_policies=["AdministratorAccess", "MfaGuard"])
    calls = calls_for(KIND, "Developers", spec, Iam().snapshot())
    assert [call.params.get("PolicyArn", "") for call in calls[1:]] == [
        GUARD,
        READ_ONLY.replace("ReadOnly", "Administrator"),
    ]


def test_exclusive_list_drops_what_others_added_and_a_shared_one_keeps_it():
    iam = developers(attached_policies=["ReadOnlyAccess"])
    iam.groups["developers"]["attached"].append("arn:aws:iam::aws:policy/PowerUserAccess")
    assert drift(KIND, "Developers", wanted(attached_policies=["ReadOnlyAccess"]), iam.snapshot()) == [
        "attached_policies[arn:aws:iam::aws:policy/PowerUserAccess]"
    ]
    assert drift(KIND, "Developers", wanted(attached_policies={"include": ["ReadOnlyAccess"]}), iam.snapshot()) == []


def test_members_leave_before_policies_widen_and_join_after():
    iam = developers(members=["ann"], attached_policies=["ReadOnlyAccess"])
    calls = calls_for(
        KIND, "Developers", wanted(members=["ben"], attached_policies=["PowerUserAccess"]), iam.snapshot()
    )
    assert operations(calls) == [
        "RemoveUserFromGroup",
        "AttachGroupPolicy",
        "DetachGroupPolicy",
        "AddUserToGroup",
    ]


def test_full_group_makes_room_right_before_it_attaches():
    names = [
        "AmazonS3FullAccess",
        "AmazonEC2FullAccess",
        "AmazonRDSFullAccess",
        "AmazonSQSFullAccess",
        "AmazonSNSFullAccess",
        "AmazonVPCFullAccess",
        "AmazonDynamoDBFullAccess",
        "CloudWatchFullAccess",
        "AmazonRoute53FullAccess",
        "AmazonKinesisFullAccess",
    ]
    iam = developers(attached_policies=names)
    spec = wanted(attached_policies=[*names[2:], "ReadOnlyAccess", "MfaGuard"])
    calls = calls_for(KIND, "Developers", spec, iam.snapshot())
    assert operations(calls) == ["DetachGroupPolicy", "AttachGroupPolicy", "DetachGroupPolicy", "AttachGroupPolicy"]
    assert drift(KIND, "Developers", spec, iam.send(calls).snapshot()) == []


def test_inline_policies_make_room_when_their_characters_are_used_up():
    big, other = document(*(f"s3:Get{number:04}" for number in range(280))), document("ec2:Describe*")
    assert 2600 < parse_document(big).size < 5120
    iam = developers(inline_policies={"Old": big})
    spec = wanted(inline_policies={"New": big | {"Statement": [*big["Statement"], *other["Statement"]]}})
    calls = calls_for(KIND, "Developers", spec, iam.snapshot())
    assert operations(calls) == ["DeleteGroupPolicy", "PutGroupPolicy"]


def test_moved_group_asks_for_both_arns_and_goes_on_at_the_new_one():
    iam = developers(path="/old/", members=["ann"])
    calls = calls_for(KIND, "Developers", wanted(path="/new/", members=["ben"]), iam.snapshot())
    old, new = (f"arn:aws:iam::{ACCOUNT}:group/{path}/Developers" for path in ("old", "new"))
    assert operations(calls) == ["RemoveUserFromGroup", "UpdateGroup", "AddUserToGroup"]
    assert calls[0].actions == {("iam:RemoveUserFromGroup", old)}
    assert calls[1].actions == {("iam:UpdateGroup", old), ("iam:UpdateGroup", new)}
    assert calls[2].actions == {("iam:AddUserToGroup", new)}


def test_member_who_is_no_user_waits_for_a_person_and_gets_no_call():
    iam = developers()
    spec = wanted(members=["ann", "zoe"])
    reasons = {
        difference.path: KIND.person("App", difference, iam.snapshot())
        for difference in differences(spec, seen(KIND, "Developers", iam.snapshot())[1])
    }
    assert reasons == {"members[ann]": None, "members[zoe]": "user_does_not_exist"}
    assert [call.params["UserName"] for call in calls_for(KIND, "Developers", spec, iam.snapshot())] == ["ann"]


def test_names_of_members_and_inline_policies_compare_ignoring_case():
    iam = developers(members=["ann"], inline_policies={"Start": document("ec2:Start*")})
    spec = wanted(members=["ANN"], inline_policies={"START": document("ec2:Start*")})
    assert drift(KIND, "developers", spec, iam.snapshot()) == []


def test_changed_inline_policy_keeps_the_name_as_aws_stores_it():
    iam = developers(inline_policies={"Start": document("ec2:Start*")})
    spec = wanted(inline_policies={"START": document("ec2:Stop*")})
    (call,) = calls_for(KIND, "Developers", spec, iam.snapshot())
    assert call.params["PolicyName"] == "Start"


def test_attached_arn_compares_ignoring_the_case_of_the_name_but_not_of_the_path():
    iam = developers(attached_policies=["MfaGuard"])
    assert drift(KIND, "Developers", wanted(attached_policies=[GUARD.replace("Mfa", "mfa")]), iam.snapshot()) == []
    assert drift(KIND, "Developers", wanted(attached_policies=[GUARD.replace("guards", "Guards")]), iam.snapshot())


def test_plan_shows_what_is_there_as_aws_spells_it_however_much_else_there_is():
    iam = developers(members=["ann", "ben", "cid"])
    spec = wanted(members={"include": ["ANN", "Zoe"]})
    for others in (["ann"], ["ann", "ben", "cid"]):
        there = KIND.parse("Developers", {"members": others}, CONTEXT)
        assert plain(project(there, spec))["members"] == {"include": ["ann"]}
    assert drift(KIND, "Developers", spec, iam.snapshot()) == ["members[Zoe]"]


def test_re_read_laid_over_the_bulk_read_gives_the_same_calls():
    iam = developers(members=["ann"], attached_policies=["ReadOnlyAccess"])
    bulk = iam.snapshot()
    applied(KIND, "Developers", {"members": ["ben"]}, iam)
    fresh = reread(iam, KIND.reread("developers", CONTEXT))
    assert KIND.observed(fresh) == KIND.observed(iam.snapshot())
    spec = wanted(members=["cid"])
    assert calls_for(KIND, "Developers", spec, overlay(bulk, fresh)) == calls_for(
        KIND, "Developers", spec, iam.snapshot()
    )


def test_admin_grant_is_a_risk_for_the_policy_and_for_each_new_member():
    admins, bigger = wanted(attached_policies=["AdministratorAccess"], members=["ann"]), ["ann", "ben"]
    assert KIND.risks("Admins", admins, None, Iam().snapshot()) == ("admin_grant",)
    assert KIND.risks("Admins", admins, admins, Iam().snapshot()) == ()
    assert KIND.risks(
        "Admins", wanted(attached_policies=["AdministratorAccess"], members=bigger), admins, Iam().snapshot()
    ) == ("admin_grant",)
    assert KIND.risks("Admins", wanted(inline_policies={"All": document("iam:*")}), None, Iam().snapshot()) == (
        "admin_grant",
    )
    assert (
        KIND.risks("Admins", wanted(attached_policies=["ReadOnlyAccess"], members=bigger), None, Iam().snapshot()) == ()
    )


def test_own_policies_are_referenced_and_those_of_aws_are_not():
    spec = wanted(attached_policies=["MfaGuard", "ReadOnlyAccess"])
    assert KIND.references("Developers", spec, CONTEXT) == {ResourceKey("iam.policy", "MfaGuard")}


def test_plan_shows_documents_and_names_readably():
    spec = wanted(
        attached_policies=["MfaGuard"], inline_policies={"Start": document("ec2:Start*")}, members={"include": ["ann"]}
    )
    as_stored = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["ec2:Start*"], "Resource": "*"}]}
    assert plain(spec) == {
        "path": "unmanaged",
        "attached_policies": [GUARD],
        "inline_policies": {"Start": as_stored},
        "members": {"include": ["ann"]},
    }


def test_difference_of_an_extra_member_names_it():
    iam = developers(members=["ann", "ben"])
    (found,) = differences(wanted(members=["ann"]), seen(KIND, "Developers", iam.snapshot())[1])
    assert found == Difference("members[ben]", found.type, None, "ben")


@pytest.mark.parametrize(
    ("named", "told"),
    [
        ("ReadOnlyAcces", "Did you mean ReadOnlyAccess"),
        ("arn:aws:iam::999999999999:policy/Theirs", "attaches its own policies"),
        ("arn:aws-cn:iam::aws:policy/ReadOnlyAccess", "partition aws"),
        ("arn:aws:s3:::bucket", "not the ARN of a managed policy"),
        ("", "Give the name or the ARN"),
        (7, "Give the name or the ARN"),
    ],
)
def test_policy_that_cannot_be_attached_is_refused_with_what_to_write(named, told):
    assert told in refusals(KIND, "Developers", {"attached_policies": [named]})["/attached_policies/0"]


def test_name_that_both_aws_and_we_have_asks_for_the_arn():
    context = Context(ACCOUNT, customer_policies={"readonlyaccess": "/"})
    reasons = refusals(KIND, "Developers", {"attached_policies": ["ReadOnlyAccess"]}, context)
    assert "Give the ARN" in reasons["/attached_policies/0"]


def test_every_fault_is_named_at_once():
    declared = {
        "path": "teams",
        "attached_policies": {"include": ["Nope"]},
        "inline_policies": {"a/b": document("s3:Get*"), "Twin": document("s3:Get*"), "twin": document("s3:Get*")},
        "members": ["ann", "b n", 5],
        "member": [],
    }
    assert set(refusals(KIND, "Devs!", declared)) == {
        "",
        "/path",
        "/attached_policies/include/0",
        "/inline_policies/a~1b",
        "/inline_policies/twin",
        "/members/1",
        "/members/2",
        "/member",
    }


def test_limits_of_aws_are_named():
    ten = [f"arn:aws:iam::aws:policy/Policy{number}" for number in range(11)]
    long = document(*(f"s3:Get{number:04}Something" for number in range(400)))
    reasons = refusals(KIND, "Developers", {"attached_policies": ten, "inline_policies": {"Long": long}})
    assert "10" in reasons["/attached_policies"]
    assert "5120" in reasons["/inline_policies"]


@pytest.mark.parametrize("declared", [{"include": ["ann"], "others": []}, "ann", {"ann": True}, None])
def test_list_that_is_neither_exclusive_nor_shared_is_refused(declared):
    assert any(pointer.startswith("/members") for pointer in refusals(KIND, "Developers", {"members": declared}))


def test_declaration_that_is_no_map_is_refused():
    assert refusals(KIND, "Developers", ["ann"]) == {"": "Give a map of names to values."}
