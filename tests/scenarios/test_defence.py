"""Every kind declared at once, administrators among them; then somebody tampers, and another account answers."""

from collections.abc import Iterator

import pytest

from tests.scenarios.firstline import READ_ONLY, Firstline
from tests.scenarios.impostor import Relay, impostor
from tests.services.fleet import DEV, PROD, TEST

pytestmark = pytest.mark.django_db(transaction=True)
OTHER = "444444444444"
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
BASELINE = """
parameters:
  alert_email: {type: email, required: true}
resources:
  iam.policy:
    Guard:
      document:
        Version: "2012-10-17"
        Statement: [{Effect: Deny, Action: "s3:DeleteBucket", Resource: "*"}]
  iam.group:
    Developers:
      attached_policies: [ReadOnlyAccess, Guard]
      members: {include: [ann]}
    Admins:
      attached_policies: [AdministratorAccess]
      members: [ben]
  iam.role:
    Runner:
      trust: [{service: ec2}]
      attached_policies: [AmazonS3ReadOnlyAccess]
      instance_profile: true
  budget:
    monthly:
      type: cost
      limit: {amount: "10", unit: USD}
      period: monthly
      notifications:
        - {when: actual, above: 70, subscribers: [{email: "{{ alert_email }}"}]}
"""
WRONG = {
    "resources:\n  iam.group:\n    Developers: {members: [ann\n": "line",
    "resources:\n  iam.group:\n    Developers: {attached_polices: [Guard]}\n": "/Developers/attached_polices",
    "resources:\n  iam.group:\n    Developers: {attached_policies: [NoSuchPolicy]}\n": "NoSuchPolicy",
    "resources:\n  iam.role:\n    Runner: {trust: [{service: ec2}], max_session_seconds: 5}\n": "max_session_seconds",
}


def declare(firstline: Firstline) -> None:
    """Each wrong draft is refused with its place; then the right one is published and enforced below /workloads."""
    author, drafts = firstline.person("ann", "baseline_author"), "/api/v1/baselines/all-kinds/versions"
    firstline.post(author, "baselines", {"name": "all-kinds"}, 201)
    for source, told in WRONG.items():
        answer = author.post(drafts, source, content_type="application/yaml")
        assert answer.status_code in {400, 422} and told in answer.content.decode()
    assert firstline.rows("baselines/all-kinds/versions") == []
    draft = author.post(drafts, BASELINE, content_type="application/yaml")
    firstline.post(author, "baselines/all-kinds/versions/1/publish", seen=draft["ETag"])
    wanted = {"baseline": "all-kinds", "version": 1, "selector": "ou", "value": "/workloads"}
    given = {"parameters": {"alert_email": "costs@example.com"}, "mode": {"default": "enforce"}}
    firstline.post(firstline.person("olga", "operator"), "assignments", wanted | given, 201)


def approve_once_idle(firstline: Firstline, account_id: str) -> None:
    """While one plan of an account is being applied, no other can be approved."""
    firstline.waiting_plan(account_id)
    for run in firstline.rows("runs", account=account_id, kind="apply"):
        firstline.ended(run)
    firstline.decide("paula", firstline.waiting_plan(account_id))


def is_as_declared(firstline: Firstline, account_id: str) -> bool:
    """By the simulator's own state."""
    state = firstline.sandbox.state(account_id)
    developers, admins, runner = state["groups"]["Developers"], state["groups"]["Admins"], state["roles"]["Runner"]
    (notification,) = state["budgets"]["monthly"]["notifications"]
    return (
        developers["attached_policies"] == sorted([READ_ONLY, f"arn:aws:iam::{account_id}:policy/Guard"])
        and developers["members"] == ["ann"]
        and (admins["attached_policies"], admins["members"]) == ([ADMIN], ["ben"])
        and (runner["attached_policies"], runner["instance_profiles"])
        == (["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"], ["Runner"])
        and [heard["Address"] for heard in notification["Subscribers"]] == ["costs@example.com"]
    )


def test_every_kind_is_made_tampered_with_and_repaired(firstline: Firstline) -> None:
    firstline.register(DEV, PROD)
    declare(firstline)
    firstline.start()
    for account_id in (DEV, PROD):
        plan = firstline.waiting_plan(account_id)
        assert "admin_grant" in plan["reasons"]
        assert "Admins" not in firstline.sandbox.state(account_id)["groups"]
        approve_once_idle(firstline, account_id)
        firstline.until_in_sync(account_id)
        assert is_as_declared(firstline, account_id)
    puts_back_what_was_approved_once(firstline)
    does_not_apply_what_was_approved_too_late(firstline)
    assert firstline.sandbox.overlaps() == []
    for account_id in (DEV, PROD):
        before = len(firstline.writes(account_id))
        assert firstline.look(account_id)["state"] == "done"
        assert firstline.rows("plans", account=account_id, state="proposed") == []
        assert len(firstline.writes(account_id)) == before


