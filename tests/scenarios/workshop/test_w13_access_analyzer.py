"""W13: policies are looked at when they are saved; analyzers exist, and what they find is listed per account."""

from typing import Any

import pytest

from tests.scenarios.firstline import Firstline
from tests.scenarios.workshop.keeping import approve_all, drift, keep
from tests.services.fleet import DEV

pytestmark = pytest.mark.django_db(transaction=True)
BASELINE = """
resources:
  access_analyzer:
    eu-west-1/external_access: {findings: none}
    us-east-1/unused_access: {unused_days: 90}
  iam.policy:
    Deployers:
      document:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Action: ["iam:PassRole", "s3:*", "s3:GetObject"], Resource: "*"}
"""
BUCKET = {"resource": "arn:aws:s3:::open-bucket", "resourceType": "AWS::S3::Bucket", "findingType": "ExternalAccess"}
ROLE = {"resource": f"arn:aws:iam::{DEV}:role/Old", "resourceType": "AWS::IAM::Role", "findingType": "UnusedIAMRole"}


def test_policies_are_looked_at_when_they_are_saved_and_access_when_it_exists(firstline: Firstline) -> None:
    firstline.register(DEV)
    tells_what_a_policy_may_do(firstline)
    version = keep(firstline, "least-privilege", BASELINE)
    assert {one["code"] for one in version["findings"]} == {"pass_role_on_any_role", "redundant_action"}
    firstline.start()
    assert approve_all(firstline, DEV)["reasons"] == ["admin_grant"], "who may pass any role is an administrator"
    firstline.until_in_sync(DEV)
    analyzers = firstline.sandbox.state(DEV)["analyzers"]
    assert {name: one["type"] for name, one in analyzers.items()} == {
        "eu-west-1/firstline-external-access": "ACCOUNT",
        "us-east-1/firstline-unused-access": "ACCOUNT_UNUSED_ACCESS",
    }
    lists_what_is_found(firstline)


def tells_what_a_policy_may_do(firstline: Firstline) -> None:
    ann = firstline.person("ann", "baseline_author")
    checked = ann.post("/api/v1/baselines/validate", BASELINE, content_type="application/yaml").json()
    place = "/resources/iam.policy/Deployers/document/Statement/0"
    assert [(one["severity"], one["pointer"]) for one in checked["findings"]] == [
        ("security_warning", f"{place}/Resource"),
        ("suggestion", f"{place}/Action/2"),
    ]
    wrong = BASELINE.replace('Resource: "*"', 'Resource: "*", Condition: {StringEqual: {"aws:SourceIp": "1"}}')
    refused = ann.post("/api/v1/baselines/validate", wrong, content_type="application/yaml")
    assert refused.status_code == 422 and "StringEqual" in refused.content.decode()


def lists_what_is_found(firstline: Firstline) -> None:
    firstline.sandbox.put_findings(DEV, "eu-west-1", "ACCOUNT", [BUCKET])
    firstline.sandbox.put_findings(DEV, "us-east-1", "ACCOUNT_UNUSED_ACCESS", [ROLE, {**ROLE, "status": "ARCHIVED"}])
    firstline.look(DEV)
    found = firstline.get(f"accounts/{DEV}/access-findings")
    assert (found["total"], found["by_type"]) == (2, {"ExternalAccess": 1, "UnusedIAMRole": 1})
    assert {(one["region"], one["resource"]) for one in found["findings"]} == {
        ("eu-west-1", "arn:aws:s3:::open-bucket"),
        ("us-east-1", f"arn:aws:iam::{DEV}:role/Old"),
    }
    only = firstline.get(f"accounts/{DEV}/access-findings", region="us-east-1")
    assert [one["type"] for one in only["findings"]] == ["UnusedIAMRole"]
    is_a_persons_where_none_may_be(firstline, found["findings"])


def is_a_persons_where_none_may_be(firstline: Firstline, found: list[dict[str, Any]]) -> None:
    (external,) = [one["id"] for one in found if one["type"] == "ExternalAccess"]
    assert drift(firstline, DEV) == {f"access_analyzer findings[{external}]": ("person", "access_finding")}
    assert firstline.verdict(DEV)[0] == "attention"
    firstline.sandbox.put_findings(DEV, "eu-west-1", "ACCOUNT", [])
    firstline.look(DEV)
    firstline.until_in_sync(DEV)
