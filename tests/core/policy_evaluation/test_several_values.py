"""Keys with several values ("Single-valued vs. multivalued context keys" of the IAM user guide)."""

from typing import Any

import pytest

from tests.core.policy_evaluation.questions import allow, ask, decide, deny, meets

TABLE = "arn:aws:dynamodb:eu-west-1:111122223333:table/Thread"
ATTRIBUTES = "dynamodb:Attributes"


def _only(*attributes: str) -> list[dict[str, Any]]:
    condition = {"ForAllValues:StringEquals": {ATTRIBUTES: list(attributes)}}
    return [allow("dynamodb:GetItem", "arn:aws:dynamodb:*:*:table/Thread", Condition=condition)]


def _none_of(*attributes: str) -> list[dict[str, Any]]:
    condition = {"ForAnyValue:StringEquals": {ATTRIBUTES: list(attributes)}}
    return [allow("dynamodb:*"), deny("dynamodb:PutItem", "arn:aws:dynamodb:*:*:table/Thread", Condition=condition)]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (["Message", "Tags"], "allowed"),
        (["ID", "Message", "Tags"], "allowed"),
        (["Message", "UserName"], "denied"),
        (["UserName"], "denied"),
        ([], "allowed"),
        ([""], "allowed"),
    ],
)
def test_for_all_values_wants_every_value_to_be_listed(asked: list[str], expected: str) -> None:
    statements = _only("ID", "Message", "Tags")
    assert decide("dynamodb:GetItem", TABLE, identity=statements, context={ATTRIBUTES: asked}) == expected


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (["PostDateTime", "Message"], "denied"),
        (["UserName", "Message", "PostDateTime"], "denied"),
        (["UserName"], "allowed"),
        ([], "allowed"),
        ([""], "allowed"),
    ],
)
def test_for_any_value_wants_one_value_to_be_listed(asked: list[str], expected: str) -> None:
    statements = _none_of("ID", "PostDateTime")
    assert decide("dynamodb:PutItem", TABLE, identity=statements, context={ATTRIBUTES: asked}) == expected


@pytest.mark.parametrize(
    ("operator", "given", "expected"),
    [
        ("ForAllValues:StringNotEquals", ["c", "d"], "yes"),
        ("ForAllValues:StringNotEquals", ["a", "d"], "no"),
        ("ForAnyValue:StringNotEquals", ["a", "d"], "yes"),
        ("ForAnyValue:StringNotEquals", ["a", "b"], "no"),
        ("ForAllValues:StringLike", ["ab", "b"], "no"),
        ("ForAnyValue:StringEqualsIfExists", ["c"], "no"),
    ],
)
def test_set_operators_go_with_negation_and_if_exists(operator: str, given: list[str], expected: str) -> None:
    assert meets(operator, "k", ["a", "b"], given) == expected


def test_several_values_without_a_set_operator_are_sure_only_where_all_agree() -> None:
    assert meets("StringEquals", "k", ["a", "b"], ["a", "b"]) == "yes"
    assert meets("StringEquals", "k", ["a", "b"], ["c", "d"]) == "no"
    assert meets("StringEquals", "k", ["a", "b"], ["a", "c"]) == "unknown"


def test_more_tags_than_allowed_are_refused_by_the_usual_pair_of_conditions() -> None:
    condition = {"ForAllValues:StringEquals": {"aws:TagKeys": ["team", "cost"]}, "Null": {"aws:TagKeys": "false"}}
    statements = [allow("ec2:CreateTags", Condition=condition)]
    for keys, expected in ((["team"], "allowed"), (["team", "x"], "denied"), ([], "denied")):
        assert decide("ec2:CreateTags", identity=statements, context={"aws:TagKeys": keys}) == expected


def test_answer_names_the_key_that_several_values_leave_open() -> None:
    answer = ask("s3:GetObject", identity=[allow(Condition={"StringEquals": {"k": "a"}})], context={"k": ["a", "b"]})
    assert answer.missing == ("how several values of k compare",)
