"""Accounts over REST."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import Account
from history.models import Event
from tests import factories
from tests.api.conftest import As

NEW = {"account_id": "012345678901", "name": "dev one", "environment": "dev", "ou_path": "/workloads/dev"}


@pytest.fixture
def operator(as_: As) -> APIClient:
    return as_("operator", "otto")


def post(client: APIClient, body: Any, path: str = "") -> Any:
    return client.post(f"/api/v1/accounts{path}", body)


def places(answer: Any) -> set[str]:
    return {error["pointer"] for error in answer.json()["errors"]}


def test_registered_account_is_due_now_and_recorded(operator: APIClient) -> None:
    answer = post(operator, NEW)
    assert answer.status_code == 201
    assert answer["Location"] == "/api/v1/accounts/012345678901"
    assert answer.json()["verdict"] == {"verdict": "unassigned", "reason": "no_assignment", "age_seconds": None}
    account = Account.objects.get()
    assert (account.registered_by, account.state) == ("otto", "registered")
    assert (account.check_due_at <= timezone.now(), account.next_due_at) == (True, None)
    event = Event.objects.get(verb="account.registered")
    assert (event.actor, event.account_id) == ("otto", "012345678901")


def test_leading_zero_is_kept(operator: APIClient) -> None:
    post(operator, NEW)
    assert operator.get("/api/v1/accounts/012345678901").json()["account_id"] == "012345678901"


@pytest.mark.parametrize(
    "account_id", ["", "12345678901", "1234567890123", "12345678901a", "١٢٣٤٥٦٧٨٩٠١٢", 123456789012, None]
)
def test_account_id_that_is_not_12_digits_is_refused_with_an_example(operator: APIClient, account_id: Any) -> None:
    answer = post(operator, {**NEW, "account_id": account_id})
    assert answer.status_code == 400
    assert answer.json()["errors"] == [
        {"pointer": "/account_id", "detail": 'An AWS account id is 12 digits, e.g. "012345678901".'}
    ]
    assert not Account.objects.exists()


def test_every_error_is_told_at_once(operator: APIClient) -> None:
    wrong = {
        "account_id": "1",
        "environment": "production",
        "ou_path": "workloads/",
        "tags": {"a": 1, "b": "two\nlines"},
        "state": "managed",
        "paused": True,
    }
    answer = post(operator, wrong)
    assert answer["Content-Type"] == "application/problem+json"
    assert places(answer) == {"/account_id", "/name", "/environment", "/ou_path", "/tags/b", "/state", "/paused"}


def test_account_of_another_partition_is_refused(operator: APIClient) -> None:
    answer = post(operator, {**NEW, "partition": "aws-cn"})
    assert places(answer) == {"/partition"}
    assert "one installation serves one partition" in answer.json()["errors"][0]["detail"]


def test_registering_twice_is_a_conflict_that_changes_nothing(operator: APIClient) -> None:
    post(operator, NEW)
    answer = post(operator, {**NEW, "name": "another name"})
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert Account.objects.get().name == "dev one"
    assert Event.objects.filter(verb="account.registered").count() == 1


def test_bulk_registers_what_is_right_and_tells_the_outcome_of_every_row(operator: APIClient) -> None:
    factories.account("000000000001")
    rows = [
        {**NEW, "account_id": "000000000001"},
        {**NEW, "account_id": "000000000002"},
        {**NEW, "account_id": "3", "environment": "moon"},
        {**NEW, "account_id": "000000000002", "name": "again"},
        "not an object",
    ]
    answer = post(operator, rows, "/bulk")
    assert answer.status_code == 200
    body = answer.json()
    assert (body["created"], body["refused"]) == (1, 4)
    assert [row["outcome"] for row in body["results"]] == ["exists", "created", "refused", "refused", "refused"]
    assert {error["pointer"] for error in body["results"][2]["errors"]} == {"/2/account_id", "/2/environment"}
    assert Account.objects.get(pk="000000000002").name == "dev one"
    assert Account.objects.count() == 2


@pytest.mark.parametrize("body", [[], {}, {"accounts": []}, [NEW] * 5001])
def test_bulk_takes_a_list_of_1_to_5000(operator: APIClient, body: Any) -> None:
    answer = post(operator, body, "/bulk")
    assert answer.status_code == 400
    assert "1 to 5000" in answer.json()["errors"][0]["detail"]


def test_external_id_is_never_shown(operator: APIClient) -> None:
    shown = post(operator, {**NEW, "external_id": "s3cret-external-id"})
    changed = operator.patch("/api/v1/accounts/012345678901", {"external_id": "an0ther-external-id"})
    refused = operator.patch("/api/v1/accounts/012345678901", {"external_id": "not allowed external id"})
    assert shown.json()["has_own_external_id"] is True
    for answer in (shown, changed, refused, operator.get("/api/v1/accounts"), operator.get("/api/v1/history")):
        assert "external-id" not in answer.content.decode()
        assert "allowed external" not in answer.content.decode()
    assert Account.objects.get().external_id == "an0ther-external-id"


def test_moved_account_is_due_and_both_places_are_recorded(operator: APIClient) -> None:
    later = timezone.now() + timedelta(hours=1)
    factories.account("000000000001", next_due_at=later)
    answer = operator.patch("/api/v1/accounts/000000000001", {"ou_path": "/workloads/prod", "environment": "prod"})
    assert answer.json()["environment"] == "prod"
    assert Account.objects.get().next_due_at < later
    event = Event.objects.get(verb="account.updated")
    assert event.before == {"environment": "dev", "ou_path": "/workloads/dev"}
    assert event.after == {"environment": "prod", "ou_path": "/workloads/prod"}


def test_change_that_changes_nothing_is_not_recorded(operator: APIClient) -> None:
    factories.account("000000000001", name="same")
    assert operator.patch("/api/v1/accounts/000000000001", {"name": "same"}).status_code == 200
    assert not Event.objects.filter(verb="account.updated").exists()


@pytest.mark.parametrize("field", ["account_id", "partition", "state", "paused", "registered_by", "next_due_at"])
def test_field_that_is_not_to_be_changed_is_refused(operator: APIClient, field: str) -> None:
    factories.account("000000000001")
    answer = operator.patch("/api/v1/accounts/000000000001", {field: "left"})
    assert (answer.status_code, places(answer)) == (400, {f"/{field}"})


def test_account_detail_says_what_its_verdict_rests_on(operator: APIClient) -> None:
    account = factories.account("000000000001")
    factories.desired_state(account)
    look = factories.run(account, finished_at=timezone.now() - timedelta(minutes=5))
    factories.drift(account)
    factories.drift(account, remedy="person")
    factories.drift(account, state="resolved")
    body = operator.get("/api/v1/accounts/000000000001").json()
    assert (body["verdict"]["verdict"], body["verdict"]["reason"]) == ("drifted", "open_drift")
    assert 300 <= body["verdict"]["age_seconds"] < 3600
    assert body["kinds"]["iam.group"]["verdict"] == "drifted"
    assert body["open_drifts"] == {"auto": 1, "person": 1, "none": 0}
    assert body["last_look"]["id"] == str(look.pk)


@pytest.mark.parametrize("account_id", ["1", "12345678901x", "%00", "0000000000011", "..", "%E0%A0"])
def test_address_that_is_no_account_id_says_what_one_is(operator: APIClient, account_id: str) -> None:
    answer = operator.get(f"/api/v1/accounts/{account_id}")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert "12 digits" in answer.json()["detail"]


def test_account_that_is_not_registered_says_so(operator: APIClient) -> None:
    answer = operator.get("/api/v1/accounts/000000000009")
    assert (answer.status_code, answer.json()["detail"]) == (
        404,
        "There is no account 000000000009; register it first.",
    )


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("environment=prod", ["3"]),
        ("ou=/workloads", ["1", "2", "3"]),
        ("ou=/workloads/dev", ["1"]),
        ("ou=/workloads/dev/", ["1"]),
        ("ou=/", ["1", "2", "3", "4"]),
        ("ou=/work%25", []),
        ("state=proven", ["2"]),
        ("owner_team=red", ["4"]),
        ("paused=true", ["1"]),
        ("paused=false&ou=/workloads", ["2", "3"]),
        ("verdict=unassigned", ["1", "2", "4"]),
        ("verdict=unknown", ["3"]),
        ("verdict=unknown&environment=dev", []),
    ],
)
def test_list_shows_what_was_asked_for(operator: APIClient, query: str, expected: list[str]) -> None:
    factories.account("000000000001", ou_path="/workloads/dev", paused=True)
    factories.account("000000000002", ou_path="/workloads/development", state="proven")
    factories.desired_state(factories.account("000000000003", ou_path="/workloads/prod", environment="prod"))
    factories.account("000000000004", ou_path="/", owner_team="red")
    rows = operator.get(f"/api/v1/accounts?{query}").json()["results"]
    assert [row["account_id"].lstrip("0") for row in rows] == expected


def test_pause_and_resume_of_one_account(operator: APIClient) -> None:
    factories.account("000000000001")
    paused = post(operator, {"reason": "migration"}, "/000000000001/pause")
    assert (paused.json()["paused"], paused.json()["pause_reason"]) == (True, "migration")
    assert post(operator, {"reason": "again"}, "/000000000001/pause").status_code == 409
    assert post(operator, None, "/000000000001/resume").json()["paused"] is False
    assert set(Event.objects.values_list("verb", flat=True)) >= {"account.paused", "account.resumed"}


def test_pause_wants_a_reason(operator: APIClient) -> None:
    factories.account("000000000001")
    assert places(post(operator, {"reason": " "}, "/000000000001/pause")) == {"/reason"}
    assert places(post(operator, {}, "/000000000001/pause")) == {"/reason"}
