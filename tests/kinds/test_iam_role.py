"""Roles: who may take them is narrowed first and widened last; settings that were not declared stay."""

import json

import pytest

from provisioning.core.change import Create, ResourceKey
from provisioning.core.diff import differences
from provisioning.core.kind import Context
from provisioning.core.plain import plain
from provisioning.kinds.iam_role import RoleKind
from tests.kinds.iam_model import ACCOUNT, Iam, reread
from tests.kinds.reconcile import CONTEXT, applied, calls_for, document, drift, operations, refusals, seen, trust

KIND = RoleKind()
ARN = f"arn:aws:iam::{ACCOUNT}:role/App"
OTHER = "arn:aws:iam::444455556666:root"
ANN, BEN = (f"arn:aws:iam::{ACCOUNT}:user/{name}" for name in ("ann", "ben"))
EC2 = [{"service": "ec2"}]


def role(**declared):
    """An account with this role."""
    return applied(KIND, "App", {"trust": EC2} | declared, Iam())


def wanted(**declared):
    return KIND.parse("App", declared, CONTEXT)


def calls(iam, **declared):
    return calls_for(KIND, "App", wanted(**declared), iam.snapshot())


def sent_trust(call):
    return json.loads(call.params["PolicyDocument"])


def test_boundary_and_tags_are_in_the_create_call_and_the_profile_comes_last():
    spec = wanted(
        trust=EC2,
        path="/apps/",
        attached_policies=["AmazonS3ReadOnlyAccess"],
        boundary="ReadOnlyAccess",
        tags={"team": "data"},
        instance_profile=True,
    )
    made = calls_for(KIND, "App", spec, Iam().snapshot())
    assert operations(made) == [
        "CreateRole",
        "AttachRolePolicy",
        "CreateInstanceProfile",
        "AddRoleToInstanceProfile",
    ]
    arn, profile = (f"arn:aws:iam::{ACCOUNT}:{kind}/apps/App" for kind in ("role", "instance-profile"))
    assert made[0].params["PermissionsBoundary"] == "arn:aws:iam::aws:policy/ReadOnlyAccess"
    assert made[0].actions == {("iam:CreateRole", arn), ("iam:TagRole", arn)}
    assert made[3].actions == {("iam:AddRoleToInstanceProfile", profile), ("iam:PassRole", arn)}


def test_create_never_takes_an_existing_role_for_its_own():
    (create,) = calls_for(KIND, "App", wanted(trust=EC2), Iam().snapshot())
    assert not create.accepts


def test_missing_role_without_a_declared_trust_waits_for_a_person():
    spec = wanted(description="Ours")
    assert KIND.calls(Create(ResourceKey("iam.role", "App"), spec), Iam().snapshot()) == ()
    (missing,) = differences(spec, None)
    assert KIND.person("App", missing, Iam().snapshot()) == "trust_not_declared"
    assert KIND.person("App", differences(wanted(trust=EC2), None)[0], Iam().snapshot()) is None


def test_update_sends_description_and_session_length_together_and_carries_over_what_is_not_declared():
    iam = role(description="Old", max_session_seconds=7200)
    (call,) = calls(iam, description="New")
    assert call.params == {"RoleName": "App", "Description": "New", "MaxSessionDuration": 7200}
    assert call.actions == {("iam:UpdateRole", ARN)}


def test_narrower_trust_goes_first_and_a_wider_one_last():
    iam = role(trust={"document": trust(ANN, BEN)})
    assert operations(calls(iam, trust={"document": trust(ANN)}, attached_policies=["ReadOnlyAccess"])) == [
        "UpdateAssumeRolePolicy",
        "AttachRolePolicy",
    ]
    iam = role(trust={"document": trust(ANN)})
    assert operations(calls(iam, trust={"document": trust(ANN, BEN)}, attached_policies=["ReadOnlyAccess"])) == [
        "AttachRolePolicy",
        "UpdateAssumeRolePolicy",
    ]


