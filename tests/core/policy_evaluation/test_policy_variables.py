"""Policy variables ("Variables and tags" of the IAM user guide)."""

from typing import Any

import pytest

from provisioning.core.policy_evaluation import Policies, Request, evaluate
from tests.core.policy_evaluation.questions import ANN, FILE, OURS, ROLE, allow, ask, decide, deny, named

HOME = "arn:aws:s3:::home/${aws:username}/*"
TEAM = "arn:aws:s3:::files-${aws:PrincipalTag/team, 'company-wide'}/*"


@pytest.mark.parametrize(
    ("who", "resource", "expected"),
    [
        (ANN, "arn:aws:s3:::home/ann/x", "allowed"),
        (ANN, "arn:aws:s3:::home/bob/x", "denied"),
        (f"arn:aws:iam::{OURS}:user/staff/bob", "arn:aws:s3:::home/bob/x", "allowed"),
        (ROLE, "arn:aws:s3:::home/ann/x", "denied"),
        (f"arn:aws:iam::{OURS}:group/Developers", "arn:aws:s3:::home/ann/x", "cannot_tell"),
        (f"arn:aws:iam::{OURS}:group/Developers", "arn:aws:s3:::other/ann/x", "denied"),
    ],
)
def test_user_name_is_filled_in_and_a_role_has_none(who: str, resource: str, expected: str) -> None:
    assert decide("s3:GetObject", resource, who=who, identity=[allow("s3:*", HOME)]) == expected


@pytest.mark.parametrize(
    ("tags", "bucket", "expected"),
    [
        ({"aws:PrincipalTag/team": "yellow"}, "files-yellow", "allowed"),
        ({"aws:PrincipalTag/team": "yellow"}, "files-company-wide", "denied"),
        ({}, "files-company-wide", "allowed"),
        ({}, "files-yellow", "denied"),
    ],
)
def test_default_stands_in_for_a_key_that_is_absent(tags: dict[str, str], bucket: str, expected: str) -> None:
    resource = f"arn:aws:s3:::{bucket}/x"
    assert decide("s3:GetObject", resource, identity=[allow("s3:*", TEAM)], context=tags) == expected


def test_variable_whose_key_is_not_known_is_named_unless_nothing_could_match() -> None:
    answer = ask(
        "s3:GetObject", "arn:aws:s3:::files-x/y", identity=[allow("s3:*", TEAM)], unknown=["aws:PrincipalTag/*"]
    )
    assert (answer.decision, answer.missing) == ("cannot_tell", ("aws:principaltag/team",))
    assert decide("s3:GetObject", FILE, identity=[allow("s3:*", TEAM)], unknown=["aws:PrincipalTag/team"]) == "denied"


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("a${*}b", "a*b", "allowed"),
        ("a${*}b", "axb", "denied"),
        ("a${?}b", "a?b", "allowed"),
        ("a${?}b", "axb", "denied"),
        ("a${$}b", "a$b", "allowed"),
        ("a${*}*", "a*xyz", "allowed"),
    ],
)
def test_escapes_stand_for_the_characters_themselves(pattern: str, text: str, expected: str) -> None:
    condition = {"StringLike": {"s3:prefix": pattern}}
    statements = [allow("s3:ListBucket", Condition=condition)]
    assert decide("s3:ListBucket", identity=statements, context={"s3:prefix": text}) == expected


def test_old_version_reads_variables_as_plain_text() -> None:
    def decided(prefix: str) -> Any:
        statement = allow("s3:ListBucket", Condition={"StringEquals": {"s3:prefix": "${aws:username}"}})
        policies = Policies((named("policy Old", statement, version="2008-10-17"),))
        return evaluate(Request(ANN, "s3:ListBucket", "*", {"s3:prefix": (prefix,)}, OURS), policies).decision

    assert decided("${aws:username}") == "allowed"
    assert decided("ann") == "denied"


def test_value_that_holds_a_star_is_no_wildcard() -> None:
    statement = allow("s3:*", "arn:aws:s3:::files-${aws:PrincipalTag/team}/x")
    tags = {"aws:PrincipalTag/team": "*"}
    assert decide("s3:GetObject", "arn:aws:s3:::files-red/x", identity=[statement], context=tags) == "denied"


@pytest.mark.parametrize("operator", ["StringEquals", "StringLike", "ArnLike"])
def test_text_and_arn_operators_take_variables(operator: str) -> None:
    condition = {operator: {"iam:ResourceTag/owner": "arn:aws:iam::111122223333:user/${aws:username}"}}
    statements = [allow("iam:*", Condition=condition)]
    owner = {"iam:ResourceTag/owner": ANN}
    assert decide("iam:GetUser", identity=statements, context=owner) == "allowed"
    assert decide("iam:GetUser", identity=statements, context={"iam:ResourceTag/owner": f"{ANN}e"}) == "denied"


def test_negated_demand_on_a_variable_without_value_is_not_guessed() -> None:
    condition = {"StringNotEquals": {"s3:ExistingObjectTag/Team": "${aws:PrincipalTag/Team}"}}
    statements = [allow("s3:*"), deny("s3:*", Condition=condition)]
    tag = {"s3:ExistingObjectTag/Team": "red"}
    assert decide("s3:GetObject", FILE, identity=statements, context=tag) == "cannot_tell"
    both = {**tag, "aws:PrincipalTag/Team": "red"}
    assert decide("s3:GetObject", FILE, identity=statements, context=both) == "allowed"
    assert decide("s3:GetObject", FILE, identity=statements, context={**both, "aws:PrincipalTag/Team": "b"}) == "denied"


def test_variable_before_the_fifth_colon_is_not_documented_and_not_guessed() -> None:
    statement = allow("sts:AssumeRole", "arn:aws:iam::${aws:PrincipalAccount}:role/x")
    assert decide("sts:AssumeRole", f"arn:aws:iam::{OURS}:role/x", identity=[statement]) == "cannot_tell"
    assert decide("sts:AssumeRole", "arn:aws:iam::444455556666:role/x", identity=[statement]) == "denied"


def test_name_with_letters_in_another_case_is_the_same_key() -> None:
    statement = allow("s3:*", "arn:aws:s3:::home/${AWS:UserName}/*")
    assert decide("s3:GetObject", "arn:aws:s3:::home/ann/x", identity=[statement]) == "allowed"
