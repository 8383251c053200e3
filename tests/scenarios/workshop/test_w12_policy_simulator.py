"""W12: what the workshop asks of the policy simulator is declared once, and asked before publishing, of every plan, and
of live accounts; a person can ask too."""

import json
from typing import Any

import pytest

from tests.scenarios.firstline import Firstline
from tests.services.fleet import DEV

pytestmark = pytest.mark.django_db(transaction=True)
WRITES = {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"}
GROUPS = """
resources:
  iam.group:
    Testers:
      attached_policies: [{attached}]
"""
RULES = """
checks:
  - name: Testers write nothing
    as: {group: Testers}
    actions: ["s3:PutObject"]
    expect: denied
"""
FAILS = "Testers write nothing"


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [*statements]})


def drafted(firstline: Firstline, name: str, source: str, status: int = 200) -> Any:
    """ann drafts and publishes the next version, and is answered so."""
    ann = firstline.person("ann", "baseline_author")
    ann.post("/api/v1/baselines", {"name": name})
    draft = ann.post(f"/api/v1/baselines/{name}/versions", source, content_type="application/yaml")
    assert draft.status_code == 201, draft.content
    number = draft.json()["number"]
    return firstline.post(ann, f"baselines/{name}/versions/{number}/publish", status=status, seen=draft["ETag"])


def assigned(firstline: Firstline, name: str) -> str:
    body = {"baseline": name, "version": 1, "selector": "ou", "value": "/workloads", "mode": {"default": "enforce"}}
    made = firstline.post(firstline.person("olga", "operator"), "assignments", body, 201)
    return str(made["id"])


def test_a_version_that_contradicts_its_check_is_not_published(firstline: Firstline) -> None:
    told = drafted(firstline, "both", GROUPS.replace("{attached}", "AmazonS3FullAccess") + RULES, status=422)
    (error,) = told["errors"]
    assert (told["code"], error["pointer"]) == ("check_fails", "/checks/0")
    assert "expected denied, found allowed" in error["detail"] and "AmazonS3FullAccess" in error["detail"]
    (warned,) = drafted(firstline, "rules", RULES)["checks"]
    assert (warned["result"], warned["pointer"]) == ("cannot_tell", "/checks/0"), "it is published, with a warning"
    assert "there is no group Testers" in warned["sentence"]


def test_checks_hold_plans_back_and_see_what_no_text_shows(firstline: Firstline) -> None:
    drafted(firstline, "rules", RULES)
    drafted(firstline, "groups", GROUPS.replace("{attached}", "ReadOnlyAccess"))
    firstline.register(DEV)
    assigned(firstline, "rules")
    firstline.start()
    firstline.until_managed(DEV)
    assert firstline.verdict(DEV) == ("unknown", "cannot_tell"), "nobody knows of a group that is not there"
    groups = assigned(firstline, "groups")
    firstline.until_in_sync(DEV)
    firstline.until(
        lambda: firstline.look(DEV)["outcome"]["checks"] == {"holding": 1, "others": []}, "the check to hold"
    )
    an_effective_permission_is_wrong_although_each_text_matches(firstline)
    a_plan_after_which_it_fails_waits_for_a_person(firstline, groups)


def an_effective_permission_is_wrong_although_each_text_matches(firstline: Firstline) -> None:
    iam = firstline.sandbox.client("iam", DEV)
    iam.put_group_policy(GroupName="Testers", PolicyName="Own", PolicyDocument=document(WRITES))
    firstline.look(DEV)
    (row,) = firstline.rows("drift", account=DEV, state="open")
    assert (row["kind"], row["name"], row["remedy"]) == ("check", FAILS, "person")
    drift = firstline.get(f"drift/{row['id']}")
    assert drift["reason"] == "no_change_cures_it" and drift["observed"]["found"] == "allowed"
    assert "group Testers, inline policy Own" in drift["observed"]["answers"][0]["sentence"]
    assert firstline.verdict(DEV) == ("attention", "needs_a_person")
    iam.delete_group_policy(GroupName="Testers", PolicyName="Own")
    firstline.look(DEV)
    firstline.until_in_sync(DEV)


