"""The sentences of answers: words that a person understands, and that give no secret away."""

from typing import Any

import pytest

from provisioning.core.policy_evaluation import Answer, Policies, Request, evaluate
from tests.core.policy_evaluation.questions import ANN, FILE, OURS, Json, allow, ask, deny, named

GUARD = {
    "Sid": "DenyAllExceptListedWithoutMfa",
    "Effect": "Deny",
    "NotAction": "iam:GetUser",
    "Resource": "*",
    "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
}


def _two(action: str) -> Answer:
    policies = Policies((named("policy MfaGuard", GUARD), named("group Test, inline policy Read", allow("s3:Get*"))))
    context = {"aws:MultiFactorAuthPresent": ("true",)} if action != "s3:GetObject" else {}
    return evaluate(Request(ANN, action, "*", context, OURS), policies)


def test_explicit_deny_names_statement_policy_and_condition() -> None:
    assert _two("s3:GetObject").sentence == (
        "Denied: statement DenyAllExceptListedWithoutMfa of policy MfaGuard denies s3:GetObject"
        " when aws:MultiFactorAuthPresent is false or absent."
    )


def test_nothing_that_allows_is_counted() -> None:
    assert _two("s3:PutObject").sentence == "Denied: none of the 2 policies considered allows s3:PutObject."
    one = ask("s3:PutObject", identity=[allow("s3:Get*")])
    assert one.sentence == "Denied: policy Own, the only policy considered, doesn't allow s3:PutObject."
    assert ask("s3:PutObject").sentence == "Denied: there is no policy that could allow s3:PutObject."


def test_allow_names_the_statement_by_number_and_what_else_had_to_allow() -> None:
    answer = ask("s3:GetObject", FILE, identity=[deny("iam:*"), allow("s3:*")], boundary=[allow()], scps=[[allow()]])
    assert answer.sentence == (
        f"Allowed: statement 2 of policy Own allows s3:GetObject on {FILE}."
        " So do, as they must: boundary Bound, the SCPs."
    )
    assert answer.deciding is not None
    assert str(answer.deciding) == "statement 2 of policy Own"


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (
            {"scps": [[allow()], [allow("ec2:*")]]},
            "Denied: no SCP of level 2 of the organisation allows s3:GetObject (SCP 1).",
        ),
        (
            {"boundary": [allow("ec2:*")]},
            "Denied: the permissions boundary (boundary Bound) doesn't allow s3:GetObject.",
        ),
        ({"session": [allow("ec2:*")]}, "Denied: no session policy allows s3:GetObject (the session policy)."),
        (
            {"owner": "444455556666", "resource_policy": [{**allow("ec2:*"), "Principal": "*"}]},
            "Denied: the resource's policy doesn't allow s3:GetObject to this principal.",
        ),
    ],
)
def test_layer_that_does_not_allow_is_named(more: Json, sentence: str) -> None:
    assert ask("s3:GetObject", identity=[allow()], **more).sentence == sentence


def test_what_is_missing_is_named() -> None:
    statement = allow("s3:*", Sid="FromHome", Condition={"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}})
    assert ask("s3:GetObject", identity=[statement]).sentence == (
        "Cannot tell: whether statement FromHome of policy Own allows s3:GetObject"
        " depends on what is not known: aws:SourceIp."
    )
    assert ask("s3:GetObject", identity=[allow()], missing=("AWS policy Lost",)).sentence == (
        "Cannot tell: whether s3:GetObject is allowed depends on what is not known: AWS policy Lost."
    )


@pytest.mark.parametrize(
    ("operator", "value", "given", "words"),
    [
        ("StringEquals", ["a", "b"], "a", "k is a or b"),
        ("StringNotEquals", "a", "b", "k is absent or is not a"),
        ("StringNotLike", ["a", "b"], "c", "k is absent or is not like a nor b"),
        ("StringLike", "a*", "ab", "k is like a*"),
        ("StringEqualsIfExists", list("abcdef"), "a", "k is a or b or c or d or 2 more or absent"),
        ("ForAllValues:StringEquals", "a", "a", "every value of k is a or absent"),
        ("ForAnyValue:StringLike", "a", "a", "a value of k is like a"),
        ("NumericLessThanEquals", "10", "9", "k is at most 10"),
        ("DateGreaterThan", "2030-01-01", "2031-01-01", "k is after 2030-01-01"),
        ("NotIpAddress", "203.0.113.0/24", "192.0.2.1", "k is absent or is not in 203.0.113.0/24"),
        ("Null", "true", [], "k is absent"),
        ("Null", "false", "x", "k is present"),
        ("StringEquals", "", "", 'k is ""'),
    ],
)
def test_conditions_are_told_in_words(operator: str, value: Any, given: Any, words: str) -> None:
    statement = deny("s3:*", Condition={operator: {"k": value}})
    answer = ask("s3:GetObject", identity=[statement], context={"k": given})
    assert answer.sentence == f"Denied: statement 1 of policy Own denies s3:GetObject when {words}."


def test_external_id_stays_out_of_every_word() -> None:
    condition = {"StringEquals": {"sts:ExternalId": "half-of-a-way-in"}}
    statement = {"Effect": "Deny", "Principal": "*", "Action": "*", "Condition": condition}
    answer = ask("sts:AssumeRole", resource_policy=[statement], context={"sts:ExternalId": "half-of-a-way-in"})
    assert answer.sentence.endswith("when sts:ExternalId is what the policy demands.")
    assert "half-of-a-way-in" not in repr(answer)
