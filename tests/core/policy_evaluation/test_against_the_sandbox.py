"""The simulated AWS has an evaluator of its own, written apart from ours: wherever ours is sure, the two agree."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from moto.iam.aws_managed_policies import aws_managed_policies_data

from provisioning.core.policy_evaluation import Answer, NamedDocument, Policies, Request, evaluate
from sandbox.evaluate import decide

Json = dict[str, Any]
ACCOUNT = "111122223333"
ANN = f"arn:aws:iam::{ACCOUNT}:user/ann"
ACTIONS = ("s3:GetObject", "s3:PutObject", "iam:GetUser", "sts:AssumeRole")
RESOURCES = (
    "arn:aws:s3:::home/ann/x",
    "arn:aws:s3:::home/bob/a:b",
    f"arn:aws:iam::{ACCOUNT}:user/ann",
    f"arn:aws:iam::{ACCOUNT}:role/app/Reader",
)
_actions = st.sampled_from((*ACTIONS, "s3:*", "*", "S3:get*", "iam:?etUser", "*:Get*"))
_resources = st.sampled_from(
    (
        *RESOURCES,
        *("*", "arn:aws:s3:::home/*", "arn:aws:s3:::home/${aws:username}/*", "arn:aws:s3:::home/*:b"),
        *("arn:aws:iam::*:user/${aws:username}", "arn:aws:iam::111122223333:r*", "arn:aws:iam::*:role/*/Reader"),
        *("arn:aws:s3:::home/${aws:PrincipalTag/team, 'ann'}/x", "arn:*:role/app/Reader", "arn:aws:s3:::home/${*}"),
    )
)
_CONDITIONS: tuple[tuple[str, str, tuple[Any, ...]], ...] = (
    *((name, "k", ("red", "Red", "r*", "${aws:username}")) for name in ("StringEquals", "StringNotEquals")),
    *((name, "k", ("red", "r?d", "r*", "*", "${aws:username}*")) for name in ("StringLike", "StringNotLike")),
    ("StringEqualsIgnoreCase", "K", ("RED", "blue")),
    ("StringLikeIfExists", "k", ("r*", "b*")),
    *((f"ForAllValues:{name}", "m", ("a", "b", "c*")) for name in ("StringEquals", "StringLike")),
    *((f"ForAnyValue:{name}", "m", ("a", "b", "c*")) for name in ("StringEquals", "StringLike")),
    *((f"Numeric{name}", "n", ("5", 7, "12")) for name in ("Equals", "LessThan", "GreaterThanEquals", "NotEquals")),
    ("Bool", "b", (True, "false")),
    ("BoolIfExists", "b", ("false",)),
    ("Null", "k", ("true", "false")),
    ("ArnLike", "a", ("arn:aws:sns:*:*:x", "arn:aws:sns:eu-west-1:*:*", "arn:aws:sqs:*:*:*")),
)
_contexts = st.fixed_dictionaries(
    {"aws:username": st.just("ann")},
    optional={
        "k": st.sampled_from(("red", "rod", "blue", "ann", "annex")),
        "m": st.lists(st.sampled_from(("a", "b", "cd")), min_size=1, max_size=2),
        "n": st.sampled_from(("5", "7", "9")),
        "b": st.sampled_from(("true", "false")),
        "a": st.just("arn:aws:sns:eu-west-1:111122223333:x"),
    },
)


def _some(element: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return element | st.lists(element, min_size=1, max_size=3)


@st.composite
def _statements(draw: st.DrawFn) -> Json:
    chosen = draw(st.lists(st.sampled_from(_CONDITIONS), max_size=2, unique_by=lambda one: one[0]))
    return {
        "Effect": draw(st.sampled_from(("Allow", "Allow", "Deny"))),
        draw(st.sampled_from(("Action", "NotAction"))): draw(_some(_actions)),
        draw(st.sampled_from(("Resource", "Resource", "NotResource"))): draw(_some(_resources)),
        "Condition": {operator: {key: draw(_single(operator, values))} for operator, key, values in chosen},
    }


def _single(operator: str, values: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    # The sandbox reads one value of Null only.
    element = st.sampled_from(values)
    return element if operator == "Null" else _some(element)


@settings(max_examples=200)
@given(st.lists(_statements(), min_size=1, max_size=3), st.sampled_from(ACTIONS), st.sampled_from(RESOURCES), _contexts)
def test_sure_answer_is_that_of_the_sandbox(listed: list[Json], action: str, resource: str, context: Json) -> None:
    text = json.dumps({"Version": "2012-10-17", "Statement": listed})
    theirs = decide([text], action, resource, _with_defaults(context))
    values = {key: tuple(one) if isinstance(one, list) else (one,) for key, one in context.items()}
    ours = evaluate(Request(ANN, action, resource, values, ACCOUNT), Policies((NamedDocument("policy Own", text),)))
    expected = {"allowed": "allowed", "explicitDeny": "explicit_deny", "implicitDeny": "not_allowed"}[theirs]
    said = "allowed" if ours.decision == "allowed" else ours.why.value
    assert said in (expected, "cannot_tell")


def _with_defaults(context: Json) -> Json:
    """The sandbox knows no default values of variables: it gets them as if they were keys."""
    return {**context, "aws:principaltag/team, 'ann'": "ann"}


AWS_POLICIES: dict[str, Json] = json.loads(aws_managed_policies_data)
# What we derive from who asks, and the sandbox has to be told.
OF_ANN = {
    "aws:username": "ann",
    "aws:principalarn": ANN,
    "aws:principalaccount": ACCOUNT,
    "aws:resourceaccount": ACCOUNT,
    "aws:viaawsservice": "false",
}
COMMON = ("iam:CreateUser", "iam:GetUser", "s3:GetObject", "s3:PutObject", "ec2:RunInstances", "ec2:DescribeInstances")


def _ask(name: str, text: str, action: str) -> Answer:
    policies = Policies((NamedDocument(f"AWS policy {name}", text),))
    return evaluate(Request(ANN, action, "arn:aws:s3:::reports/x", {}, ACCOUNT), policies)


def test_every_policy_of_aws_is_understood() -> None:
    for name, policy in AWS_POLICIES.items():
        for action in COMMON[:3]:
            missing = _ask(name, json.dumps(policy["Document"]), action).missing
            assert not any("means" in one or "read" in one or "compares" in one for one in missing), (name, missing)


def test_policies_of_aws_are_decided_as_by_the_sandbox() -> None:
    for name in sorted(AWS_POLICIES)[::12]:
        text = json.dumps(AWS_POLICIES[name]["Document"])
        for action in COMMON:
            answer = _ask(name, text, action)
            theirs = decide([text], action, "arn:aws:s3:::reports/x", OF_ANN)
            assert answer.decision in ("cannot_tell", "allowed" if theirs == "allowed" else "denied"), (name, action)
