"""Customer managed policies: versions, the default one, what AWS would refuse."""

import pytest

from provisioning.core.kind import Context
from provisioning.core.plain import plain
from provisioning.kinds.iam_policy import PolicyKind
from tests.kinds.iam_model import ACCOUNT, Iam, reread
from tests.kinds.reconcile import CONTEXT, applied, calls_for, document, drift, operations, refusals, seen

KIND = PolicyKind()
ARN = f"arn:aws:iam::{ACCOUNT}:policy/Guard"


def guard(*documents, **more):
    """An account whose policy Guard went through these documents."""
    iam = Iam()
    for one in documents:
        applied(KIND, "Guard", {"document": one, **more}, iam)
    return iam


def wanted(one, **more):
    return KIND.parse("Guard", {"document": one, **more}, CONTEXT)


def test_missing_policy_is_created_at_its_path_with_its_description():
    spec = wanted(document("s3:Get*"), path="/guards/", description="Reads")
    (call,) = calls_for(KIND, "Guard", spec, Iam().snapshot())
    assert (call.params["Path"], call.params["Description"]) == ("/guards/", "Reads")
    assert call.actions == {("iam:CreatePolicy", f"arn:aws:iam::{ACCOUNT}:policy/guards/Guard")}
    assert not call.accepts


def test_changed_document_becomes_a_new_default_version():
    iam = guard(document("s3:Get*"))
    calls = calls_for(KIND, "Guard", wanted(document("s3:List*")), iam.snapshot())
    assert operations(calls) == ["CreatePolicyVersion"]
    assert calls[0].params["SetAsDefault"] is True
    assert calls[0].actions == {("iam:CreatePolicyVersion", ARN)}


def test_document_that_means_the_same_is_no_drift():
    iam = guard(document("s3:GetObject", "s3:ListBucket"))
    assert drift(KIND, "Guard", wanted(document("S3:listbucket", "s3:GetObject")), iam.snapshot()) == []


def test_sixth_version_takes_the_place_of_the_oldest_spare_one():
    iam = guard(*(document(f"s3:Get{letter}") for letter in "ABCDE"))
    calls = calls_for(KIND, "Guard", wanted(document("s3:GetF")), iam.snapshot())
    assert operations(calls) == ["DeletePolicyVersion", "CreatePolicyVersion"]
    assert calls[0].params["VersionId"] == "v1"


def test_oldest_version_is_kept_when_it_is_the_default():
    iam = guard(*(document(f"s3:Get{letter}") for letter in "ABCDE"))
    iam.policies["guard"]["default_version"] = "v1"
    calls = calls_for(KIND, "Guard", wanted(document("s3:GetF")), iam.snapshot())
    assert calls[0].params["VersionId"] == "v2"


def test_version_ten_is_younger_than_version_nine():
    iam = guard(*(document(f"s3:Get{letter}") for letter in "ABCDEFGHIJKL"))
    assert [one["id"] for one in iam.policies["guard"]["versions"]] == ["v8", "v9", "v10", "v11", "v12"]
    calls = calls_for(KIND, "Guard", wanted(document("s3:GetZ")), iam.snapshot())
    assert calls[0].params["VersionId"] == "v8"


def test_default_that_was_moved_away_moves_back_without_a_new_version():
    iam = guard(document("s3:GetA"), document("s3:GetB"))
    iam.policies["guard"]["default_version"] = "v1"
    calls = calls_for(KIND, "Guard", wanted(document("s3:GetB")), iam.snapshot())
    assert [(call.operation, call.params["VersionId"]) for call in calls] == [("SetDefaultPolicyVersion", "v2")]


def test_spare_versions_beyond_the_limit_are_drift_and_go_oldest_first():
    iam = guard(*(document(f"s3:Get{letter}") for letter in "ABCD"))
    spec = wanted(document("s3:GetD"), keep_versions=2)
    assert drift(KIND, "Guard", spec, iam.snapshot()) == ["keep_versions"]
    calls = calls_for(KIND, "Guard", spec, iam.snapshot())
    assert [(call.operation, call.params["VersionId"]) for call in calls] == [
        ("DeletePolicyVersion", "v1"),
        ("DeletePolicyVersion", "v2"),
    ]
    assert drift(KIND, "Guard", spec, iam.send(calls).snapshot()) == []