def test_swapped_trust_keeps_only_those_in_both_while_policies_widen():
    iam = role(trust={"document": trust(ANN, OTHER)})
    made = calls(iam, trust={"document": trust(BEN, OTHER)}, attached_policies=["ReadOnlyAccess"])
    assert operations(made) == ["UpdateAssumeRolePolicy", "AttachRolePolicy", "UpdateAssumeRolePolicy"]
    assert [one["Principal"] for one in sent_trust(made[0])["Statement"]] == [{"AWS": OTHER}]


def test_swapped_trust_with_nobody_in_both_is_closed_while_policies_widen():
    iam = role(trust={"document": trust(ANN)})
    made = calls(iam, trust={"document": trust(BEN)}, attached_policies=["ReadOnlyAccess"])
    assert [one["Effect"] for one in sent_trust(made[0])["Statement"]] == ["Deny"]
    assert operations(made) == ["UpdateAssumeRolePolicy", "AttachRolePolicy", "UpdateAssumeRolePolicy"]


def test_swapped_trust_is_one_call_after_the_policies_where_those_only_narrow():
    iam = role(trust={"document": trust(ANN)}, attached_policies=["ReadOnlyAccess"])
    made = calls(iam, trust={"document": trust(BEN)}, attached_policies=[])
    assert operations(made) == ["DetachRolePolicy", "UpdateAssumeRolePolicy"]


def test_denials_of_both_trusts_hold_in_between():
    old = trust(OTHER, ANN)
    old["Statement"].append(trust(BEN, effect="Deny")["Statement"][0])
    iam = role(trust={"document": old})
    made = calls(iam, trust={"document": trust(OTHER, BEN)}, attached_policies=["ReadOnlyAccess"])
    assert [one["Effect"] for one in sent_trust(made[0])["Statement"]] == ["Allow", "Deny"]


def test_new_boundary_comes_before_what_is_added_and_is_removed_after_what_goes():
    iam = role(attached_policies=["ReadOnlyAccess"])
    assert operations(calls(iam, boundary="ReadOnlyAccess", attached_policies=["PowerUserAccess"])) == [
        "PutRolePermissionsBoundary",
        "AttachRolePolicy",
        "DetachRolePolicy",
    ]
    iam = role(attached_policies=["ReadOnlyAccess"], boundary="ReadOnlyAccess")
    assert operations(calls(iam, boundary=None, attached_policies=["PowerUserAccess"])) == [
        "AttachRolePolicy",
        "DetachRolePolicy",
        "DeleteRolePermissionsBoundary",
    ]


def test_other_boundary_comes_between_what_goes_and_what_is_added():
    iam = role(attached_policies=["ReadOnlyAccess"], boundary="ReadOnlyAccess")
    assert operations(calls(iam, boundary="PowerUserAccess", attached_policies=["AmazonS3FullAccess"])) == [
        "DetachRolePolicy",
        "PutRolePermissionsBoundary",
        "AttachRolePolicy",
    ]


def test_denying_inline_policy_comes_before_grants_and_goes_after_them():
    iam = role()
    deny, allow = document("iam:*", effect="Deny"), document("s3:Get*")
    made = calls(iam, inline_policies={"Allow": allow, "Deny": deny})
    assert [call.params["PolicyName"] for call in made] == ["Deny", "Allow"]
    made = calls(iam.send(made), inline_policies={})
    assert [call.params["PolicyName"] for call in made] == ["Allow", "Deny"]


def test_shared_tags_leave_others_alone_and_exclusive_ones_remove_them():
    iam = role(tags={"team": "data", "left": "over"})
    assert operations(calls(iam, tags={"include": {"Team": "web"}})) == ["TagRole"]
    made = calls(iam, tags={"Team": "web"})
    assert [(call.operation, call.params.get("TagKeys")) for call in made] == [
        ("UntagRole", ["left"]),
        ("TagRole", None),
    ]
    assert drift(KIND, "App", wanted(tags={"TEAM": "web"}), iam.send(made).snapshot()) == []


def test_tags_of_aws_itself_are_not_seen():
    iam = role()
    iam.roles["app"]["tags"]["aws:cloudformation:stack-name"] = "x"
    assert drift(KIND, "App", wanted(tags={}), iam.snapshot()) == []


def test_instance_profile_is_taken_away_first():
    iam = role(instance_profile=True)
    made = calls(iam, instance_profile=False, attached_policies=["ReadOnlyAccess"])
    assert operations(made) == ["RemoveRoleFromInstanceProfile", "DeleteInstanceProfile", "AttachRolePolicy"]


