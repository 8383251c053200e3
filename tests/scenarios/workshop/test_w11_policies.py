"""W11: AWS managed policies by their short names, our own with versions, and inline ones."""

import json
from typing import Any

import pytest

from tests.scenarios.firstline import Firstline
from tests.services.fleet import DEV

pytestmark = pytest.mark.django_db(transaction=True)
AWS = "arn:aws:iam::aws:policy"
OURS = f"arn:aws:iam::{DEV}:policy/ReadReports"
BASELINE = """
parameters:
  bucket: {type: string, required: true}
resources:
  iam.policy:
    ReadReports:
      document:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::{{ bucket }}/*"}]
  iam.group:
    Auditors:
      attached_policies: [IAMReadOnlyAccess, ReadOnlyAccess, IAMUserChangePassword, Billing, ReadReports]
"""


def resource(document: Any) -> str:
    read = json.loads(document) if isinstance(document, str) else document
    return str(read["Statement"][0]["Resource"])


def test_policies_are_attached_by_name_and_our_own_moves_on_by_versions(firstline: Firstline) -> None:
    firstline.managed()
    firstline.keep("policies", BASELINE, bucket="reports-1")
    firstline.until_in_sync(DEV)
    attached = firstline.sandbox.state(DEV)["groups"]["Auditors"]["attached_policies"]
    names = ("IAMReadOnlyAccess", "ReadOnlyAccess", "IAMUserChangePassword", "job-function/Billing")
    assert sorted(attached) == sorted([*(f"{AWS}/{name}" for name in names), OURS])
    makes_room_for_a_sixth_version(firstline)
    puts_back_the_version_that_somebody_turned_away(firstline)


def makes_room_for_a_sixth_version(firstline: Firstline) -> None:
    iam = firstline.sandbox.client("iam", DEV)
    for n in range(4):
        text = json.dumps(
            {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": f"s3:{n}", "Resource": "*"}]}
        )
        iam.create_policy_version(PolicyArn=OURS, PolicyDocument=text, SetAsDefault=False)
    firstline.keep("policies", BASELINE, bucket="reports-2")
    firstline.until_in_sync(DEV)
    versions = {
        one["VersionId"]: one["IsDefaultVersion"] for one in iam.list_policy_versions(PolicyArn=OURS)["Versions"]
    }
    assert versions == {"v1": False, "v3": False, "v4": False, "v5": False, "v6": True}, "the oldest spare one went"
    newest = iam.get_policy_version(PolicyArn=OURS, VersionId="v6")["PolicyVersion"]["Document"]
    assert resource(newest) == "arn:aws:s3:::reports-2/*"


def puts_back_the_version_that_somebody_turned_away(firstline: Firstline) -> None:
    iam = firstline.sandbox.client("iam", DEV)
    iam.set_default_policy_version(PolicyArn=OURS, VersionId="v3")
    firstline.look(DEV)
    seen = [
        (row["path"], row["type"]) for row in firstline.rows("drift", account=DEV, kind="iam.policy") if row["path"]
    ]
    assert set(seen) == {("document", "changed")}
    firstline.until_in_sync(DEV)
    assert iam.get_policy(PolicyArn=OURS)["Policy"]["DefaultVersionId"] == "v6"


def test_a_name_that_no_policy_has_is_refused_where_it_is_written(firstline: Firstline) -> None:
    told = firstline.refused("resources: {iam.group: {Auditors: {attached_policies: [ReadOnly, IAMFullAccess]}}}")
    ((pointer, reason),) = told.items()
    assert pointer == "/resources/iam.group/Auditors/attached_policies/0" and "ARN" in reason
