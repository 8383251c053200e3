"""Policy grammar: what IAM takes and refuses, and how it stores principals."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sandbox.documents import EC2, policy, trust
from tests.sandbox.refusals import refused

ACCOUNT, HUB = "111111111111", "999988887777"


def version(text: str, value: str | None) -> str:
    document = json.loads(text)
    del document["Version"]
    return json.dumps(document if value is None else {"Version": value, **document})


@pytest.mark.parametrize("value", ["2012-10-17", "2008-10-17", None])
def test_both_versions_and_none_are_taken(iam: Any, value: str | None) -> None:
    iam.create_role(RoleName="R", AssumeRolePolicyDocument=version(trust(), value))
    iam.put_role_policy(RoleName="R", PolicyName="p", PolicyDocument=version(policy(), value))


def test_bare_values_in_conditions_are_taken(iam: Any) -> None:
    iam.create_group(GroupName="Bare")
    condition = {"Bool": {"aws:SecureTransport": True}, "NumericLessThan": {"aws:MultiFactorAuthAge": 3600}}
    iam.put_group_policy(GroupName="Bare", PolicyName="p", PolicyDocument=policy(Condition=condition))
    read = iam.get_group_policy(GroupName="Bare", PolicyName="p")["PolicyDocument"]
    assert read["Statement"][0]["Condition"] == condition


BAD_IDENTITY = {
    "no json": "{",
    "a list": "[]",
    "no statement": json.dumps({"Version": "2012-10-17"}),
    "principal": policy(Principal={"AWS": "*"}),
    "unknown version": version(policy(), "2020-01-01"),
    "wrong effect": policy(Effect="allow"),
    "no prefix": policy("GetObject"),
    "no arn": policy(resource="bucket"),
    "unknown operator": policy(Condition={"StringIs": {"aws:username": "x"}}),
    "sid with spaces": policy(Sid="two words"),
    "duplicate keys": policy().replace('"Effect": "Allow"', '"Effect": "Allow", "Effect": "Deny"'),
}


@pytest.mark.parametrize("document", BAD_IDENTITY.values(), ids=BAD_IDENTITY)
def test_malformed_identity_policy_is_refused(iam: Any, document: str) -> None:
    iam.create_group(GroupName="G")
    with refused("MalformedPolicyDocument"):
        iam.put_group_policy(GroupName="G", PolicyName="p", PolicyDocument=document)
    with refused("MalformedPolicyDocument"):
        iam.create_policy(PolicyName="P", PolicyDocument=document)


BAD_TRUST = {
    "no json": "{",
    "no principal": json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole"}]}
    ),
    "resource": trust(Resource="*"),
    "other action": trust(Action="s3:GetObject"),
    "garbage principal": trust({"AWS": "not-an-arn"}),
    "unknown kind of principal": trust({"Robot": "x"}),
    "missing role": trust({"AWS": f"arn:aws:iam::{HUB}:role/missing"}),
    "missing path": trust({"AWS": f"arn:aws:iam::{ACCOUNT}:role/FirstlineLook"}),
}


@pytest.mark.parametrize("document", BAD_TRUST.values(), ids=BAD_TRUST)
def test_malformed_trust_is_refused(iam: Any, document: str) -> None:
    with refused("MalformedPolicyDocument"):
        iam.create_role(RoleName="R", AssumeRolePolicyDocument=document)
    iam.create_role(RoleName="R", AssumeRolePolicyDocument=trust())
    with refused("MalformedPolicyDocument"):
        iam.update_assume_role_policy(RoleName="R", PolicyDocument=document)


def test_missing_principal_says_so_in_the_words_that_clients_retry_on(iam: Any) -> None:
    with refused("MalformedPolicyDocument") as caught:
        iam.create_role(RoleName="R", AssumeRolePolicyDocument=trust({"AWS": f"arn:aws:iam::{HUB}:role/missing"}))
    assert "Invalid principal in policy" in str(caught[0])


def test_account_id_reads_back_as_its_root(iam: Any) -> None:
    iam.create_role(RoleName="R", AssumeRolePolicyDocument=trust({"AWS": [HUB, "*"], **EC2}))
    read = iam.get_role(RoleName="R")["Role"]["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]
    assert read == {"AWS": [f"arn:aws:iam::{HUB}:root", "*"], **EC2}


def test_deleted_principal_reads_back_as_its_id(iam: Any) -> None:
    user = iam.get_user(UserName="ann")["User"]
    iam.create_role(RoleName="R", AssumeRolePolicyDocument=trust({"AWS": user["Arn"]}))
    iam.delete_user(UserName="ann")
    read = iam.get_role(RoleName="R")["Role"]["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]
    assert read == {"AWS": user["UserId"]}


@pytest.mark.parametrize("text", ["a+b", "50%", "ümlaut", "a&b<c>"])
def test_documents_survive_the_wire(iam: Any, text: str) -> None:
    iam.create_group(GroupName="G")
    document = policy(Condition={"StringEquals": {"aws:PrincipalTag/x": text}})
    iam.put_group_policy(GroupName="G", PolicyName="p", PolicyDocument=document)
    assert iam.get_group_policy(GroupName="G", PolicyName="p")["PolicyDocument"] == json.loads(document)
