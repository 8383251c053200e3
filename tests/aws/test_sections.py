"""AWS's answers in the shapes of a snapshot: odd, missing and volatile parts."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from provisioning.aws import budget_sections, iam_sections
from provisioning.aws.timestamps import parse_aws_timestamp
from provisioning.core.plain import canonical, digest

CREATED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
POLICY = {"Arn": "arn:aws:iam::111111111111:policy/team/Guard", "Path": "/team/", "DefaultVersionId": "v10"}


def only(kind: str, page: dict[str, Any]) -> dict[str, Any]:
    (found,) = iam_sections.details_page(page)[kind]
    return dict(found)


def role(**more: Any) -> dict[str, Any]:
    return {"RoleDetailList": [{"RoleName": "r", "Arn": "arn:r", "RoleId": "AROA1", "Path": "/", **more}]}


def test_empty_lists_may_be_missing() -> None:
    user = only("users", {"UserDetailList": [{"UserName": "ann", "Arn": "arn:ann"}]})
    assert user == {
        "name": "ann",
        "path": "/",
        "arn": "arn:ann",
        "id": "",
        "groups": [],
        "attached": [],
        "inline": {},
        "boundary": None,
        "tags": {},
    }


def test_policy_without_a_name_is_named_by_its_arn() -> None:
    assert only("policies", {"Policies": [POLICY]})["name"] == "Guard"


def test_versions_are_ordered_by_age_not_by_text() -> None:
    versions = [{"VersionId": name, "Document": {}, "CreateDate": CREATED} for name in ("v10", "v2", "v9")]
    found = only("policies", {"Policies": [{**POLICY, "PolicyVersionList": versions}]})["versions"]
    assert [version["id"] for version in found] == ["v2", "v9", "v10"]
    assert found[0] == {"id": "v2", "document": "{}", "created_at": "2026-01-02T03:04:05+00:00"}


def test_order_in_which_aws_lists_things_does_not_show() -> None:
    attached = [{"PolicyArn": "arn:b"}, {"PolicyArn": "arn:a"}]
    inline = [{"PolicyName": "z", "PolicyDocument": {"b": 1, "a": 2}}, {"PolicyName": "y", "PolicyDocument": {}}]
    tags = [{"Key": "b", "Value": "2"}, {"Key": "a", "Value": "1"}]
    there = role(AttachedManagedPolicies=attached, RolePolicyList=inline, Tags=tags)
    back = role(AttachedManagedPolicies=attached[::-1], RolePolicyList=inline[::-1], Tags=tags[::-1])
    assert json.dumps(only("roles", there)) == json.dumps(only("roles", back))
    assert only("roles", there)["inline"] == {"y": "{}", "z": '{"a":2,"b":1}'}


def test_volatile_values_are_facts_and_in_no_body() -> None:
    used = {"LastUsedDate": CREATED, "Region": "eu-west-1"}
    page = role(RoleLastUsed=used) | {"Policies": [{**POLICY, "AttachmentCount": 3}]}
    quiet = role() | {"Policies": [{**POLICY, "AttachmentCount": 4}]}
    assert iam_sections.details_page(page) == iam_sections.details_page(quiet)
    facts = iam_sections.details_facts_page(page)
    assert facts["roles"]["r"] == {"last_used_at": CREATED.isoformat(), "last_used_region": "eu-west-1"}
    assert facts["policies"][POLICY["Arn"]]["attachments"] == 3


def test_boundary_and_instance_profiles_of_a_role() -> None:
    profile = {"InstanceProfileName": "p", "Path": "/x/", "Roles": [{"RoleName": "r"}]}
    found = only(
        "roles", role(PermissionsBoundary={"PermissionsBoundaryArn": "arn:guard"}, InstanceProfileList=[profile])
    )
    assert found["boundary"] == "arn:guard"
    assert found["instance_profiles"] == [{"name": "p", "path": "/x/", "roles": ["r"]}]


def test_entity_that_moved_between_two_pages_counts_once() -> None:
    page = iam_sections.details_page(role())
    assert len(iam_sections.details_body([page, page])["roles"]) == 1


def test_document_that_is_no_json_stays_as_it_came() -> None:
    assert iam_sections.document_text("not%20json") == "not%20json"
    assert iam_sections.document_text(None) == ""


@pytest.mark.parametrize("text", ["\ud800", "é", "\x00", "emoji 🙂"])
def test_any_document_can_be_digested(text: str) -> None:
    written = iam_sections.document_text({"Sid": text})
    assert json.loads(written) == {"Sid": text}
    assert digest({"document": written})


def test_ordinary_documents_are_the_canonical_text() -> None:
    document = {"Statement": [{"Resource": "é", "Effect": "Allow"}], "Version": "2012-10-17"}
    assert iam_sections.document_text(document) == canonical(document)


def test_role_without_description_has_an_empty_one() -> None:
    body = iam_sections.roles_body(
        [iam_sections.roles_page({"Roles": [{"RoleName": "r", "MaxSessionDuration": 7200}]})]
    )
    assert body == {"roles": [{"name": "r", "description": "", "max_session_seconds": 7200}]}


def test_budget_keeps_fields_we_have_no_name_for_and_no_volatile_one() -> None:
    budget = {
        "BudgetName": "b",
        "TimePeriod": {"Start": CREATED, "End": CREATED.astimezone(timezone(timedelta(hours=9)))},
        "AutoAdjustData": {"AutoAdjustType": "HISTORICAL", "LastAutoAdjustTime": CREATED},
        "CalculatedSpend": {"ActualSpend": {"Amount": "1", "Unit": "USD"}},
        "LastUpdatedTime": CREATED,
        "HealthStatus": {"Status": "HEALTHY", "LastUpdatedTime": CREATED},
        "NewIn2030": {"x": 1},
    }
    (kept,) = budget_sections.budgets_page({"Budgets": [budget]})
    assert kept == {
        "BudgetName": "b",
        "TimePeriod": {"Start": CREATED.isoformat(), "End": CREATED.isoformat()},
        "AutoAdjustData": {"AutoAdjustType": "HISTORICAL"},
        "NewIn2030": {"x": 1},
    }
    assert budget_sections.budgets_facts_page({"Budgets": [budget]})["b"]["LastUpdatedTime"] == CREATED.isoformat()


def test_notifications_of_a_budget_spread_over_pages_are_joined_and_stateless() -> None:
    def page(threshold: float, state: str) -> dict[str, list[dict[str, Any]]]:
        item = {"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": threshold}
        entry = {"BudgetName": "b", "Notifications": [item | {"NotificationState": state}]}
        return budget_sections.notifications_page({"BudgetNotificationsForAccount": [entry]})

    one, other = page(50, "OK"), page(80.0, "ALARM")
    body = budget_sections.notifications_body([one, other])
    assert body == budget_sections.notifications_body([other, one])
    assert [item["Threshold"] for item in body["notifications"]["b"]] == [50.0, 80.0]
    assert page(50, "OK") == page(50.0, "ALARM")


@pytest.mark.parametrize(
    "value",
    [
        "2026-01-02T03:04:05Z",
        "2026-01-02T03:04:05+00:00",
        "2026-01-02T12:04:05+09:00",
        "2026-01-02T03:04:05",
        "20260102T030405Z",
        "Fri, 02 Jan 2026 03:04:05 GMT",
        1767323045,
        1767323045.0,
    ],
)
def test_every_form_of_time_is_read_in_utc(value: Any) -> None:
    assert parse_aws_timestamp(value) == CREATED
    assert parse_aws_timestamp(value).isoformat() == CREATED.isoformat()


def test_text_that_is_no_time_is_refused() -> None:
    with pytest.raises(ValueError, match="Invalid timestamp"):
        parse_aws_timestamp("someTime")
