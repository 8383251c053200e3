"""Each condition operator of the IAM user guide ("Condition operators"), value by value."""

from typing import Any

import pytest

from tests.core.policy_evaluation.questions import allow, decide, meets

YES, NO, UNKNOWN = "yes", "no", "unknown"
Row = tuple[str, Any, Any, str]

STRINGS: list[Row] = [
    ("StringEquals", "red", "red", YES),
    ("StringEquals", "red", "Red", NO),
    ("StringEquals", ["blue", "red"], "red", YES),
    ("StringEquals", "r*", "red", NO),
    ("StringEquals", "r*", "r*", YES),
    ("StringNotEquals", "red", "blue", YES),
    ("StringNotEquals", ["blue", "red"], "red", NO),
    ("StringNotEquals", ["blue", "red"], "green", YES),
    ("StringEqualsIgnoreCase", "Red", "rED", YES),
    ("StringEqualsIgnoreCase", "Red", "reds", NO),
    ("StringNotEqualsIgnoreCase", "Red", "rED", NO),
    ("StringNotEqualsIgnoreCase", "Red", "blue", YES),
    ("StringLike", "r*d", "round", YES),
    ("StringLike", "r?d", "red", YES),
    ("StringLike", "r?d", "rd", NO),
    ("StringLike", "r*d", "Red", NO),
    ("StringLike", "", "", YES),
    ("StringNotLike", "r*", "red", NO),
    ("StringNotLike", ["r*", "b*"], "green", YES),
    ("stringequals", "red", "red", YES),
]
NUMBERS: list[Row] = [
    ("NumericEquals", "10", "10.0", YES),
    ("NumericEquals", 10, "10", YES),
    ("NumericEquals", "10", "11", NO),
    ("NumericNotEquals", "10", "11", YES),
    ("NumericNotEquals", "10", "10", NO),
    ("NumericLessThan", "10", "9.99", YES),
    ("NumericLessThan", "10", "10", NO),
    ("NumericLessThanEquals", "10", "10", YES),
    ("NumericGreaterThan", "10", "10", NO),
    ("NumericGreaterThan", "9", "10", YES),
    ("NumericGreaterThanEquals", "10", "10", YES),
    ("NumericGreaterThanEquals", "-1", "-2", NO),
    ("NumericLessThan", "ten", "9", UNKNOWN),
    ("NumericLessThan", "10", "nine", UNKNOWN),
]
DATES: list[Row] = [
    ("DateEquals", "2030-01-31T00:00:00Z", "2030-01-31T01:00:00+01:00", YES),
    ("DateNotEquals", "2030-01-31T00:00:00Z", "2030-01-31T00:00:01Z", YES),
    ("DateLessThan", "2030-01-31T00:00:00Z", "2029-12-31T23:59:59Z", YES),
    ("DateLessThan", "2030-01-31T00:00:00Z", "2030-01-31T00:00:00Z", NO),
    ("DateLessThanEquals", "2030-01-31T00:00:00Z", "2030-01-31T00:00:00Z", YES),
    ("DateGreaterThan", "2030-01-31", "2030-01-31T00:00:01Z", YES),
    ("DateGreaterThan", "2030-02", "2030-01-31T00:00:01Z", NO),
    ("DateGreaterThanEquals", "1893456000", "2030-01-01T00:00:00Z", YES),
    ("DateGreaterThan", "2030", "2030-01-31T00:00:00Z", UNKNOWN),
    ("DateGreaterThan", "2030-13-45", "2030-01-31T00:00:00Z", UNKNOWN),
]
OTHERS: list[Row] = [
    ("Bool", "true", "true", YES),
    ("Bool", True, "TRUE", YES),
    ("Bool", "false", "true", NO),
    ("BinaryEquals", "QmluYXJ5", "QmluYXJ5", YES),
    ("BinaryEquals", "QmluYXJ5", "Qm9v", NO),
    ("IpAddress", "203.0.113.0/24", "203.0.113.9", YES),
    ("IpAddress", "203.0.113.0/24", "203.0.114.9", NO),
    ("IpAddress", "203.0.113.9", "203.0.113.9", YES),
    ("IpAddress", ["203.0.113.0/24", "2001:db8:1234:5678::/64"], "2001:db8:1234:5678::1", YES),
    ("IpAddress", "203.0.113.0/24", "2001:db8::1", NO),
    ("NotIpAddress", "203.0.113.0/24", "203.0.113.9", NO),
    ("NotIpAddress", ["203.0.113.0/24", "192.0.2.0/24"], "198.51.100.1", YES),
    ("IpAddress", "everywhere", "203.0.113.9", UNKNOWN),
    ("NotIpAddress", "203.0.113.0/24", "home", UNKNOWN),
]
TOPIC = "arn:aws:sns:eu-west-1:111122223333:alerts"
ARNS: list[Row] = [
    ("ArnEquals", TOPIC, TOPIC, YES),
    ("ArnEquals", "arn:aws:sns:*:111122223333:alerts", TOPIC, YES),
    ("ArnLike", "arn:aws:sns:*:111122223333:al*", TOPIC, YES),
    ("ArnLike", "arn:aws:sns:*:444455556666:*", TOPIC, NO),
    ("ArnLike", "arn:aws:sns:eu-west-?:*:*", TOPIC, YES),
    ("ArnNotEquals", TOPIC, TOPIC, NO),
    ("ArnNotLike", "arn:aws:sns:*:444455556666:*", TOPIC, YES),
    ("ArnLike", "arn:aws:sns:*:111122223333:Alerts", TOPIC, NO),
    ("ArnLike", "arn:aws:sns:*", TOPIC, UNKNOWN),
]


