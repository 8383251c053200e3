"""IAM's policy simulator as AWS answers: decisions, details, matched statements and what the request did not bring."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.client import Sandbox
from tests.sandbox.conftest import ACCOUNT
from tests.sandbox.test_service_control_policies import attach

READ = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
    }
)
GUARD = {
    "Effect": "Deny",
    "NotAction": "iam:EnableMFADevice",
    "Resource": "*",
    "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
}
ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [*statements]})


def decisions(answer: Any) -> dict[str, str]:
    return {one["EvalActionName"]: one["EvalDecision"] for one in answer["EvaluationResults"]}


def test_a_role_that_reads_does_not_write(iam: Any) -> None:
    role = iam.create_role(RoleName="Reader", AssumeRolePolicyDocument=TRUST)["Role"]
    iam.attach_role_policy(RoleName="Reader", PolicyArn=READ)
    actions = ["s3:GetObject", "s3:PutObject"]
    answer = iam.simulate_principal_policy(PolicySourceArn=role["Arn"], ActionNames=actions)
    assert decisions(answer) == {"s3:GetObject": "allowed", "s3:PutObject": "implicitDeny"}
    read = answer["EvaluationResults"][0]
    assert read["EvalResourceName"] == "*" and read["MatchedStatements"][0]["SourcePolicyType"] == "role"
    assert read["MatchedStatements"][0]["StartPosition"]["Line"] == 1 and not answer["IsTruncated"]


def test_a_boundary_and_the_groups_of_a_user_count(iam: Any) -> None:
    iam.create_group(GroupName="Admins")
    iam.put_group_policy(GroupName="Admins", PolicyName="all", PolicyDocument=document(ALL))
    iam.add_user_to_group(GroupName="Admins", UserName="ann")
    iam.put_user_permissions_boundary(UserName="ann", PermissionsBoundary=READ)
    arn = iam.get_user(UserName="ann")["User"]["Arn"]
    answer = iam.simulate_principal_policy(PolicySourceArn=arn, ActionNames=["s3:GetObject", "s3:PutObject"])
    assert decisions(answer) == {"s3:GetObject": "allowed", "s3:PutObject": "implicitDeny"}
    detail = [one["PermissionsBoundaryDecisionDetail"] for one in answer["EvaluationResults"]]
    assert [one["AllowedByPermissionsBoundary"] for one in detail] == [True, False]


def test_what_the_request_does_not_bring_is_named(iam: Any) -> None:
    ask = {"PolicyInputList": [document(ALL, GUARD)], "ActionNames": ["s3:PutObject"]}
    (without,) = iam.simulate_custom_policy(**ask)["EvaluationResults"]
    assert (without["EvalDecision"], without["MissingContextValues"]) == (
        "explicitDeny",
        ["aws:MultiFactorAuthPresent"],
    )
    assert len(without["MatchedStatements"]) == 2
    entry = {"ContextKeyName": "aws:MultiFactorAuthPresent", "ContextKeyType": "boolean", "ContextKeyValues": ["true"]}
    (given,) = iam.simulate_custom_policy(**ask, ContextEntries=[entry])["EvaluationResults"]
    assert (given["EvalDecision"], given.get("MissingContextValues", [])) == ("allowed", [])


def test_a_denial_by_the_organisation_is_told_apart(sandbox: Sandbox, iam: Any) -> None:
    iam.put_user_policy(UserName="ann", PolicyName="all", PolicyDocument=document(ALL))
    attach(sandbox, document({"Effect": "Deny", "Action": "s3:*", "Resource": "*"}), ACCOUNT)
    arn = iam.get_user(UserName="ann")["User"]["Arn"]
    (found,) = iam.simulate_principal_policy(PolicySourceArn=arn, ActionNames=["s3:GetObject"])["EvaluationResults"]
    assert (
        found["EvalDecision"] == "explicitDeny" and not found["OrganizationsDecisionDetail"]["AllowedByOrganizations"]
    )


@pytest.mark.parametrize(
    ("source", "action", "code"), [("nobody", "s3:GetObject", "NoSuchEntity"), ("ann", "s3:*", "InvalidInput")]
)
def test_what_cannot_be_asked_is_refused(iam: Any, source: str, action: str, code: str) -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:user/{source}"
    with pytest.raises(ClientError) as refused:
        iam.simulate_principal_policy(PolicySourceArn=arn, ActionNames=[action])
    assert refused.value.response["Error"]["Code"] == code
