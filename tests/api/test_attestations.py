"""Attestations over REST: made, found by what is due, withdrawn; odd input is refused with its place."""

from datetime import timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from provisioning.models import Attestation
from provisioning.models.attestation import today
from tests import factories
from tests.api.conftest import As
from tests.people import person

ID, OTHER = "000000000001", "000000000002"
ADDRESS = "/api/v1/attestations"


@pytest.fixture
def security(as_: As) -> APIClient:
    factories.account(ID)
    factories.account(OTHER)
    return as_("security_admin", "rosa")


def body(**given: Any) -> dict[str, Any]:
    return {
        "account_id": ID,
        "kind": "billing_access",
        "value": {"activated": True},
        "statement": "Seen on the Account page",
        "evidence": "https://wiki.example.com/billing",
        "review_on": (today() + timedelta(days=100)).isoformat(),
        **given,
    }


def post(client: APIClient, path: str = "", **given: Any) -> Any:
    return client.post(f"{ADDRESS}{path}", given or body(), format="json")


def test_attesting_answers_with_where_it_is(security: APIClient) -> None:
    answer = post(security)
    assert answer.status_code == 201
    made = security.get(answer["Location"]).json()
    assert made == answer.json()
    assert (made["by"], made["state"], made["name"], made["value"]) == (
        "rosa",
        "in_force",
        "account",
        {"activated": True},
    )


def test_lists_find_what_is_due_before_a_day_and_leave_out_what_ended(security: APIClient) -> None:
    first = post(security).json()["id"]
    second = post(security, **body(review_on=(today() + timedelta(days=10)).isoformat())).json()["id"]
    third = post(security, **body(account_id=OTHER)).json()["id"]

    def found(**query: str) -> list[str]:
        return [row["id"] for row in security.get(ADDRESS, query).json()["results"]]

    assert found() == [third, second, first]
    assert found(due_before=(today() + timedelta(days=11)).isoformat()) == [second]
    assert found(due_before=(today() + timedelta(days=200)).isoformat()) == [third, second]
    assert found(account=ID, state="superseded") == [first]
    assert found(state="in_force", kind="billing_access") == [third, second]
    Attestation.objects.filter(pk=second).update(review_on=today() - timedelta(days=1))
    assert (found(state="lapsed"), found(kind="iam.role")) == ([second], [])


@pytest.mark.parametrize("query", [{"due_before": "soon"}, {"state": "fine"}, {"due": "2027-01-01"}])
def test_filters_that_mean_nothing_are_refused(security: APIClient, query: dict[str, str]) -> None:
    answer = security.get(ADDRESS, query)
    assert (answer.status_code, [error["parameter"] for error in answer.json()["errors"]]) == (400, list(query))


def test_withdrawing_takes_a_reason_and_happens_once(security: APIClient) -> None:
    made = post(security).json()["id"]
    assert post(security, f"/{made}/withdraw", reason="").status_code == 400
    answer = post(security, f"/{made}/withdraw", reason="It was another account")
    assert (answer.status_code, answer.json()["state"]) == (200, "withdrawn")
    assert answer.json()["ended_reason"] == "It was another account"
    assert post(security, f"/{made}/withdraw", reason="again").status_code == 409


@pytest.mark.parametrize(
    ("given", "status", "pointer"),
    [
        ({"evidence": ""}, 400, "/evidence"),
        ({"evidence": "x" * 2001}, 400, "/evidence"),
        ({"statement": "two\nlines"}, 400, "/statement"),
        ({"statement": "turned \u202e round"}, 400, "/statement"),
        ({"review_on": "2027-02-30"}, 400, "/review_on"),
        ({"review_on": "9999-12-31"}, 422, "/review_on"),
        ({"value": []}, 400, "/value"),
        ({"value": {"activated": {"a": 1}}}, 422, "/value/activated"),
        ({"kind": "iam.role"}, 422, "/kind"),
        ({"kind": "../x"}, 422, "/kind"),
        ({"by": "somebody else"}, 400, "/by"),
        ({"account_id": "12"}, 400, "/account_id"),
    ],
)
def test_wrong_fields_are_refused_with_their_place(
    security: APIClient, given: dict[str, Any], status: int, pointer: str
) -> None:
    answer = post(security, **body(**given))
    assert (answer.status_code, [error["pointer"] for error in answer.json()["errors"]]) == (status, [pointer])
    assert not Attestation.objects.exists()


def test_account_that_is_not_there_is_not_found(security: APIClient) -> None:
    assert post(security, **body(account_id="000000000009")).status_code == 404


def test_drift_of_what_only_people_know_names_its_runbook(security: APIClient) -> None:
    of = factories.account("000000000003")
    row = factories.drift(of, kind="billing_access", name="account", path="", remedy="person", reason="not_attested")
    told = security.get(f"/api/v1/drift/{row.pk}").json()["responsibility"]
    assert (told["who"], told["runbook"]) == ("person", "docs/runbooks/billing-access.md")


def test_people_see_and_touch_the_attestations_of_their_accounts_only(security: APIClient) -> None:
    own, others = (post(security, **body(account_id=one)).json()["id"] for one in (ID, OTHER))
    client = APIClient()
    client.force_login(person("tara", "security_admin", scope=f"account:{ID}"))
    assert [row["id"] for row in client.get(ADDRESS).json()["results"]] == [own]
    assert client.get(f"{ADDRESS}/{others}").status_code == 404
    assert post(client, f"/{others}/withdraw", reason="not mine").status_code == 404
    assert post(client, **body(account_id=OTHER)).status_code == 404
    assert post(client, **body()).status_code == 201
