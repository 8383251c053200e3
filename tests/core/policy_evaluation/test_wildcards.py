"""Action, NotAction, Resource and NotResource with their wildcards (IAM user guide, "Using wildcards")."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.core.policy_evaluation.glob import Wild, glob_of
from tests.core.policy_evaluation.questions import FILE, allow, decide, deny

LOG = "arn:aws:logs:eu-west-1:111122223333:log-group:/app/web:log-stream:one"


@pytest.mark.parametrize(
    ("action", "asked", "expected"),
    [
        ("s3:GetObject", "s3:GetObject", "allowed"),
        ("S3:getobject", "s3:GetObject", "allowed"),
        ("s3:GetObject", "S3:GETOBJECT", "allowed"),
        ("s3:Get*", "s3:GetObjectAcl", "allowed"),
        ("s3:*Acl", "s3:GetObjectAcl", "allowed"),
        ("s3:GetObject?cl", "s3:GetObjectAcl", "allowed"),
        ("s3:GetObject?", "s3:GetObject", "denied"),
        ("s3:*", "s3-object-lambda:GetObject", "denied"),
        ("*", "iam:CreateUser", "allowed"),
        ("*:*", "iam:CreateUser", "allowed"),
        (["s3:PutObject", "iam:*AccessKey*"], "iam:CreateAccessKey", "allowed"),
        ("s3:Get.bject", "s3:GetObject", "denied"),
    ],
)
def test_action_matches_without_regard_to_case(action: Any, asked: str, expected: str) -> None:
    assert decide(asked, identity=[allow(action)]) == expected


@pytest.mark.parametrize(
    ("resource", "asked", "expected"),
    [
        ("arn:aws:s3:::reports/*", FILE, "allowed"),
        ("arn:aws:s3:::reports/*", "arn:aws:s3:::reports", "denied"),
        ("arn:aws:s3:::reports", "arn:aws:s3:::reports", "allowed"),
        ("arn:aws:s3:::Reports", "arn:aws:s3:::reports", "denied"),
        ("arn:aws:s3:::rep?rts", "arn:aws:s3:::reports", "allowed"),
        ("arn:aws:s3:::*log*", "arn:aws:s3:::my-logs", "allowed"),
        ("arn:aws:s3:::b/*/test/*", "arn:aws:s3:::b/1/2/test/3/object.jpg", "allowed"),
        ("arn:aws:s3:::b/*/test/*", "arn:aws:s3:::b//test/", "allowed"),
        ("arn:aws:s3:::b/*/test/*", "arn:aws:s3:::b/1-test/object.jpg", "denied"),
        ("arn:aws:s3:::b/*/test/*", "arn:aws:s3:::b/test/object.jpg", "denied"),
        ("arn:aws:s3:::b/*/test/*", "arn:aws:s3:::b/1/2/test.jpg", "denied"),
        ("arn:aws:iam::111122223333:user/accounting/*", "arn:aws:iam::111122223333:user/accounting/ann", "allowed"),
        ("arn:aws:logs:*:111122223333:log-group:/app/*", LOG, "allowed"),
        ("arn:aws:logs:*:*:log-group:/app/*:log-stream:*", LOG, "allowed"),
        ("arn:aws:logs:*:444455556666:*", LOG, "denied"),
        ("*", "arn:aws:s3:::reports", "allowed"),
    ],
)
def test_resource_matches_as_documented(resource: str, asked: str, expected: str) -> None:
    assert decide("s3:GetObject", asked, identity=[allow(resource=resource)]) == expected


def test_star_inside_a_segment_that_only_matches_past_a_colon_is_not_guessed() -> None:
    statement = allow(resource="arn:aws:logs:eu-west-1:111122223333:log-group:/a*:log-stream:o?e")
    assert decide("logs:GetLogEvents", LOG, identity=[statement]) == "allowed"
    inner = allow(resource="arn:aws:logs:eu-*1:111122223333:log-group:/app*m:one")
    assert decide("logs:GetLogEvents", LOG, identity=[inner]) == "cannot_tell"


@pytest.mark.parametrize(
    ("asked", "expected"), [("iam:GetUser", "denied"), ("s3:GetObject", "allowed"), ("IAM:getuser", "denied")]
)
def test_not_action_takes_in_all_but_those_named(asked: str, expected: str) -> None:
    statement = {"Effect": "Allow", "NotAction": ["iam:*", "sts:*"], "Resource": "*"}
    assert decide(asked, identity=[statement]) == expected


def test_not_resource_takes_in_all_but_those_named() -> None:
    statements = [allow("s3:*"), {"Effect": "Deny", "Action": "s3:*", "NotResource": ["arn:aws:s3:::reports/*"]}]
    assert decide("s3:GetObject", FILE, identity=statements) == "allowed"
    assert decide("s3:GetObject", "arn:aws:s3:::other/x", identity=statements) == "denied"


@pytest.mark.parametrize(
    ("asked", "resource", "expected"),
    [
        ("s3:Get*", "*", "allowed"),
        ("s3:*", "*", "cannot_tell"),
        ("s3:Put*", "*", "denied"),
        ("s3:GetObject", "arn:aws:s3:::reports/2030/*", "allowed"),
        ("s3:PutObject", "arn:aws:s3:::reports/*", "cannot_tell"),
        ("s3:PutObject", "arn:aws:s3:::reports/in/*", "allowed"),
        ("s3:PutObject", "arn:aws:s3:::reports/out/*", "denied"),
    ],
)
def test_question_with_wildcards_is_answered_for_all_they_match(asked: str, resource: str, expected: str) -> None:
    statements = [allow("s3:Get*"), allow("s3:PutObject", "arn:aws:s3:::reports/in/*")]
    if asked == "s3:Put*":
        statements = statements[:1]
    assert decide(asked, resource, identity=statements) == expected


def test_deny_on_a_part_of_what_is_asked_leaves_it_open() -> None:
    statements = [allow("s3:*"), deny("s3:*", "arn:aws:s3:::secret/*")]
    assert decide("s3:GetObject", "*", identity=statements) == "cannot_tell"
    assert decide("s3:GetObject", "arn:aws:s3:::secret/*", identity=statements) == "denied"
    assert decide("s3:GetObject", "arn:aws:s3:::reports/*", identity=statements) == "allowed"


@given(st.text("ab:*?", max_size=8), st.text("ab:", max_size=8))
def test_glob_matches_as_a_regular_expression_would(pattern: str, text: str) -> None:
    expression = "".join({"*": ".*", "?": "."}.get(one, one) for one in pattern)
    symbols = [{"*": Wild.RUN, "?": Wild.ONE}.get(one, one) for one in pattern]
    assert glob_of(symbols).matches(text) == bool(re.fullmatch(expression, text))
    bound = expression.replace(".", "[^:]")
    within = [{"*": Wild.RUN_IN_SEGMENT, "?": Wild.ONE_IN_SEGMENT}.get(one, one) for one in pattern]
    assert glob_of(within).matches(text) == bool(re.fullmatch(bound, text))


def test_pattern_of_many_stars_is_answered_all_the_same() -> None:
    stars = [allow("s3:*", f"arn:aws:s3:::{'a*' * 2000}b")]
    assert decide("s3:GetObject", f"arn:aws:s3:::{'a' * 2000}", identity=stars) == "denied"
    assert decide("s3:GetObject", f"arn:aws:s3:::{'a' * 2000}b", identity=stars) == "allowed"
    assert decide("s3:GetObject", f"arn:aws:s3:::{'a*' * 500}", identity=stars) == "cannot_tell"