@pytest.mark.parametrize(("operator", "wanted", "given", "expected"), [*STRINGS, *NUMBERS, *DATES, *OTHERS, *ARNS])
def test_operator_compares_as_documented(operator: str, wanted: Any, given: Any, expected: str) -> None:
    assert meets(operator, "k", wanted, given) == expected


def test_arn_operator_compares_part_by_part_where_a_string_operator_runs_on() -> None:
    pattern = "arn:aws:shop:*:111122223333:finance/*"
    value = "arn:aws:shop:eu-west-1:999999999999:store/abc:111122223333:finance/document.txt"
    assert meets("StringLike", "k", pattern, value) == YES
    assert meets("ArnLike", "k", pattern, value) == NO


# An absent key: a demand fails; a negated one, IfExists and ForAllValues hold; ForAnyValue fails.
ABSENT = [
    *((name, NO) for name in ("StringEquals", "StringLike", "StringEqualsIgnoreCase", "ArnEquals", "ArnLike")),
    *((name, YES) for name in ("StringNotEquals", "StringNotLike", "StringNotEqualsIgnoreCase")),
    *((name, YES) for name in ("ArnNotEquals", "ArnNotLike")),
    *((name, YES) for name in ("StringEqualsIfExists", "StringNotEqualsIfExists", "ArnLikeIfExists")),
    *((f"ForAllValues:{name}", YES) for name in ("StringEquals", "StringNotEquals", "StringLike")),
    *((f"ForAnyValue:{name}", NO) for name in ("StringEquals", "StringNotEquals", "StringLike")),
    ("ForAnyValue:StringEqualsIfExists", YES),
]
ABSENT_OTHERS = [
    *((f"Numeric{name}", "5", NO) for name in ("Equals", "LessThan", "GreaterThan", "LessThanEquals")),
    ("NumericNotEquals", "5", YES),
    *((f"Date{name}", "2030-01-01", NO) for name in ("Equals", "LessThan", "GreaterThan", "GreaterThanEquals")),
    ("DateNotEquals", "2030-01-01", YES),
    ("Bool", "false", NO),
    ("BoolIfExists", "false", YES),
    ("BinaryEquals", "Qm9v", NO),
    ("IpAddress", "203.0.113.0/24", NO),
    ("NotIpAddress", "203.0.113.0/24", YES),
    ("NumericLessThanIfExists", "5", YES),
    ("DateLessThanIfExists", "2030-01-01", YES),
    ("IpAddressIfExists", "203.0.113.0/24", YES),
]


@pytest.mark.parametrize(
    ("operator", "wanted", "expected"), [*((one, "arn:aws:s3:::x", yes) for one, yes in ABSENT), *ABSENT_OTHERS]
)
def test_absent_key_means_what_is_documented(operator: str, wanted: str, expected: str) -> None:
    assert meets(operator, "k", wanted) == expected


@pytest.mark.parametrize(("operator", "wanted"), [(one, "arn:aws:s3:::x") for one, _ in ABSENT])
def test_key_that_is_not_known_leaves_every_operator_open(operator: str, wanted: str) -> None:
    assert meets(operator, "K", wanted, unknown=["k"]) == UNKNOWN


@pytest.mark.parametrize(
    ("wanted", "given", "expected"),
    [("true", None, YES), ("false", None, NO), ("true", "x", NO), (False, "x", YES), (["true", "false"], None, YES)],
)
def test_null_asks_whether_a_key_is_there(wanted: Any, given: Any, expected: str) -> None:
    assert meets("Null", "k", wanted, given) == expected


def test_null_of_a_key_that_is_not_known_is_not_known() -> None:
    assert meets("Null", "k", "true", unknown=["k"]) == UNKNOWN


@pytest.mark.parametrize("given", [None, "t2.micro", "m3.large"])
def test_if_exists_asks_only_of_a_key_that_is_there(given: Any) -> None:
    expected = NO if given == "m3.large" else YES
    assert meets("StringLikeIfExists", "ec2:InstanceType", ["t1.*", "t2.*"], given) == expected


def test_keys_and_operators_must_all_hold() -> None:
    context = {"aws:PrincipalTag/department": "hr", "aws:PrincipalTag/role": "audit"}
    condition = {"aws:PrincipalTag/department": ["finance", "hr"], "aws:PrincipalTag/role": ["audit", "security"]}
    statement = allow(Condition={"StringEqualsIgnoreCase": condition, "Null": {"aws:TokenIssueTime": "true"}})
    assert decide("s3:GetObject", identity=[statement], context=context) == "allowed"
    assert decide("s3:GetObject", identity=[statement], context={**context, "aws:PrincipalTag/role": "x"}) == "denied"
    issued = {**context, "aws:TokenIssueTime": "2030-01-01T00:00:00Z"}
    assert decide("s3:GetObject", identity=[statement], context=issued) == "denied"


def test_keys_compare_without_regard_to_case() -> None:
    assert meets("StringEquals", "S3:Prefix", "home/", context={"s3:prefix": "home/"}) == YES


@pytest.mark.parametrize("operator", ["StringMatches", "NullIfExists", "ForSomeValues:StringEquals"])
def test_operator_that_aws_does_not_have_is_never_guessed(operator: str) -> None:
    assert meets(operator, "k", "x", "x") == UNKNOWN
