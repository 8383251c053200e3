"""Account requests over REST: every field in error is named, decisions name what was read, rows keep to their place."""

from typing import Any

import pytest
from django.conf import LazySettings
from rest_framework.test import APIClient

from accounts.account_request import AccountRequest
from tests.api.conftest import As

pytestmark = pytest.mark.django_db
URL = "/api/v1/account-requests"
BODY = {
    "name": "payments-dev",
    "email": "aws+payments-dev@example.com",
    "environment": "dev",
    "ou_path": "/workloads/dev",
    "owner_team": "payments",
    "tags": {"cost": "7"},
    "billing_access": "deny",
}


@pytest.fixture(autouse=True)
def set_up(settings: LazySettings) -> None:
    settings.FIRSTLINE = settings.FIRSTLINE.model_copy(
        update={
            "management_account_id": "777766665555",
            "organization_id": "o-a1b2c3d4e5",
            "external_id": "a-random-external-id",
        }
    )


def ask(client: APIClient, **other: Any) -> Any:
    return client.post(URL, {**BODY, **other})


def decide(client: APIClient, row: Any, verb: str, body: Any = None, seen: str | None = None) -> Any:
    address = f"{URL}/{row['id']}"
    seen = client.get(address)["ETag"] if seen is None else seen
    return client.post(f"{address}/{verb}", body or {}, headers={"If-Match": seen} if seen else {})


def test_request_is_made_shown_and_listed(as_: As) -> None:
    otto = as_("operator", "otto")
    answer = ask(otto)
    assert answer.status_code == 201 and answer["Location"] == f"{URL}/{answer.json()['id']}"
    assert {**answer.json(), **BODY} == answer.json()
    assert (answer.json()["state"], answer.json()["requested_by"]) == ("requested", "otto")
    rows = as_("viewer").get(URL, {"state": "requested", "environment": "dev"}).json()["results"]
    assert [row["id"] for row in rows] == [answer.json()["id"]]
    assert as_("viewer").get(URL, {"state": "nonsense"}).status_code == 400


def test_every_wrong_field_is_named_at_once(as_: As) -> None:
    wrong = {
        "name": "é",
        "email": "nobody",
        "environment": "moon",
        "ou_path": "workloads",
        "tags": {"aws:x": "1"},
        "billing_access": "maybe",
        "size": 1,
    }
    answer = as_("operator").post(URL, wrong)
    pointers = {error["pointer"] for error in answer.json()["errors"]}
    assert answer.status_code == 400
    assert pointers == {"/name", "/email", "/environment", "/ou_path", "/tags/aws:x", "/billing_access", "/size"}
    assert {error["pointer"] for error in as_("operator").post(URL, {}).json()["errors"]} >= {"/name", "/email"}


def test_second_request_for_an_address_is_a_conflict(as_: As) -> None:
    assert ask(as_("operator")).status_code == 201
    answer = ask(as_("operator"), email=BODY["email"].upper())  # type: ignore[attr-defined]
    assert (answer.status_code, answer.json()["code"]) == (409, "already_exists")


def test_decision_names_what_was_read(as_: As) -> None:
    row = ask(as_("operator")).json()
    paula = as_("approver", "paula")
    assert decide(paula, row, "approve", seen="").status_code == 428
    assert decide(paula, row, "approve", seen='"0.0"').status_code == 412
    done = decide(paula, row, "approve", {"comment": "budget is there"})
    assert (done.status_code, done.json()["state"], done.json()["decided_by"]) == (200, "approved", "paula")
    assert decide(paula, row, "reject").json()["code"] == "conflict"


def test_nobody_approves_their_own(as_: As) -> None:
    row = ask(as_("owner", "olga")).json()
    answer = decide(as_("owner", "olga"), row, "approve")
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


def test_same_key_makes_one_request(as_: As) -> None:
    otto = as_("operator")
    first, second = (otto.post(URL, BODY, headers={"Idempotency-Key": "k-1"}).json() for _ in range(2))
    assert first["id"] == second["id"] and AccountRequest.objects.count() == 1


def test_failed_one_is_corrected_and_one_in_doubt_is_resolved(as_: As) -> None:
    row = ask(as_("operator")).json()
    AccountRequest.objects.update(state="failed")
    again = decide(as_("operator"), row, "retry", {"email": "other@example.com"}).json()
    assert (again["state"], again["email"], again["corrected_by"]) == ("requested", "other@example.com", "operator")
    assert decide(as_("operator"), row, "retry", {"email": "x"}).status_code == 400
    AccountRequest.objects.update(state="in_doubt")
    paula = as_("approver", "paula")
    none = decide(paula, row, "resolve", {"account_id": None, "comment": "looked"}).json()
    assert (none["state"], none["failure"], none["way_on"]) == ("failed", "not_created", "retry")
    AccountRequest.objects.update(state="in_doubt")
    assert decide(paula, row, "resolve", {"comment": "looked"}).json()["errors"][0]["pointer"] == "/account_id"
    done = decide(paula, row, "resolve", {"account_id": "444444444444", "comment": "looked"})
    assert (done.json()["state"], done.json()["account_id"]) == ("created", "444444444444")


def test_cancelled_one_frees_its_address(as_: As) -> None:
    otto = as_("operator")
    row = ask(otto).json()
    assert decide(otto, row, "cancel", {"comment": "not needed"}).json()["state"] == "cancelled"
    assert ask(otto).status_code == 201


def test_where_it_is_not_set_up_it_says_what_to_do(as_: As, settings: LazySettings) -> None:
    settings.FIRSTLINE = settings.FIRSTLINE.model_copy(update={"organization_id": ""})
    answer = ask(as_("operator"))
    assert (answer.status_code, answer.json()["code"]) == (409, "not_set_up")
    assert "FIRSTLINE_ORGANIZATION_ID" in answer.json()["detail"]


def test_address_of_a_request_stands_in_no_event(as_: As) -> None:
    row = ask(as_("operator")).json()
    decide(as_("approver"), row, "approve")
    events = as_("owner").get("/api/v1/history").json()["results"]
    assert {event["verb"] for event in events} >= {"account_request.made", "account_request.approved"}
    assert "example.com" not in str(events)
