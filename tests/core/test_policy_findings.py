"""What is told of a policy beside its grammar: places, weights and codes."""

from typing import Any

import pytest

from provisioning.core.policy_findings import Use, policy_findings

Told = list[tuple[str, str, str]]


def told(*statements: dict[str, Any], use: Use = "identity", version: str = "2012-10-17") -> Told:
    document = {"Version": version, "Statement": [*statements]} if version else {"Statement": [*statements]}
    return [(one.pointer, one.severity.value, one.code) for one in policy_findings(document, use, "/at")]


def allow(**members: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*", **members}


def trust(principal: Any, **members: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **members}


WARNING = "security_warning"
GRANTS: list[tuple[dict[str, Any], Told]] = [
    (allow(), []),
    (allow(Action="*", Resource="*"), [("/at/Statement/0", WARNING, "allow_everything")]),
    (allow(Action=["*"], Resource=["*"], Condition={"Bool": {"aws:SecureTransport": "true"}}), []),
    (allow(Action="iam:*", Resource="*"), [("/at/Statement/0", WARNING, "allow_all_of_iam")]),
    (
        {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"},
        [("/at/Statement/0/NotAction", WARNING, "allow_with_not_action")],
    ),
    ({"Effect": "Deny", "NotAction": "iam:*", "Resource": "*"}, []),
    (
        {"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::b"},
        [("/at/Statement/0/NotResource", WARNING, "allow_with_not_resource")],
    ),
    (allow(Action="iam:PassRole", Resource="*"), [("/at/Statement/0/Resource", WARNING, "pass_role_on_any_role")]),
    (allow(Action="IAM:Pass*", Resource="*"), [("/at/Statement/0/Resource", WARNING, "pass_role_on_any_role")]),
    (
        allow(
            Action="iam:PassRole",
            Resource="*",
            Condition={"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}},
        ),
        [],
    ),
    (allow(Action="iam:PassRole", Resource="arn:aws:iam::111111111111:role/app"), []),
    (
        allow(Action=["s3:Get*", "s3:GetObject", "s3:get*"]),
        [
            ("/at/Statement/0/Action/1", "suggestion", "redundant_action"),
            ("/at/Statement/0/Action/2", "suggestion", "redundant_action"),
        ],
    ),
]
TRUSTS: list[tuple[dict[str, Any], Told]] = [
    (trust({"Service": "ec2.amazonaws.com"}), []),
    (trust("*"), [("/at/Statement/0/Principal", WARNING, "trusts_anyone")]),
    (trust({"AWS": ["*"]}), [("/at/Statement/0/Principal", WARNING, "trusts_anyone")]),
    (trust("*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}}), []),
    (
        trust({"Federated": "arn:aws:iam::1:oidc-provider/x"}),
        [("/at/Statement/0/Principal", WARNING, "federated_without_condition")],
    ),
    (
        {"Effect": "Allow", "NotPrincipal": {"AWS": "1"}, "Action": "sts:AssumeRole"},
        [("/at/Statement/0/NotPrincipal", WARNING, "allow_with_not_principal")],
    ),
    ({"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"}, []),
]


@pytest.mark.parametrize(("statement", "expected"), GRANTS)
def test_what_a_grant_may_do_beyond_what_was_meant(statement: dict[str, Any], expected: Told) -> None:
    assert told(statement) == expected


@pytest.mark.parametrize(("statement", "expected"), TRUSTS)
def test_what_a_trust_may_do_beyond_what_was_meant(statement: dict[str, Any], expected: Told) -> None:
    assert told(statement, use="trust") == expected


def test_a_missing_and_an_old_version_are_warnings() -> None:
    assert told(allow(), version="") == [("/at", "warning", "old_version")]
    assert told(allow(), version="2008-10-17") == [("/at/Version", "warning", "old_version")]


def test_a_statement_that_is_there_twice_is_told_whatever_its_sid() -> None:
    assert told(allow(Sid="A"), allow(Sid="B")) == [("/at/Statement/1", "suggestion", "redundant_statement")]


def test_a_single_statement_has_no_number_in_its_place() -> None:
    document = {"Version": "2012-10-17", "Statement": allow(Action="*", Resource="*")}
    assert [one.pointer for one in policy_findings(document, "identity")] == ["/Statement"]


@pytest.mark.parametrize("odd", [None, "text", [], {}, {"Statement": 1}, {"Statement": [1, {"Action": 5}]}])
def test_what_is_no_document_breaks_nothing(odd: Any) -> None:
    assert {one.code for one in policy_findings(odd, "identity")} <= {"old_version"}