def test_profile_of_another_name_is_not_ours():
    iam = role(instance_profile=True)
    iam.roles["app"]["instance_profiles"][0]["name"] = "Other"
    assert drift(KIND, "App", wanted(instance_profile=True), iam.snapshot()) == ["instance_profile"]
    assert drift(KIND, "App", wanted(instance_profile=False), iam.snapshot()) == []


def test_path_cannot_be_changed():
    iam = role()
    assert drift(KIND, "App", wanted(path="/moved/"), iam.snapshot()) == ["path"]
    assert calls(iam, path="/moved/") == ()


def test_service_shortcut_means_its_document():
    whole = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"},
            {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"},
        ],
    }
    assert wanted(trust=[{"service": "ec2"}, {"service": "ecs-tasks.amazonaws.com"}]) == wanted(
        trust={"document": whole}
    )
    assert wanted(trust={"document": whole}) == wanted(trust=[{"document": whole}])


def test_ec2_has_its_own_name_in_china():
    spec = KIND.parse("App", {"trust": EC2}, Context(ACCOUNT, partition="aws-cn"))
    assert "ec2.amazonaws.com.cn" in str(plain(spec))


def test_re_read_shows_what_the_bulk_read_shows():
    iam = role(
        attached_policies=["ReadOnlyAccess"],
        inline_policies={"Get": document("s3:Get*")},
        boundary="ReadOnlyAccess",
        tags={"team": "data"},
        description="Ours",
        instance_profile=True,
    )
    fresh = reread(iam, KIND.reread("app", CONTEXT))
    assert KIND.observed(fresh) == KIND.observed(iam.snapshot())
    assert KIND.inventory(fresh) == {"App": {"arn": ARN, "path": "/"}}
    assert KIND.observed(reread(Iam(), KIND.reread("app", CONTEXT))) == {}


def test_boundary_and_attached_own_policies_are_referenced():
    spec = wanted(trust=EC2, boundary="MfaGuard", attached_policies=["ReadOnlyAccess"])
    assert KIND.references("App", spec, CONTEXT) == {ResourceKey("iam.policy", "MfaGuard")}


@pytest.mark.parametrize(
    ("declared", "code"),
    [
        ({"attached_policies": ["IAMFullAccess"]}, "admin_grant"),
        ({"inline_policies": {"include": {"All": document("*")}}}, "admin_grant"),
        ({"trust": {"document": trust(OTHER)}}, "trusts_other_account"),
        ({"trust": {"document": trust("*")}}, "trusts_anyone"),
    ],
)
def test_danger_is_a_risk_when_it_is_new(declared, code):
    assert KIND.risks("App", wanted(**declared), None, Iam().snapshot()) == (code,)
    assert KIND.risks("App", wanted(**declared), wanted(trust=EC2), Iam().snapshot()) == (code,)
    assert KIND.risks("App", wanted(**declared), wanted(**declared), Iam().snapshot()) == ()


def test_dropping_a_condition_of_an_outside_trust_is_a_risk():
    guarded = trust(OTHER, Condition={"StringEquals": {"sts:ExternalId": "secret"}})
    before, after = wanted(trust={"document": guarded}), wanted(trust={"document": trust(OTHER)})
    assert KIND.risks("App", after, before, Iam().snapshot()) == ("trusts_other_account",)
    assert KIND.risks("App", before, after, Iam().snapshot()) == ()


def test_another_service_beside_an_approved_outside_trust_is_no_risk():
    both = trust(OTHER)
    both["Statement"] += wanted(trust=EC2).trust.document.to_plain()["Statement"]
    assert (
        KIND.risks("App", wanted(trust={"document": both}), wanted(trust={"document": trust(OTHER)}), Iam().snapshot())
        == ()
    )


