"""CreateAccount goes on after its answer, and ends in an account or in a reason."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError, HTTPClientError

from sandbox.client import Sandbox
from tests.sandbox.refusals import refused

ACCOUNT, MANAGEMENT = "111111111111", "777766665555"


@pytest.fixture
def organizations(sandbox: Sandbox) -> Any:
    return sandbox.client("organizations", MANAGEMENT)


def ask(organizations: Any, email: str = "new@example.com", name: str = "new", **more: Any) -> str:
    made = organizations.create_account(Email=email, AccountName=name, **more)["CreateAccountStatus"]
    assert made["State"] == "IN_PROGRESS" and "AccountId" not in made and "Email" not in made
    return str(made["Id"])


def poll(organizations: Any, request: str) -> dict[str, Any]:
    status: dict[str, Any] = organizations.describe_create_account_status(CreateAccountRequestId=request)
    return dict(status["CreateAccountStatus"])


def ended(organizations: Any, request: str) -> dict[str, Any]:
    while (status := poll(organizations, request))["State"] == "IN_PROGRESS":
        pass
    return status


def test_account_is_there_only_once_its_request_has_succeeded(sandbox: Sandbox, organizations: Any) -> None:
    sandbox.account_creation(polls=2)
    request = ask(organizations, Tags=[{"Key": "cost", "Value": "7"}])
    assert [poll(organizations, request)["State"] for _ in range(2)] == ["IN_PROGRESS"] * 2
    assert "new" not in {one["Name"] for one in organizations.list_accounts()["Accounts"]}
    status = poll(organizations, request)
    assert status["State"] == "SUCCEEDED"
    (account,) = (one for one in organizations.list_accounts()["Accounts"] if one["Name"] == "new")
    assert (account["Id"], account["Email"], account["State"]) == (status["AccountId"], "new@example.com", "ACTIVE")
    tags = organizations.list_tags_for_resource(ResourceId=account["Id"])["Tags"]
    assert tags == [{"Key": "cost", "Value": "7"}]
    (parent,) = organizations.list_parents(ChildId=account["Id"])["Parents"]
    assert parent["Type"] == "ROOT"


@pytest.mark.parametrize(
    ("email", "reason"),
    [
        ("x+fails-account-limit-exceeded@example.com", "ACCOUNT_LIMIT_EXCEEDED"),
        ("x+fails-missing-payment-instrument@example.com", "MISSING_PAYMENT_INSTRUMENT"),
        ("x+fails-invalid-email@example.com", "INVALID_EMAIL"),
        (f"AWS+{ACCOUNT}@example.com", "EMAIL_ALREADY_EXISTS"),
    ],
)
def test_request_ends_in_a_reason(organizations: Any, email: str, reason: str) -> None:
    status = ended(organizations, ask(organizations, email))
    assert (status["State"], status["FailureReason"]) == ("FAILED", reason)
    assert [one["Id"] for one in organizations.list_create_account_status(States=["FAILED"])["CreateAccountStatuses"]]


def test_second_request_for_one_address_makes_no_second_account(organizations: Any) -> None:
    first, second = ask(organizations), ask(organizations)
    assert [ended(organizations, one)["State"] for one in (first, second)] == ["SUCCEEDED", "FAILED"]
    assert [one["Name"] for one in organizations.list_accounts()["Accounts"]].count("new") == 1


def test_no_more_than_five_are_in_progress(sandbox: Sandbox, organizations: Any) -> None:
    sandbox.account_creation(polls=100)
    for n in range(5):
        ask(organizations, f"n{n}@example.com")
    with refused("TooManyRequestsException"):
        organizations.create_account(Email="n6@example.com", AccountName="n6")


def test_connection_cut_after_the_effect_leaves_a_request_that_can_be_found(
    sandbox: Sandbox, organizations: Any
) -> None:
    sandbox.fault("cut_after", operation="CreateAccount", count=1)
    with pytest.raises((ConnectionClosedError, HTTPClientError)):
        organizations.create_account(Email="new@example.com", AccountName="new")
    (found,) = organizations.list_create_account_status()["CreateAccountStatuses"]
    assert (found["AccountName"], found["State"]) == ("new", "IN_PROGRESS")


def test_statuses_come_in_pages_and_an_unknown_one_is_told(sandbox: Sandbox, organizations: Any) -> None:
    sandbox.limit_pages(1)
    asked = {ask(organizations, f"n{n}@example.com") for n in range(3)}
    pages = organizations.get_paginator("list_create_account_status").paginate()
    assert {one["Id"] for page in pages for one in page["CreateAccountStatuses"]} == asked
    with refused("CreateAccountStatusNotFoundException"):
        poll(organizations, "car-" + "0" * 32)


def test_only_the_management_account_makes_and_moves_accounts(sandbox: Sandbox) -> None:
    member = sandbox.client("organizations", ACCOUNT)
    with refused("AccessDeniedException"):
        member.create_account(Email="new@example.com", AccountName="new")
    with refused("AccessDeniedException"):
        member.move_account(AccountId=ACCOUNT, SourceParentId="r-abcd", DestinationParentId="ou-abcd-abcdefgh")


def test_move_names_where_the_account_is_and_where_it_shall_be(sandbox: Sandbox, organizations: Any) -> None:
    (root,) = organizations.list_roots()["Roots"]
    (here,) = organizations.list_parents(ChildId=ACCOUNT)["Parents"]
    move = {"AccountId": ACCOUNT, "SourceParentId": here["Id"], "DestinationParentId": root["Id"]}
    for field, value, code in (
        ("AccountId", "000000000001", "AccountNotFoundException"),
        ("SourceParentId", root["Id"], "SourceParentNotFoundException"),
        ("DestinationParentId", "ou-zzzz-zzzzzzzz", "DestinationParentNotFoundException"),
        ("DestinationParentId", here["Id"], "DuplicateAccountException"),
    ):
        with refused(code):
            organizations.move_account(**{**move, field: value})
    organizations.move_account(**move)
    assert organizations.list_parents(ChildId=ACCOUNT)["Parents"][0]["Id"] == root["Id"]
    assert next(one["ou"] for one in sandbox.organisation()["accounts"] if one["id"] == ACCOUNT) == "/"


def test_role_of_a_new_account_trusts_the_management_account_only_and_is_not_known_at_once(
    sandbox: Sandbox, organizations: Any
) -> None:
    sandbox.account_creation(polls=0, role_after=30)
    made = ended(organizations, ask(organizations))["AccountId"]
    trust = sandbox.state(made)["roles"]["OrganizationAccountAccessRole"]["trust"]["Statement"]
    assert [one["Principal"] for one in trust] == [{"AWS": f"arn:aws:iam::{MANAGEMENT}:root"}]
    with refused("AccessDenied"):
        sandbox.client("sts", MANAGEMENT).assume_role(
            RoleArn=f"arn:aws:iam::{made}:role/OrganizationAccountAccessRole", RoleSessionName="bootstrap"
        )
