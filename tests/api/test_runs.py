"""Runs over REST."""

import pytest
from rest_framework.test import APIClient

from provisioning.models import Run, Write
from tests import factories
from tests.api.conftest import As

ID = "000000000001"


@pytest.fixture
def operator(as_: As) -> APIClient:
    return as_("operator")


@pytest.mark.parametrize("kind", ["look", "check"])
def test_run_is_asked_for_by_account_and_kind(operator: APIClient, kind: str) -> None:
    factories.account(ID)
    answer = operator.post("/api/v1/runs", {"account_id": ID, "kind": kind})
    assert (answer.status_code, answer["Location"]) == (202, f"/api/v1/runs/{Run.objects.get(kind=kind).pk}")
    assert operator.post("/api/v1/runs", {"account_id": ID, "kind": kind}).status_code == 200


def test_apply_is_not_asked_for(operator: APIClient) -> None:
    factories.account(ID)
    answer = operator.post("/api/v1/runs", {"account_id": ID, "kind": "apply"})
    assert answer.json()["errors"] == [
        {"pointer": "/kind", "detail": "Use look or check; an apply comes from approving a plan."}
    ]


def test_run_of_an_unknown_account_is_not_found(operator: APIClient) -> None:
    assert operator.post("/api/v1/runs", {"account_id": ID, "kind": "look"}).status_code == 404


def test_run_shows_its_writes_in_order(operator: APIClient) -> None:
    run = factories.run(factories.account(ID), kind="apply", aws_calls=21, outcome={"violations": []})
    for n, outcome in enumerate(["ok", "unknown"]):
        Write.objects.create(
            run=run, fence=1, n=n, kind="iam.group", name="Admins", service="iam", operation="CreateGroup",
            params={"GroupName": "Admins"}, outcome=outcome,
        )  # fmt: skip
    body = operator.get(f"/api/v1/runs/{run.pk}").json()
    assert [(write["operation"], write["outcome"]) for write in body["writes"]] == [
        ("CreateGroup", "ok"),
        ("CreateGroup", "unknown"),
    ]
    assert body["aws_calls"] == 21


def test_list_is_filtered_by_account_kind_and_state(operator: APIClient) -> None:
    one, other = factories.account(ID), factories.account("000000000002")
    wanted = factories.run(one, state="failed")
    factories.run(one)
    factories.run(one, state="failed", kind="check")
    factories.run(other, state="failed")
    rows = operator.get(f"/api/v1/runs?account={ID}&kind=look&state=failed").json()["results"]
    assert [row["id"] for row in rows] == [str(wanted.pk)]


def test_waiting_run_is_cancelled_at_once_and_an_ended_one_is_not(operator: APIClient) -> None:
    factories.account(ID)
    location = operator.post(f"/api/v1/accounts/{ID}/looks")["Location"]
    assert operator.post(f"{location}/cancel").json()["state"] == "cancelled"
    assert operator.post(f"{location}/cancel").status_code == 409
