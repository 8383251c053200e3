"""Which documents count as dangerous: administration, and trust beyond the account."""

from typing import Any

import pytest

from provisioning.core.policy_document import grants_admin, read_document, trusted_principals, trusts_outside
from tests.core.policy_pairs import ACCOUNT, ROLE, allow, deny, doc, trust

OTHER = "999988887777"
SAML = f"arn:aws:iam::{ACCOUNT}:saml-provider/corp"


@pytest.mark.parametrize(
    "document",
    [
        doc(allow("*")),
        doc(allow("*:*")),
        doc(allow("iam:*")),
        doc(allow("IAM:put*")),
        doc(allow("iam:Attach*")),
        doc(allow("iam:CreatePolicyVersion")),
        doc(allow("iam:*Policy*")),
        doc(allow(["s3:Get*", "iam:PassRole"])),
        doc(allow("iam:*", "arn:aws:iam::*:*")),
        doc(allow("iam:PutRolePolicy", f"arn:aws:iam::{ACCOUNT}:role/*")),
        doc(allow("iam:*", "arn:*")),
        doc({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}),
        doc({"Effect": "Allow", "Action": "iam:*", "NotResource": ROLE}),
        doc(allow("*", Condition={"Bool": {"aws:MultiFactorAuthPresent": True}})),
        doc(allow("*"), deny("s3:*")),
        doc({"Effect": "Allow", "Verb": "*"}),
    ],
)
def test_document_that_leads_to_everything_grants_admin(document: Any) -> None:
    assert grants_admin(read_document(document))


@pytest.mark.parametrize(
    "document",
    [
        doc(allow("s3:*")),
        doc(allow(["iam:Get*", "iam:List*", "iam:ChangePassword"])),
        doc(allow("iam:*", ROLE)),
        doc(allow("iam:CreateAccessKey", "arn:aws:iam::*:user/${aws:username}")),
        doc(deny("*")),
        doc(allow("*"), deny("*")),
        doc(trust("*")),
        doc(allow("iam:PassRole", Condition={"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}})),
    ],
)
def test_harmless_document_grants_no_admin(document: Any) -> None:
    assert not grants_admin(read_document(document))


def test_trusted_principals_are_named_in_one_spelling() -> None:
    principal = {"AWS": [ACCOUNT, ROLE], "Service": "ec2.amazonaws.com", "Federated": SAML}
    document = read_document(doc(trust(principal), {**trust({"AWS": OTHER}), "Effect": "Deny"}))
    assert trusted_principals(document) == {
        f"aws:{ACCOUNT}",
        f"aws:{ROLE}",
        "service:ec2.amazonaws.com",
        f"federated:{SAML}",
    }


def test_all_but_someone_is_anyone() -> None:
    document = doc({"Effect": "Allow", "NotPrincipal": {"AWS": ROLE}, "Action": "sts:AssumeRole"})
    assert trusted_principals(read_document(document)) == {"*"}


def test_trust_that_is_not_understood_is_trust_in_anyone() -> None:
    assert trusted_principals(read_document(doc(trust("who?")))) == {"*"}


def test_identity_policy_trusts_nobody() -> None:
    assert trusted_principals(read_document(doc(allow("*")))) == frozenset()


@pytest.mark.parametrize("principal", [{"AWS": ACCOUNT}, {"AWS": ROLE}, {"Service": "ec2.amazonaws.com"}])
def test_trust_inside_the_account_is_not_outside(principal: Any) -> None:
    assert trusts_outside(read_document(doc(trust(principal))), ACCOUNT) == frozenset()


@pytest.mark.parametrize(
    ("principal", "outside"),
    [
        ("*", "*"),
        ({"AWS": OTHER}, f"aws:{OTHER}"),
        ({"AWS": f"arn:aws:iam::{OTHER}:root"}, f"aws:{OTHER}"),
        ({"AWS": f"arn:aws:sts::{OTHER}:assumed-role/x/y"}, f"aws:arn:aws:sts::{OTHER}:assumed-role/x/y"),
        ({"AWS": "AROAEXAMPLEEXAMPLE12"}, "aws:AROAEXAMPLEEXAMPLE12"),
        ({"Federated": "accounts.google.com"}, "federated:accounts.google.com"),
        ({"Federated": SAML}, f"federated:{SAML}"),
        ({"CanonicalUser": "f" * 64}, f"canonicaluser:{'f' * 64}"),
    ],
)
def test_trust_beyond_the_account_is_named(principal: Any, outside: str) -> None:
    assert trusts_outside(read_document(doc(trust(principal), trust({"AWS": ROLE}))), ACCOUNT) == {outside}