def test_boundary_that_is_dropped_or_replaced_is_a_risk():
    bound = wanted(boundary="ReadOnlyAccess")
    assert KIND.risks("App", wanted(boundary=None), bound, Iam().snapshot()) == ("boundary_removed",)
    assert KIND.risks("App", wanted(boundary="PowerUserAccess"), bound, Iam().snapshot()) == ("boundary_removed",)
    assert KIND.risks("App", wanted(boundary=None), wanted(boundary=None), Iam().snapshot()) == ()
    assert KIND.risks("App", wanted(), bound, Iam().snapshot()) == ()


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("AWSServiceRoleForSupport", "/aws-service-role/support.amazonaws.com/"),
        ("AWSReservedSSO_Admin_1", "/aws-reserved/sso.amazonaws.com/"),
        ("OrganizationAccountAccessRole", "/"),
        ("AWSControlTowerExecution", "/"),
        ("aws-controltower-ConfigRecorderRole", "/"),
        ("stacksets-exec-0123", "/"),
        ("cdk-hnb659fds-deploy-role-111122223333-eu-west-1", "/"),
        ("firstlineapply", "/"),
        ("Other", "/firstline/"),
        ("Breakglass", "/"),
    ],
)
def test_roles_nobody_may_touch_are_protected(name, path):
    context = Context(
        ACCOUNT,
        own_roles=frozenset({f"arn:aws:iam::{ACCOUNT}:role/firstline/FirstlineApply"}),
        break_glass=frozenset({"BreakGlass"}),
    )
    assert KIND.protected(name, wanted(trust=EC2, path=path), context)


def test_ordinary_roles_are_not_protected():
    assert KIND.protected("AWSReservedSSO_x", wanted(trust=EC2), CONTEXT) is None
    assert KIND.protected("Build", wanted(trust=EC2, path="/service-role/"), CONTEXT) is None
    assert KIND.protected("cdk-tools", wanted(trust=EC2), CONTEXT) is None


@pytest.mark.parametrize(
    ("declared", "pointer", "told"),
    [
        ([{"service": "ec2"}, {"account": "4444"}], "/trust/1/account", "12 digits"),
        ([{"servise": "ec2"}], "/trust/0", "service, account, saml, oidc, roles_anywhere"),
        ([], "/trust", "Give a list of shortcuts"),
        ("ec2", "/trust", "Give a list of shortcuts"),
        ([{"service": "EC2!"}], "/trust/0/service", "Name an AWS service"),
        ([{"service": "ec2"}, {"document": {}}], "/trust/1", "can't stand beside"),
        ({"document": document("s3:Get*")}, "/trust/document/Statement/0", "Principal"),
        ({"document": trust(*(f"{ANN}{number:04}" for number in range(40)))}, "/trust/document", "2048"),
    ],
)
def test_trust_that_cannot_be_read_says_what_to_write(declared, pointer, told):
    assert told in refusals(KIND, "App", {"trust": declared})[pointer]


def test_every_fault_is_named_at_once():
    declared = {
        "path": "/no end",
        "description": "x" * 1001,
        "max_session_seconds": 60,
        "attached_policies": "ReadOnlyAccess",
        "boundary": 5,
        "tags": {"aws:x": "1", "Team": "a", "team": "b", "bad": "v\u0000"},
        "instance_profile": "yes",
    }
    reasons = refusals(KIND, "R" * 65, declared)
    assert set(reasons) == {
        "",
        "/path",
        "/description",
        "/max_session_seconds",
        "/attached_policies",
        "/boundary",
        "/tags/aws:x",
        "/tags/team",
        "/tags/bad",
        "/instance_profile",
    }
    assert "64" in reasons[""]
    assert "3600" in reasons["/max_session_seconds"]


def test_limits_of_aws_are_named():
    tags = {f"key{number}": "value" for number in range(51)}
    long = document(*(f"s3:Get{number:04}Something" for number in range(700)))
    reasons = refusals(KIND, "App", {"tags": tags, "inline_policies": {"Long": long}, "max_session_seconds": 43201})
    assert "50" in reasons["/tags"]
    assert "10240" in reasons["/inline_policies/Long"]
    assert "43200" in reasons["/max_session_seconds"]


def test_boundary_may_be_declared_as_none():
    iam = role(boundary="ReadOnlyAccess")
    assert seen(KIND, "App", iam.snapshot())[1].boundary is not None
    assert operations(calls(iam, boundary=None)) == ["DeleteRolePermissionsBoundary"]