def test_old_versions_go_only_after_the_default_has_moved():
    iam = guard(document("s3:GetA"), document("s3:GetB"))
    calls = calls_for(KIND, "Guard", wanted(document("s3:GetC"), keep_versions=1), iam.snapshot())
    assert operations(calls) == ["CreatePolicyVersion", "DeletePolicyVersion", "DeletePolicyVersion"]


def test_fewer_versions_than_allowed_are_no_drift():
    iam = guard(document("s3:GetA"))
    assert drift(KIND, "Guard", wanted(document("s3:GetA"), keep_versions=5), iam.snapshot()) == []


def test_description_is_never_compared():
    iam = guard(document("s3:GetA"), description="first")
    spec = wanted(document("s3:GetA"), description="second")
    assert drift(KIND, "Guard", spec, iam.snapshot()) == []
    assert plain(seen(KIND, "Guard", iam.snapshot())[1])["description"] == "unmanaged"


def test_another_path_is_drift_that_no_call_repairs():
    iam = guard(document("s3:GetA"))
    spec = wanted(document("s3:GetA"), path="/moved/")
    assert drift(KIND, "Guard", spec, iam.snapshot()) == ["path"]
    assert calls_for(KIND, "Guard", spec, iam.snapshot()) == ()


def test_name_is_compared_ignoring_case_and_changes_go_to_the_stored_arn():
    iam = guard(document("s3:GetA"), path="/x/")
    (call,) = calls_for(KIND, "guard", wanted(document("s3:GetB")), iam.snapshot())
    assert call.params["PolicyArn"] == f"arn:aws:iam::{ACCOUNT}:policy/x/Guard"


@pytest.mark.parametrize("path", ["/", "/elsewhere/"])
def test_re_read_shows_what_the_bulk_read_shows_wherever_the_policy_lies(path):
    iam = guard(document("s3:GetA"), document("s3:GetB"), path=path)
    again = reread(iam, KIND.reread("guard", Context(ACCOUNT)))
    assert KIND.observed(again) == KIND.observed(iam.snapshot())
    spec = wanted(document("s3:GetA"))
    assert calls_for(KIND, "Guard", spec, again) == calls_for(KIND, "Guard", spec, iam.snapshot())


def test_re_read_of_a_missing_policy_shows_none():
    assert KIND.observed(reread(Iam(), KIND.reread("Guard", CONTEXT))) == {}


def test_admin_grant_is_a_risk_once():
    admin, reader = wanted(document("*")), wanted(document("s3:Get*"))
    assert KIND.risks("Guard", admin, None, Iam().snapshot()) == ("admin_grant",)
    assert KIND.risks("Guard", admin, reader, Iam().snapshot()) == ("admin_grant",)
    assert KIND.risks("Guard", admin, admin, Iam().snapshot()) == ()
    assert KIND.risks("Guard", reader, None, Iam().snapshot()) == ()


def test_policy_below_the_path_of_our_own_roles_is_protected():
    context = Context(ACCOUNT, own_roles=frozenset({f"arn:aws:iam::{ACCOUNT}:role/firstline/apply"}))
    assert KIND.protected("Guard", wanted(document("s3:Get*"), path="/firstline/"), context)
    assert KIND.protected("Guard", wanted(document("s3:Get*")), context) is None


def test_every_fault_is_named_at_once():
    declared = {
        "document": {"Version": "2012-10-17", "Statement": [{"Effect": "allow", "Action": "*", "Resource": "*"}]},
        "path": "guards",
        "description": "\N{PARTY POPPER}",
        "keep_versions": 9,
        "pth": "/",
    }
    reasons = refusals(KIND, "a/b" * 50, declared)
    assert {"", "/document/Statement/0/Effect", "/path", "/description", "/keep_versions", "/pth"} == set(reasons)
    assert "at most 5" in reasons["/keep_versions"]
    assert "Did you mean path?" in reasons["/pth"]


def test_document_that_is_too_long_names_the_limit():
    long = document(*(f"s3:Get{number:04}Something" for number in range(400)))
    assert "6144" in refusals(KIND, "Guard", {"document": long})["/document"]


def test_document_is_required():
    assert refusals(KIND, "Guard", {}) == {"/document": "This field is required."}
