"""W10: roles for services, other accounts, federation and Roles Anywhere; trust, boundary, session length, chaining."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.scenarios.firstline import READ_ONLY, Firstline
from tests.scenarios.workshop.declaring import keep, refused
from tests.services.fleet import DEV, TEST

pytestmark = pytest.mark.django_db(transaction=True)
GITHUB = "token.actions.githubusercontent.com"
ANCHOR = "0123abcd-0123-4123-8123-0123456789ab"
SECRET = "an-external-id-of-ours"
BASELINE = f"""
resources:
  iam.role:
    EC2_S3ReadOnlyAccess:
      trust: [{{service: ec2}}]
      attached_policies: [AmazonS3ReadOnlyAccess]
      instance_profile: true
      boundary: ReadOnlyAccess
      tags: {{include: {{workshop: W10}}}}
    Auditor:
      trust: [{{account: "{TEST}", external_id: {SECRET}}}]
      attached_policies: [ReadOnlyAccess]
      max_session_seconds: 7200
    BreakGlass:
      trust: [{{account: "{TEST}", require_mfa: true}}]
      attached_policies: [ReadOnlyAccess]
    SignIn:
      trust: [{{saml: corp}}]
      attached_policies: [ReadOnlyAccess]
    Deploy:
      trust: [{{oidc: {GITHUB}, subject: ["repo:octo-org/*"]}}]
      attached_policies: [ReadOnlyAccess]
    Backup:
      trust: [{{roles_anywhere: "eu-central-1:{ANCHOR}", certificate: {{x509Subject/OU: Backup}}}}]
      attached_policies: [ReadOnlyAccess]
"""


def test_each_way_into_a_role_is_made_approved_and_kept(firstline: Firstline) -> None:
    firstline.register(DEV)
    keep(firstline, "roles", BASELINE, DEV)
    firstline.start()
    firstline.until_managed(DEV)
    firstline.until(lambda: what_needs_no_approval_is_done(firstline), "the role for EC2")
    plan = firstline.waiting_plan(DEV)
    assert {"trusts_other_account", "trusts_federated"} <= set(plan["reasons"])
    firstline.decide("paula", plan)
    firstline.until_in_sync(DEV)
    has_the_documented_trusts(firstline)
    ends_a_chained_session_after_an_hour(firstline)
    closes_a_trust_that_somebody_opened(firstline)
    assert SECRET not in str(firstline.rows("history"))


def what_needs_no_approval_is_done(firstline: Firstline) -> bool:
    states = [run["state"] for run in firstline.rows("runs", account=DEV, kind="apply")]
    return states == ["done"] and "EC2_S3ReadOnlyAccess" in roles(firstline)


def roles(firstline: Firstline) -> dict[str, Any]:
    found: dict[str, Any] = firstline.sandbox.state(DEV)["roles"]
    return found


def statement(firstline: Firstline, role: str) -> dict[str, Any]:
    (only,) = roles(firstline)[role]["trust"]["Statement"]
    return dict(only)


def has_the_documented_trusts(firstline: Firstline) -> None:
    other = {"AWS": f"arn:aws:iam::{TEST}:root"}
    ec2 = roles(firstline)["EC2_S3ReadOnlyAccess"]
    assert (ec2["instance_profiles"], ec2["boundary"]) == (["EC2_S3ReadOnlyAccess"], READ_ONLY)
    assert ec2["tags"] == {"workshop": "W10"}
    assert statement(firstline, "EC2_S3ReadOnlyAccess")["Principal"] == {"Service": ["ec2.amazonaws.com"]}
    auditor = statement(firstline, "Auditor")
    assert (auditor["Principal"], auditor["Condition"]) == (other, {"StringEquals": {"sts:ExternalId": SECRET}})
    assert statement(firstline, "BreakGlass")["Condition"] == {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    saml = statement(firstline, "SignIn")
    assert saml["Principal"] == {"Federated": f"arn:aws:iam::{DEV}:saml-provider/corp"}
    assert (saml["Action"], statement(firstline, "Deploy")["Action"]) == (
        "sts:AssumeRoleWithSAML",
        "sts:AssumeRoleWithWebIdentity",
    )
    assert statement(firstline, "Deploy")["Condition"]["StringLike"] == {f"{GITHUB}:sub": "repo:octo-org/*"}
    anchor = f"arn:aws:rolesanywhere:eu-central-1:{DEV}:trust-anchor/{ANCHOR}"
    assert statement(firstline, "Backup")["Condition"]["ArnEquals"] == {"aws:SourceArn": anchor}


def ends_a_chained_session_after_an_hour(firstline: Firstline) -> None:
    """Two hours are the role's longest session; whoever comes by way of another role gets one at most."""
    first = chained_from(firstline)
    auditor = {"RoleArn": f"arn:aws:iam::{DEV}:role/Auditor", "RoleSessionName": "chained"}
    assert roles(firstline)["Auditor"]["max_session_duration"] == 7200
    for wrong, code in ({"DurationSeconds": 7200}, "ValidationError"), ({"ExternalId": "guessed"}, "AccessDenied"):
        with pytest.raises(ClientError) as refusal:
            first.assume_role(**auditor | {"ExternalId": SECRET} | wrong)
        assert refusal.value.response["Error"]["Code"] == code
    assert first.assume_role(**auditor, ExternalId=SECRET, DurationSeconds=3600)["Credentials"]
    with pytest.raises(ClientError):
        first.assume_role(RoleArn=f"arn:aws:iam::{DEV}:role/BreakGlass", RoleSessionName="no-mfa")


def chained_from(firstline: Firstline) -> Any:
    """STS as a role of the other account."""
    iam = firstline.sandbox.client("iam", TEST)
    trust = (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"%s"},"Action":"sts:AssumeRole"}]}'
    )
    iam.create_role(RoleName="Partner", AssumeRolePolicyDocument=trust % TEST)
    iam.attach_role_policy(RoleName="Partner", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    sts = firstline.sandbox.client("sts", TEST)
    made = sts.assume_role(RoleArn=f"arn:aws:iam::{TEST}:role/Partner", RoleSessionName="first")["Credentials"]
    keys = {"AccessKeyId": "aws_access_key_id", "SecretAccessKey": "aws_secret_access_key"}
    keys |= {"SessionToken": "aws_session_token"}
    return firstline.sandbox.client_with("sts", {name: made[key] for key, name in keys.items()})


def closes_a_trust_that_somebody_opened(firstline: Firstline) -> None:
    trust = (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}'
    )
    iam = firstline.sandbox.client("iam", DEV)
    iam.update_assume_role_policy(RoleName="Auditor", PolicyDocument=trust)
    firstline.look(DEV)
    (drift,) = [row for row in firstline.rows("drift", account=DEV) if row["path"] == "trust"]
    assert (drift["name"], drift["type"], drift["remedy"]) == ("Auditor", "changed", "auto")
    firstline.until_in_sync(DEV)
    assert statement(firstline, "Auditor")["Condition"] == {"StringEquals": {"sts:ExternalId": SECRET}}


def test_trust_that_would_let_in_anybody_is_refused_where_it_is_written(firstline: Firstline) -> None:
    told = refused(
        firstline,
        f"resources: {{iam.role: {{A: {{trust: [{{oidc: {GITHUB}}}, {{oidc: {GITHUB}, subject: '*'}}, {{saml: 5}}]"
        "}}}",
    )
    at = "/resources/iam.role/A/trust"
    assert "needs subject" in told[f"{at}/0/subject"] and "leaves open whose" in told[f"{at}/1/subject"]
    assert "SAML provider" in told[f"{at}/2/saml"]
