"""What is known of a request's circumstances, and what follows from who asks."""

from typing import Any

import pytest

from tests.core.policy_evaluation.questions import ANN, FILE, OURS, ROLE, SESSION, THEIRS, allow, decide, meets

GROUP = f"arn:aws:iam::{OURS}:group/Developers"


def _holds(key: str, wanted: str, who: str, **more: Any) -> str:
    return meets("StringEqualsIfExists", key, wanted, who=who, context=more.pop("context", {}), **more)


@pytest.mark.parametrize(
    ("who", "key", "value", "expected"),
    [
        (ANN, "aws:username", "ann", "yes"),
        (ANN, "aws:PrincipalArn", ANN, "yes"),
        (ANN, "aws:PrincipalAccount", OURS, "yes"),
        (ANN, "aws:PrincipalType", "User", "yes"),
        (ANN, "aws:ViaAWSService", "false", "yes"),
        (ANN, "aws:PrincipalIsAWSService", "false", "yes"),
        (ROLE, "aws:PrincipalArn", ROLE, "yes"),
        (ROLE, "aws:PrincipalType", "AssumedRole", "yes"),
        (ROLE, "aws:username", "nobody", "yes"),  # absent
        (SESSION, "aws:PrincipalArn", ROLE, "unknown"),
        (GROUP, "aws:username", "ann", "unknown"),
        (GROUP, "aws:PrincipalTag/team", "red", "unknown"),
        (GROUP, "aws:MultiFactorAuthPresent", "true", "yes"),  # absent
        ("", "aws:username", "ann", "unknown"),
        ("", "aws:PrincipalIsAWSService", "false", "unknown"),
        (ANN, "aws:SourceIp", "203.0.113.9", "unknown"),
        (ANN, "aws:userid", "AIDAEXAMPLE0000000001", "unknown"),
        (ANN, "aws:PrincipalOrgID", "o-example", "unknown"),
        (ANN, "aws:ResourceTag/team", "red", "unknown"),
        (ANN, "ec2:ResourceTag/team", "red", "unknown"),
        (ANN, "s3:ExistingObjectTag/team", "red", "unknown"),
        (ANN, "aws:PrincipalTag/team", "red", "yes"),  # absent
    ],
)
def test_keys_follow_from_who_asks(who: str, key: str, value: str, expected: str) -> None:
    assert _holds(key, value, who) == expected


def test_what_is_given_goes_before_what_follows() -> None:
    given = {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/Reader"}
    assert _holds("aws:PrincipalArn", given["aws:PrincipalArn"], SESSION, context=given) == "yes"
    assert _holds("aws:username", "ann", ANN, unknown=["AWS:UserName"]) == "unknown"
    assert _holds("aws:username", "ann", ANN, context={"aws:username": "bob"}) == "no"


def test_key_given_without_values_is_absent() -> None:
    assert meets("Null", "aws:SourceIp", "true", context={"aws:SourceIp": []}) == "yes"
    assert meets("IpAddress", "aws:SourceIp", "203.0.113.0/24", context={"aws:SourceIp": []}) == "no"


def test_star_stands_for_all_keys_of_a_family_that_are_not_given() -> None:
    assert _holds("aws:PrincipalTag/team", "red", ANN, unknown=["aws:PrincipalTag/*"]) == "unknown"
    given = {"aws:PrincipalTag/team": "red"}
    assert _holds("aws:PrincipalTag/team", "red", ANN, context=given, unknown=["aws:PrincipalTag/*"]) == "yes"


@pytest.mark.parametrize(
    ("resource", "owner", "account"),
    [
        (FILE, None, OURS),
        (FILE, OURS, OURS),
        (f"arn:aws:iam::{THEIRS}:role/x", None, THEIRS),
        ("arn:aws:iam::aws:policy/ReadOnlyAccess", None, OURS),
    ],
)
def test_account_of_the_resource_is_what_is_said_or_stands_in_its_arn(
    resource: str, owner: str | None, account: str
) -> None:
    statement = allow(Condition={"StringEquals": {"aws:ResourceAccount": account}})
    assert decide("s3:GetObject", resource, identity=[statement], owner=owner) == "allowed"