def puts_back_what_was_approved_once(firstline: Firstline) -> None:
    iam, budgets = (firstline.sandbox.client(service, DEV) for service in ("iam", "budgets"))
    iam.detach_group_policy(GroupName="Developers", PolicyArn=READ_ONLY)
    iam.add_user_to_group(GroupName="Admins", UserName="carla")
    alert = {"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": 70.0}
    budgets.update_subscriber(
        AccountId=DEV,
        BudgetName="monthly",
        Notification=alert,
        OldSubscriber={"SubscriptionType": "EMAIL", "Address": "costs@example.com"},
        NewSubscriber={"SubscriptionType": "EMAIL", "Address": "nobody@example.com"},
    )
    look = firstline.look(DEV)
    (plan,) = [plan for plan in firstline.rows("plans", account=DEV) if plan["look_id"] == look["id"]]
    assert (plan["lane"], plan["risk"]) == ("auto", "low")
    firstline.until_in_sync(DEV)
    assert is_as_declared(firstline, DEV)


def does_not_apply_what_was_approved_too_late(firstline: Firstline) -> None:
    iam = firstline.sandbox.client("iam", PROD)
    iam.detach_group_policy(GroupName="Developers", PolicyArn=READ_ONLY)
    firstline.look(PROD)
    plan, before = firstline.waiting_plan(PROD), len(firstline.writes(PROD))
    iam.remove_user_from_group(GroupName="Developers", UserName="ann")
    firstline.decide("paula", plan)
    (apply,) = firstline.rows("runs", account=PROD, kind="apply", plan=plan["id"])
    late = firstline.ended(apply)
    assert late["state"] == "stale" and "iam.group/Developers" in late["message"]
    assert len(firstline.writes(PROD)) == before
    approve_once_idle(firstline, PROD)
    firstline.until_in_sync(PROD)
    assert is_as_declared(firstline, PROD)


@pytest.fixture
def relay(firstline: Firstline) -> Iterator[Relay]:
    """Workers started from now on reach the simulated AWS through it."""
    with impostor(firstline.sandbox.url) as between:
        firstline.processes.environment["AWS_ENDPOINT_URL"] = between.url
        yield between


def test_account_in_whose_place_another_answers_is_neither_read_nor_written(firstline: Firstline, relay: Relay) -> None:
    firstline.register(DEV, TEST)
    firstline.declare()
    relay.pretends[TEST] = OTHER
    firstline.start()
    firstline.until_in_sync(DEV)
    check = firstline.check(TEST)
    assert (check["state"], check["reason_code"]) == ("unreachable", "another_account")
    assert TEST in check["message"] and OTHER in check["message"]
    assert firstline.verdict(TEST) == ("unknown", "awaiting_role")
    assert {call["service"] for call in firstline.sandbox.calls(TEST)} == {"sts"}
    relay.pretends[DEV] = OTHER
    firstline.sandbox.client("iam", DEV).remove_user_from_group(GroupName="Developers", UserName="ann")
    assert firstline.look(DEV)["reason_code"] == "another_account"
    assert firstline.rows("drift", account=DEV, state="open") == [] and len(firstline.writes(DEV)) == 3
    relay.pretends.clear()
    firstline.check(TEST)
    firstline.look(DEV)
    firstline.until_in_sync(DEV, TEST)
    assert firstline.group(DEV)["members"] == firstline.group(TEST)["members"] == ["ann"]


def test_apply_stops_when_another_account_answers(firstline: Firstline, relay: Relay) -> None:
    firstline.register(PROD)
    firstline.declare()
    firstline.start()
    firstline.until_managed(PROD)
    plan = firstline.waiting_plan(PROD)
    relay.pretends[PROD] = OTHER
    firstline.decide("paula", plan)
    (apply,) = firstline.rows("runs", account=PROD, kind="apply")
    ended = firstline.ended(apply)
    assert (ended["state"], ended["reason_code"]) == ("blocked", "another_account")
    assert ended["writes"] == [] and firstline.writes(PROD) == [] and firstline.group(PROD) is None
