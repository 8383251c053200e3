"""Faults: what goes wrong, for whom, at which call, and whether the effect was there all the same."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError, HTTPClientError, ReadTimeoutError

from sandbox.client import Sandbox, SandboxError
from tests.sandbox.refusals import code_of, refused

ACCOUNT, OTHER = "111111111111", "222222222222"


def groups(sandbox: Sandbox) -> set[str]:
    return set(sandbox.state(ACCOUNT)["groups"])


@pytest.mark.parametrize(
    ("kind", "service", "code", "status"),
    [
        ("throttle", "iam", "Throttling", 400),
        ("throttle", "budgets", "ThrottlingException", 400),
        ("throttle", "sts", "Throttling", 400),
        ("server_error", "iam", "ServiceFailure", 500),
        ("server_error", "budgets", "InternalErrorException", 500),
        ("denied", "iam", "AccessDenied", 403),
        ("denied", "budgets", "AccessDeniedException", 400),
        ("expired", "iam", "ExpiredToken", 403),
        ("expired", "budgets", "ExpiredTokenException", 400),
    ],
)
def test_refusing_faults_speak_the_services_protocol(
    sandbox: Sandbox, kind: str, service: str, code: str, status: int
) -> None:
    sandbox.fault(kind, service=service)
    client = sandbox.client(service, ACCOUNT)
    ask = {
        "iam": lambda: client.create_group(GroupName="G"),
        "budgets": lambda: client.describe_budgets(AccountId=ACCOUNT),
        "sts": lambda: client.get_caller_identity(),
    }[service]
    with refused(code) as caught:
        ask()
    assert caught[0].response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert groups(sandbox) == set()


def test_any_error_can_be_given_by_its_code(sandbox: Sandbox, iam: Any) -> None:
    sandbox.fault("error", operation="CreateGroup", code="ConcurrentModification", status=409, message="again")
    with refused("ConcurrentModification"):
        iam.create_group(GroupName="G")


def test_fault_strikes_from_the_nth_call_and_as_often_as_told(sandbox: Sandbox, iam: Any) -> None:
    sandbox.fault("throttle", account=ACCOUNT, operation="CreateGroup", nth=2, count=2)
    codes = [code_of(lambda n=n: iam.create_group(GroupName=f"g{n}")) for n in range(4)]
    assert codes == ["", "Throttling", "Throttling", ""]
    assert groups(sandbox) == {"g0", "g3"}


def test_fault_keeps_to_its_account_operation_and_kind_of_call(sandbox: Sandbox, iam: Any) -> None:
    sandbox.fault("throttle", account=ACCOUNT, operation="write")
    assert code_of(iam.list_groups) == ""
    assert code_of(lambda: sandbox.client("iam", OTHER).create_group(GroupName="G")) == ""
    assert code_of(lambda: iam.create_group(GroupName="G")) == "Throttling"
    sandbox.clear_faults()
    assert code_of(lambda: iam.create_group(GroupName="G")) == ""


def test_same_seed_strikes_the_same_calls(sandbox: Sandbox, iam: Any) -> None:
    def struck() -> list[str]:
        sandbox.clear_faults()
        sandbox.fault("throttle", operation="ListGroups", probability=0.5, seed=3)
        return [code_of(iam.list_groups) for _ in range(20)]

    first = struck()
    assert set(first) == {"", "Throttling"}
    assert struck() == first


def test_time_out_comes_after_the_effect(sandbox: Sandbox) -> None:
    sandbox.fault("timeout", operation="CreateGroup", seconds=5, count=1)
    iam = sandbox.client_with("iam", sandbox.credentials(ACCOUNT), read_timeout=0.3)
    with pytest.raises(ReadTimeoutError):
        iam.create_group(GroupName="G")
    assert groups(sandbox) == {"G"}
    call = sandbox.calls(ACCOUNT)[-1]
    assert (call["fault"], call["applied"]) == ("timeout", True)
    with refused("EntityAlreadyExists"):
        iam.create_group(GroupName="G")


@pytest.mark.parametrize(("kind", "left"), [("cut", set()), ("cut_after", {"G"})])
def test_cut_connection_before_and_after_the_effect(sandbox: Sandbox, iam: Any, kind: str, left: set[str]) -> None:
    sandbox.fault(kind, operation="CreateGroup", count=1)
    with pytest.raises((ConnectionClosedError, HTTPClientError)):
        iam.create_group(GroupName="G")
    assert groups(sandbox) == left
    assert sandbox.calls(ACCOUNT)[-1]["applied"] is (kind == "cut_after")
    iam.list_groups()


def test_delay_holds_the_call_before_its_effect(sandbox: Sandbox) -> None:
    sandbox.fault("delay", operation="CreateGroup", seconds=1.0, count=1)
    iam = sandbox.client_with("iam", sandbox.credentials(ACCOUNT), read_timeout=0.3)
    with pytest.raises(ReadTimeoutError):
        iam.create_group(GroupName="G")
    assert groups(sandbox) == set()


def test_stale_reads_answer_from_before_the_write(sandbox: Sandbox, iam: Any) -> None:
    iam.create_group(GroupName="Old")
    before = iam.list_groups()["Groups"]
    sandbox.fault("stale", account=ACCOUNT, seconds=60)
    iam.update_group(GroupName="Old", NewGroupName="Renamed")
    assert iam.list_groups()["Groups"] == before
    sandbox.clear_faults()
    assert [group["GroupName"] for group in iam.list_groups()["Groups"]] == ["Renamed"]


def test_what_was_just_created_is_not_there_yet(sandbox: Sandbox, iam: Any, budgets: Any) -> None:
    sandbox.fault("stale", seconds=60)
    iam.create_group(GroupName="New")
    limit = {"Amount": "1", "Unit": "USD"}
    budgets.create_budget(
        AccountId=ACCOUNT,
        Budget={"BudgetName": "b", "BudgetType": "COST", "TimeUnit": "MONTHLY", "BudgetLimit": limit},
    )
    with refused("NoSuchEntity"):
        iam.get_group(GroupName="new")
    with refused("NotFoundException"):
        budgets.describe_budget(AccountId=ACCOUNT, BudgetName="b")
    assert iam.get_user(UserName="ann")["User"]["UserName"] == "ann"


def test_fault_that_makes_no_sense_is_refused_with_the_reason(sandbox: Sandbox) -> None:
    with pytest.raises(SandboxError, match="kind: 'explode' is no fault; use one of"):
        sandbox.fault("explode")


def test_rules_tell_how_often_they_struck(sandbox: Sandbox, iam: Any) -> None:
    sandbox.fault("throttle", operation="ListGroups", nth=2)
    for _ in range(3):
        code_of(iam.list_groups)
    assert [(rule["seen"], rule["fired"]) for rule in sandbox.faults()] == [(3, 2)]
