"""What checks find: in a snapshot, after calls, and what of a plan makes them fail."""

import json
from typing import Any

import pytest

from provisioning.core.assessment import Finding, ItemAssessment
from provisioning.core.change import Action, Call, ResourceKey
from provisioning.core.desired import DesiredAccount, DesiredCheck, DesiredItem, Mode, Origin
from provisioning.core.errors import Reason
from provisioning.core.merge import MergeConflictError, merge
from provisioning.core.merge_checks import merge_checks
from provisioning.core.permissions.answers import Result, answer_check
from provisioning.core.permissions.drift import KIND, check_account, disagreement
from provisioning.core.permissions.effects import CHECK_FAILS, culprits, effects, with_culprits
from provisioning.core.permissions.forecast import after_calls, empty_account
from provisioning.core.permissions.holders import SCPS_NOT_READ, World
from provisioning.core.permissions.simulator import disagreements, question
from provisioning.core.plan import PlannedChange, Risk
from provisioning.core.snapshot import Section, Snapshot, Unreadable
from provisioning.core.verdict import Remedy

ACCOUNT = "111122223333"
AWS = "arn:aws:iam::aws:policy/"
ALPHA, BETA = Origin("alpha", 1, "a1", "ann"), Origin("beta", 2, "a2", "ben")


def text(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [*statements]})


