"""The call log, and the oracle that tells when two workers wrote one account at once."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sandbox.calls import CallLog
from sandbox.client import Sandbox

ACCOUNT, OTHER, HUB = "111111111111", "222222222222", "999988887777"


def apply_session(sandbox: Sandbox, name: str, service: str = "iam", account: str = ACCOUNT) -> Any:
    given = sandbox.client_with("sts", sandbox.hub_credentials("apply")).assume_role(
        RoleArn=f"arn:aws:iam::{account}:role/firstline/FirstlineApply",
        RoleSessionName=name,
        ExternalId=sandbox.external_id,
    )["Credentials"]
    keys = {
        "aws_access_key_id": given["AccessKeyId"],
        "aws_secret_access_key": given["SecretAccessKey"],
        "aws_session_token": given["SessionToken"],
    }
    return sandbox.client_with(service, keys)


def test_log_tells_who_did_what_where_and_how_it_ended(sandbox: Sandbox) -> None:
    sandbox.clear_calls()
    apply_session(sandbox, "run-9.4").create_group(GroupName="G")
    assumed, created = sandbox.calls(ACCOUNT)
    assert (assumed["operation"], assumed["caller_account"], assumed["is_write"]) == ("AssumeRole", HUB, False)
    assert assumed["assumed_session_name"] == "run-9.4"
    assert (created["service"], created["operation"], created["params"]) == ("iam", "CreateGroup", {"GroupName": "G"})
    assert (created["session_name"], created["role"].rpartition("/")[2]) == ("run-9.4", "FirstlineApply")
    assert (created["is_write"], created["status"], created["applied"]) == (True, 200, True)


def test_tester_behind_firstlines_back_is_logged_as_tamper(sandbox: Sandbox, iam: Any) -> None:
    iam.create_group(GroupName="G")
    assert sandbox.calls(ACCOUNT)[-1]["caller"] == "tamper"


def test_addresses_are_kept_and_passwords_are_not(sandbox: Sandbox, iam: Any, budgets: Any) -> None:
    subscriber = {"SubscriptionType": "EMAIL", "Address": "ops@example.com"}
    limit = {"Amount": "1", "Unit": "USD"}
    alert = {"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": 70}
    budgets.create_budget(
        AccountId=ACCOUNT,
        Budget={"BudgetName": "b", "BudgetType": "COST", "TimeUnit": "MONTHLY", "BudgetLimit": limit},
        NotificationsWithSubscribers=[{"Notification": alert, "Subscribers": [subscriber]}],
    )
    iam.create_login_profile(UserName="ann", Password="A-long-1-password")
    budget, login = sandbox.calls(ACCOUNT)[-2:]
    assert budget["params"]["NotificationsWithSubscribers"][0]["Subscribers"] == [subscriber]
    assert login["params"] == {"UserName": "ann", "Password": "***"}


def test_log_is_read_from_a_number_on(sandbox: Sandbox, iam: Any) -> None:
    iam.list_groups()
    last = sandbox.calls()[-1]["n"]
    iam.list_users()
    sandbox.client("iam", OTHER).list_roles()
    assert [call["operation"] for call in sandbox.calls(since=last)] == ["ListUsers", "ListRoles"]
    assert [call["operation"] for call in sandbox.calls(OTHER, since=last)] == ["ListRoles"]


def test_rising_fences_are_no_overlap(sandbox: Sandbox) -> None:
    for fence in (1, 2, 5):
        apply_session(sandbox, f"run-{fence}.{fence}").create_group(GroupName=f"g{fence}")
    assert sandbox.overlaps() == []


def test_write_under_a_lower_fence_is_an_overlap(sandbox: Sandbox) -> None:
    stale, fresh = apply_session(sandbox, "run-1.1"), apply_session(sandbox, "run-2.2")
    stale.create_group(GroupName="a")
    fresh.create_group(GroupName="b")
    stale.list_roles()
    assert sandbox.overlaps() == []
    stale.create_group(GroupName="c")
    (found,) = sandbox.overlaps()
    assert (found["account"], found["session"], found["other"]) == (ACCOUNT, "run-1.1", "run-2.2")


def test_two_sessions_under_one_fence_are_an_overlap(sandbox: Sandbox) -> None:
    for run in ("run-1.7", "run-2.7"):
        apply_session(sandbox, run).create_group(GroupName=run)
    assert [found["why"] for found in sandbox.overlaps()] == ["two sessions wrote under one fence"]


def test_fences_of_two_accounts_have_nothing_to_do_with_each_other(sandbox: Sandbox) -> None:
    apply_session(sandbox, "run-1.9").create_group(GroupName="a")
    apply_session(sandbox, "run-2.2", account=OTHER).create_group(GroupName="a")
    assert sandbox.overlaps() == []


def test_writes_in_flight_at_once_are_an_overlap(sandbox: Sandbox) -> None:
    slow, quick = apply_session(sandbox, "run-1.1"), apply_session(sandbox, "run-2.2")
    sandbox.fault("delay", operation="CreateGroup", seconds=1.5, count=1)
    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(slow.create_group, GroupName="slow")
        _wait_until(lambda: sandbox.faults()[0]["fired"] == 1)
        quick.create_group(GroupName="quick")
        held.result()
    assert "two writes in flight at once" in [found["why"] for found in sandbox.overlaps()]


def test_answer_held_back_after_the_effect_is_no_write_in_flight(sandbox: Sandbox) -> None:
    slow, quick = apply_session(sandbox, "run-1.1"), apply_session(sandbox, "run-2.2")
    sandbox.fault("timeout", operation="CreateGroup", seconds=1.5, count=1)
    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(slow.create_group, GroupName="slow")
        _wait_until(lambda: "slow" in sandbox.state(ACCOUNT)["groups"])
        quick.create_group(GroupName="quick")
        assert held.exception() is not None
    assert sandbox.overlaps() == []


def _wait_until(condition: Any, patience: float = 10.0) -> None:
    end = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < end, "it never came to pass"
        time.sleep(0.02)


def test_writer_without_a_fence_is_no_worker() -> None:
    log = CallLog()
    log.begin(ACCOUNT, "run.5", is_write=True)
    log.begin(ACCOUNT, "alice", is_write=True)
    log.begin(ACCOUNT, "", is_write=True)
    assert log.overlaps() == []
