"""Organizations as discoveries read it: short pages, empty ones between, who may ask, and what is not there."""

from __future__ import annotations

from typing import Any

from sandbox.client import Sandbox
from tests.sandbox.refusals import refused

MANAGEMENT, HUB, ACCOUNT = "777766665555", "999988887777", "111111111111"


def pages(client: Any, operation: str, **given: Any) -> list[dict[str, Any]]:
    found = [getattr(client, operation)(**given)]
    while token := found[-1].get("NextToken"):
        found.append(getattr(client, operation)(**given, NextToken=token))
    return found


def test_lists_come_in_pages_of_twenty_at_most_with_an_empty_one_between(server: Sandbox) -> None:
    ids = [f"{number:012}" for number in range(1, 26)]
    server.organisation(accounts=[{"id": one, "ou": "/many", "firstline_roles": False} for one in ids])
    aws = server.client("organizations", MANAGEMENT)
    (root,) = aws.list_roots()["Roots"]
    many = next(
        unit["Id"]
        for page in pages(aws, "list_organizational_units_for_parent", ParentId=root["Id"])
        for unit in page["OrganizationalUnits"]
        if unit["Name"] == "many"
    )
    found = pages(aws, "list_accounts_for_parent", ParentId=many)
    assert [len(page["Accounts"]) for page in found] == [20, 0, 5]
    assert [one["Id"] for page in found for one in page["Accounts"]] == ids
    with refused("InvalidInputException"):
        aws.list_accounts_for_parent(ParentId=many, NextToken="made up")


def test_state_has_words_that_status_does_not_know(sandbox: Sandbox) -> None:
    aws = sandbox.client("organizations", MANAGEMENT)
    sandbox.set_status(ACCOUNT, "CLOSED")
    closed = aws.describe_account(AccountId=ACCOUNT)["Account"]
    assert (closed["State"], "Status" in closed) == ("CLOSED", False)
    assert aws.describe_account(AccountId=HUB)["Account"]["Status"] == "ACTIVE"


def test_only_the_management_account_and_delegated_administrators_read_it(sandbox: Sandbox) -> None:
    member = sandbox.client("organizations", HUB)
    with refused("AccessDeniedException"):
        member.list_roots()
    sandbox.client("organizations", MANAGEMENT).register_delegated_administrator(
        AccountId=HUB, ServicePrincipal="access-analyzer.amazonaws.com"
    )
    assert member.list_roots()["Roots"] and member.list_tags_for_resource(ResourceId=ACCOUNT)["Tags"] == []
    with refused("AccessDeniedException"):
        sandbox.client("organizations", ACCOUNT).list_roots()


def test_what_is_not_there_is_refused_by_name(sandbox: Sandbox) -> None:
    aws = sandbox.client("organizations", MANAGEMENT)
    with refused("ParentNotFoundException"):
        aws.list_accounts_for_parent(ParentId="ou-abcd-12345678")
    with refused("TargetNotFoundException"):
        aws.list_tags_for_resource(ResourceId="123412341234")
    with refused("PolicyNotFoundException"):
        aws.describe_policy(PolicyId="p-12345678")


def test_policies_hang_on_every_place_from_the_start(sandbox: Sandbox) -> None:
    aws = sandbox.client("organizations", MANAGEMENT)
    kind = {"Filter": "SERVICE_CONTROL_POLICY"}
    assert [one["Id"] for page in pages(aws, "list_policies", **kind) for one in page["Policies"]] == [
        "p-FullAWSAccess"
    ]
    targets = [
        one for page in pages(aws, "list_targets_for_policy", PolicyId="p-FullAWSAccess") for one in page["Targets"]
    ]
    assert {one["Type"] for one in targets} == {"ROOT", "ORGANIZATIONAL_UNIT", "ACCOUNT"}
    (found,) = aws.list_policies_for_target(TargetId=ACCOUNT, **kind)["Policies"]
    assert found["AwsManaged"] is True
