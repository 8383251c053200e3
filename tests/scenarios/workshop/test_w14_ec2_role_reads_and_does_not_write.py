"""W14: the EC2 role of the workshop may read a bucket and may not write to it; the shipped checks say so."""

from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.firstline import Firstline
from tests.services.fleet import DEV

pytestmark = pytest.mark.django_db(transaction=True)
LIBRARY = Path(__file__).resolve().parents[3] / "iam_templates/library/first-line-of-defense.yaml"
ROLE = "EC2_S3ReadOnlyAccess"
FULL = "arn:aws:iam::aws:policy/AmazonS3FullAccess"
GIVEN = {"alert_email": "alerts@example.org", "admins": ["ann"], "admin_user": "ann"}


def test_the_shipped_checks_hold_and_a_role_that_can_write_is_drift(firstline: Firstline) -> None:
    publish_the_library(firstline)
    firstline.register(DEV)
    body = {"baseline": "first-line-of-defense", "version": 1, "selector": "ou", "value": "/workloads"}
    mode = {"default": "observe", "kinds": {"iam.role": "enforce", "iam.policy": "enforce"}}
    olga = firstline.person("olga", "operator")
    firstline.post(olga, "assignments", {**body, "parameters": GIVEN, "mode": mode}, 201)
    firstline.start()
    firstline.until_managed(DEV)
    firstline.until(lambda: may_write(firstline) == "denied", "the role to be made")
    assert asked(firstline, ["s3:GetObject", "s3:ListBucket"])["decision"] == "allowed"
    somebody_lets_it_write(firstline)


def publish_the_library(firstline: Firstline) -> None:
    ann = firstline.person("ann", "baseline_author")
    firstline.post(ann, "baselines", {"name": "first-line-of-defense"}, 201)
    path = "/api/v1/baselines/first-line-of-defense/versions"
    draft = ann.post(path, LIBRARY.read_text(), content_type="application/yaml")
    assert draft.status_code == 201, draft.content
    checks = {one["check"]: one["result"] for one in draft.json()["checks"]}
    assert set(checks.values()) == {"holds"} and "The EC2 role does not write S3" in checks
    firstline.post(ann, "baselines/first-line-of-defense/versions/1/publish", seen=draft["ETag"])


def asked(firstline: Firstline, actions: list[str]) -> Any:
    body = {"account_id": DEV, "as": {"role": ROLE}, "actions": actions}
    answer = firstline.person("vera", "viewer").post("/api/v1/policy-checks", body)
    return answer.json() if answer.status_code == 200 else {"decision": answer.status_code}


def may_write(firstline: Firstline) -> Any:
    return asked(firstline, ["s3:PutObject", "s3:DeleteObject"])["decision"]


def somebody_lets_it_write(firstline: Firstline) -> None:
    iam = firstline.sandbox.client("iam", DEV)
    iam.attach_role_policy(RoleName=ROLE, PolicyArn=FULL)
    run = firstline.look(DEV)
    told = {one["check"]: one for one in run["outcome"]["checks"]["others"]}
    wrong = told["The EC2 role does not write S3"]
    assert (wrong["expected"], wrong["found"]) == ("denied", "allowed")
    assert "AmazonS3FullAccess" in wrong["sentence"]
    rows = firstline.rows("drift", account=DEV, kind="check")
    (drift,) = [one for one in rows if one["name"] == "The EC2 role does not write S3"]
    assert drift["remedy"] == "auto", "the plan that takes the policy off again cures it"
    firstline.until(lambda: may_write(firstline) == "denied", "the policy to be taken off again")
    firstline.until(
        lambda: firstline.get(f"drift/{drift['id']}")["state"] == "resolved", "the check's drift to be resolved"
    )