def allow(*actions: str, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": [*actions], "Resource": "*", **more}


MANAGED = {f"{AWS}Reads": text(allow("s3:GetObject")), f"{AWS}Writes": text(allow("s3:PutObject"))}
TRUST = text({"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"})


def call(operation: str, **params: Any) -> Call:
    return Call("iam", operation, params, frozenset())


MAKE_ROLE = (
    call("CreateRole", RoleName="App", AssumeRolePolicyDocument=TRUST),
    call("AttachRolePolicy", RoleName="app", PolicyArn=f"{AWS}Reads"),
)


def world(*calls: Call, **more: Any) -> World:
    return World(after_calls(empty_account(ACCOUNT, "aws"), calls), MANAGED, **more)


def check(expect: str, *actions: str, holder: str = "role", principal: str = "App", **more: Any) -> DesiredCheck:
    given = {"resources": ("*",), "context": {}, "origins": (ALPHA,), **more}
    return DesiredCheck(holder, principal, actions, expect=expect, **given)


NO_WRITES = check("denied", "s3:PutObject", name="no writes")


def test_a_check_holds_when_every_action_is_as_expected() -> None:
    there = world(*MAKE_ROLE)
    assert answer_check(check("allowed", "s3:GetObject"), there).result is Result.HOLDS
    both = answer_check(check("allowed", "s3:GetObject", "s3:PutObject"), there)
    assert both.result is Result.FAILS and [one.action for one in both.telling] == ["s3:PutObject"]


@pytest.mark.parametrize("expect", ["allowed", "denied"])
def test_nothing_is_known_of_a_principal_that_is_not_there(expect: str) -> None:
    found = answer_check(check(expect, "s3:GetObject", principal="Nobody"), world(*MAKE_ROLE))
    assert found.result is Result.CANNOT_TELL and found.missing == ("there is no role Nobody",)


def test_unread_identities_and_unknown_texts_are_never_a_pass() -> None:
    unread = World(Snapshot(ACCOUNT, "aws", {Section.IAM_DETAILS: Unreadable("denied")}), MANAGED)
    assert answer_check(NO_WRITES, unread).result is Result.CANNOT_TELL
    unknown = world(*MAKE_ROLE, call("AttachRolePolicy", RoleName="App", PolicyArn=f"{AWS}Newest"))
    found = answer_check(NO_WRITES, unknown)
    assert found.result is Result.CANNOT_TELL and "AWS policy Newest" in found.sentence


def test_full_needs_the_scps_where_they_could_matter() -> None:
    full = check("allowed", "s3:GetObject", considers="full")
    found = answer_check(full, world(*MAKE_ROLE))
    assert found.result is Result.CANNOT_TELL and SCPS_NOT_READ in " ".join(found.missing)
    assert answer_check(full, world(*MAKE_ROLE, scps=())).result is Result.HOLDS
    denied = check("denied", "s3:PutObject", considers="full")
    assert answer_check(denied, world(*MAKE_ROLE)).result is Result.HOLDS, "an SCP allows nothing"


def test_a_user_has_what_its_groups_have_within_its_boundary() -> None:
    calls = [
        call("CreateGroup", GroupName="Team"),
        call("PutGroupPolicy", GroupName="Team", PolicyName="p", PolicyDocument=text(allow("s3:*"))),
        call("CreateUser", UserName="ann", PermissionsBoundary=f"{AWS}Reads"),
        call("AddUserToGroup", GroupName="team", UserName="ANN"),
    ]
    of_ann = {"holder": "user", "principal": "Ann"}
    assert answer_check(check("allowed", "s3:GetObject", **of_ann), world(*calls)).result is Result.HOLDS
    bounded = answer_check(check("allowed", "s3:PutObject", **of_ann), world(*calls))
    assert bounded.result is Result.FAILS and "boundary" in bounded.sentence
    free = [*calls, call("DeleteUserPermissionsBoundary", UserName="ann")]
    assert answer_check(check("allowed", "s3:PutObject", **of_ann), world(*free)).result is Result.HOLDS
    left = [*free, call("RemoveUserFromGroup", GroupName="Team", UserName="ann")]
    assert answer_check(check("denied", "s3:PutObject", **of_ann), world(*left)).result is Result.HOLDS


def test_the_default_version_of_an_own_policy_counts() -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:policy/Own"
    calls = [
        *MAKE_ROLE,
        call("CreatePolicy", PolicyName="Own", PolicyDocument=text(allow("s3:GetObject"))),
        call("AttachRolePolicy", RoleName="App", PolicyArn=arn),
        call("CreatePolicyVersion", PolicyArn=arn, PolicyDocument=text(allow("s3:PutObject")), SetAsDefault=True),
    ]
    assert answer_check(NO_WRITES, world(*calls)).result is Result.FAILS
    back = call("SetDefaultPolicyVersion", PolicyArn=arn, VersionId="v1")
    assert answer_check(NO_WRITES, world(*calls, back)).result is Result.HOLDS


def test_the_same_question_is_asked_once_and_keeps_its_origins() -> None:
    reasons: list[Reason] = []
    (found,) = merge_checks([NO_WRITES, check("denied", "s3:PutObject", origins=(BETA,))], reasons)
    assert not reasons and found.name == "no writes" and found.origins == (ALPHA, BETA)
    account = DesiredAccount((), checks=(found,))
    assert DesiredAccount.from_plain(account.to_plain()) == account


def test_two_expectations_of_one_question_are_a_conflict_that_names_both() -> None:
    other = check("allowed", "s3:PutObject", origins=(BETA,))
    with pytest.raises(MergeConflictError) as refused:
        merge([DesiredAccount((), checks=(one,)) for one in (NO_WRITES, other)], lambda kind, name: name)
    assert "alpha v1 and beta v2 expect both" in refused.value.message


def test_an_account_without_checks_keeps_the_digest_it_had_before_there_were_any() -> None:
    assert "checks" not in DesiredAccount(()).to_plain()


def change(name: str, *calls: Call) -> PlannedChange:
    return PlannedChange(Action.UPDATE, ResourceKey("iam.role", name), (), {}, {}, calls, Risk.LOW, ())


WIDENS = change("App", call("AttachRolePolicy", RoleName="App", PolicyArn=f"{AWS}Writes"))
HARMLESS = change("Else", call("CreateRole", RoleName="Else", AssumeRolePolicyDocument=TRUST))


def test_the_change_that_makes_a_check_fail_is_found_among_others_and_waits() -> None:
    there = world(*MAKE_ROLE)
    (effect,) = effects([NO_WRITES], there, [HARMLESS, WIDENS])
    assert effect.newly_fails and effect.before.result is Result.HOLDS
    assert culprits([NO_WRITES], there, [HARMLESS, WIDENS]) == {WIDENS.key}
    items = [assessed(HARMLESS), assessed(WIDENS)]
    marked = with_culprits(items, [NO_WRITES], there, lambda them: [[one.change for one in them if one.change]])
    assert [one.change.reasons for one in marked if one.change] == [(), (CHECK_FAILS,)]
    assert [one.change.risk for one in marked if one.change] == [Risk.LOW, Risk.HIGH]


def test_changes_that_make_a_check_fail_only_together_all_wait() -> None:
    joins = change("Users", call("CreateUser", UserName="ann"), call("AddUserToGroup", GroupName="T", UserName="ann"))
    grants = change("T", call("AttachGroupPolicy", GroupName="T", PolicyArn=f"{AWS}Writes"))
    there = world(call("CreateGroup", GroupName="T"), call("CreateUser", UserName="ann"))
    denied = check("denied", "s3:PutObject", holder="user", principal="ann")
    assert culprits([denied], there, [joins, grants]) == {joins.key, grants.key}


def test_a_check_that_fails_already_marks_nothing_and_is_ours_to_repair_when_a_change_cures_it() -> None:
    broken = world(*MAKE_ROLE, *WIDENS.calls)
    assert culprits([NO_WRITES], broken, [HARMLESS]) == frozenset()
    cure = change("App", call("DetachRolePolicy", RoleName="App", PolicyArn=f"{AWS}Writes"))
    (cured,) = check_account([NO_WRITES], broken, [cure]).findings
    (left,) = check_account([NO_WRITES], broken, [HARMLESS]).findings
    assert (cured.key, cured.remedy) == (ResourceKey(KIND, "no writes"), Remedy.AUTO)
    assert (left.remedy, left.reason) == (Remedy.PERSON, "no_change_cures_it")
    assert left.difference.fingerprint == cured.difference.fingerprint


def test_the_simulator_is_asked_the_same_and_a_disagreement_is_a_finding() -> None:
    there = world(*MAKE_ROLE)
    outcome = answer_check(check("denied", "s3:PutObject", context={"aws:MultiFactorAuthPresent": ("true",)}), there)
    read = question(outcome, there.snapshot)
    assert read is not None and read.params["PolicySourceArn"] == f"arn:aws:iam::{ACCOUNT}:role/App"
    assert read.params["ContextEntries"][0]["ContextKeyType"] == "boolean"
    same = {"EvalActionName": "s3:PutObject", "EvalResourceName": "*", "EvalDecision": "implicitDeny"}
    assert disagreements(outcome, [same]) == {}
    theirs = disagreements(outcome, [{**same, "EvalDecision": "allowed"}])
    found: Finding = disagreement(outcome, theirs)
    assert (found.reason, found.difference.observed) == (
        "simulator_disagrees",
        {"simulator": {"s3:PutObject on *": "allowed"}},
    )


def assessed(planned: PlannedChange) -> ItemAssessment:
    item = DesiredItem(planned.key.kind, planned.key.name, {}, Mode.ENFORCE, (ALPHA,))
    return ItemAssessment(item, planned.key, (), planned, frozenset())