def a_plan_after_which_it_fails_waits_for_a_person(firstline: Firstline, assignment: str) -> None:
    drafted(firstline, "groups", GROUPS.replace("{attached}", "ReadOnlyAccess, AmazonS3FullAccess"))
    olga = firstline.person("olga", "operator")
    seen = olga.get(f"/api/v1/assignments/{assignment}")["ETag"]
    firstline.post(olga, f"assignments/{assignment}/move", {"version": 2}, seen=seen)
    plan = firstline.waiting_plan(DEV)
    assert (plan["risk"], plan["reasons"]) == ("high", ["check_fails"])
    (effect,) = plan["checks"]
    assert (effect["before"], effect["result"], effect["newly_fails"]) == ("holds", "fails", True)
    assert effect["check"] == FAILS and "AmazonS3FullAccess" in effect["sentence"]
    iam = firstline.sandbox.client("iam", DEV)
    held = iam.list_attached_group_policies(GroupName="Testers")["AttachedPolicies"]
    assert [one["PolicyName"] for one in held] == ["ReadOnlyAccess"], "nothing was written"


def test_a_person_asks_what_the_simulator_page_answers(firstline: Firstline) -> None:
    guard = {"Sid": "Guard", "Effect": "Deny", "Action": "*", "Resource": "*"}
    guard["Condition"] = {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}  # type: ignore[assignment]
    statements = [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}, guard]
    asked = {"documents": {"identity": [{"Version": "2012-10-17", "Statement": statements}]}}
    ask = {**asked, "actions": ["s3:PutObject"], "resources": ["arn:aws:s3:::bucket/key"]}
    vera = firstline.person("vera", "viewer")
    (without,) = firstline.post(vera, "policy-checks", ask)["answers"]
    assert (without["decision"], without["deciding"]["statement_id"]) == ("denied", "Guard")
    with_mfa = firstline.post(vera, "policy-checks", {**ask, "context": {"aws:MultiFactorAuthPresent": True}})
    assert with_mfa["decision"] == "allowed"
    refused = firstline.post(vera, "policy-checks", {**ask, "actions": ["s3:*"]}, 400)
    assert refused["errors"][0]["pointer"] == "/actions/0"


def test_iams_own_simulator_is_asked_too_and_a_disagreement_is_shown(firstline: Firstline) -> None:
    firstline.processes.environment["FIRSTLINE_ASK_SIMULATOR"] = "true"
    source = RULES.replace("denied", "allowed\n    context: {aws:SourceIp: 10.1.2.3}")
    drafted(firstline, "rules", source)
    iam = firstline.sandbox.client("iam", DEV)
    iam.create_group(GroupName="Testers")
    inside = {**WRITES, "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}
    iam.put_group_policy(GroupName="Testers", PolicyName="Inside", PolicyDocument=document(inside))
    firstline.register(DEV)
    assigned(firstline, "rules")
    firstline.start()
    firstline.until_managed(DEV)
    assert firstline.look(DEV)["outcome"]["checks"]["simulator"] == "denied", "the look role does not permit it"
    permit(iam)
    # The simulated AWS does not know the operator IpAddress, so its simulator denies what AWS would allow.
    run = firstline.look(DEV)
    assert run["outcome"]["checks"] == {"holding": 1, "others": [], "simulator": "asked"}
    (row,) = firstline.rows("drift", account=DEV, state="open")
    drift = firstline.get(f"drift/{row['id']}")
    assert (drift["path"], drift["reason"], drift["remedy"]) == ("simulator", "simulator_disagrees", "person")
    assert drift["desired"] == {"ours": {"s3:PutObject on *": "allowed"}}
    assert drift["observed"] == {"simulator": {"s3:PutObject on *": "implicitDeny"}}


def permit(iam: Any) -> None:
    """The look role's own policy, which bounds it as well, with the optional permission."""
    arn = f"arn:aws:iam::{DEV}:policy/firstline/FirstlineLook-1"
    statement = {"Effect": "Allow", "Action": "iam:SimulatePrincipalPolicy", "Resource": "*"}
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    held = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
    text = document(*held["Statement"], statement)
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=text, SetAsDefault=True)
