"""Looks, access checks, desired state and snapshot of one account."""

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from provisioning.core.desired import DesiredAccount, DesiredItem, Mode
from provisioning.models import Run
from provisioning.services.keep_at_payer import keep_at_payer
from provisioning.services.set_desired_state import set_desired_state
from tests import factories
from tests.api.conftest import As

ID = "000000000001"


@pytest.fixture
def operator(as_: As) -> APIClient:
    return as_("operator")


@pytest.mark.parametrize(("address", "kind"), [("looks", "look"), ("access-checks", "check")])
def test_asking_queues_a_run_and_says_where_it_is(operator: APIClient, address: str, kind: str) -> None:
    factories.account(ID)
    answer = operator.post(f"/api/v1/accounts/{ID}/{address}")
    run = Run.objects.get(kind=kind)
    assert (answer.status_code, answer["Location"]) == (202, f"/api/v1/runs/{run.pk}")
    assert (run.kind, run.state, run.requested_by) == (kind, "queued", "operator")
    assert operator.get(answer["Location"]).json() == answer.json()


@pytest.mark.parametrize("address", ["looks", "access-checks"])
def test_asking_again_answers_with_the_open_run(operator: APIClient, address: str) -> None:
    factories.account(ID)
    first = operator.post(f"/api/v1/accounts/{ID}/{address}")
    second = operator.post(f"/api/v1/accounts/{ID}/{address}")
    assert (second.status_code, second["Location"]) == (200, first["Location"])
    assert Run.objects.filter(kind=first.json()["kind"]).count() == 1


def test_look_at_a_suspended_account_is_a_conflict(operator: APIClient) -> None:
    factories.account(ID, state="suspended")
    answer = operator.post(f"/api/v1/accounts/{ID}/looks")
    assert (answer.status_code, Run.objects.count()) == (409, 0)
    assert "suspended" in answer.json()["detail"]


def test_look_takes_no_fields(operator: APIClient) -> None:
    factories.account(ID)
    answer = operator.post(f"/api/v1/accounts/{ID}/looks", {"force": True})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/force")


def test_desired_state_names_the_origin_of_each_item(operator: APIClient) -> None:
    factories.desired_state(factories.account(ID))
    body = operator.get(f"/api/v1/accounts/{ID}/desired-state").json()
    (item,) = body["items"]
    assert (body["generation"], body["failure"]) == (1, [])
    assert (item["kind"], item["name"], item["mode"]) == ("iam.group", "Developers", "enforce")
    assert (item["origins"][0]["baseline"], item["origins"][0]["version"]) == ("first", 1)


def test_desired_state_shows_what_the_payer_keeps_for_the_account(operator: APIClient) -> None:
    payer = factories.account("777766665555", is_management_account=True)
    account = factories.account(ID)
    kept = DesiredItem("budget", f"{ID}-all", {"type": "cost"}, Mode.ENFORCE, (factories.origin(member=ID),))
    set_desired_state(account_id=ID, desired=DesiredAccount((), at_payer=(kept,)), by="olga")
    keep_at_payer(member_id=ID, payer_id=payer.pk, items=[kept])
    body = operator.get(f"/api/v1/accounts/{account.pk}/desired-state").json()
    assert (body["items"], body["payer"]) == ([], payer.pk)
    assert [(one["name"], one["origins"][0]["member"]) for one in body["at_payer"]] == [(f"{ID}-all", ID)]
    assert operator.get(f"/api/v1/accounts/{ID}").json()["verdict"]["reason"] != "unassigned"


def test_desired_state_that_cannot_be_rendered_keeps_the_last_and_says_why(operator: APIClient) -> None:
    reasons = [{"pointer": "/resources", "message": "two baselines disagree"}]
    factories.desired_state(factories.account(ID), failure=reasons)
    body = operator.get(f"/api/v1/accounts/{ID}/desired-state").json()
    assert (body["generation"], body["failure"]) == (1, reasons)


def test_nothing_assigned_is_an_empty_desired_state(operator: APIClient) -> None:
    factories.account(ID)
    body = operator.get(f"/api/v1/accounts/{ID}/desired-state").json()
    assert (body["generation"], body["items"]) == (None, [])


def test_snapshot_tells_what_was_read_and_what_was_not(operator: APIClient) -> None:
    account = factories.account(ID)
    factories.snapshot(account, timezone.now().replace(year=2020))
    factories.snapshot(account)
    body = operator.get(f"/api/v1/accounts/{ID}/snapshot").json()
    assert body["sections"]["budgets"] == {"unreadable": "denied"}
    assert len(body["sections"]["iam.details"]["hash"]) == 64
    assert not body["last_seen_at"].startswith("2020")


def test_account_that_was_never_looked_at_has_no_snapshot(operator: APIClient) -> None:
    factories.account(ID)
    answer = operator.get(f"/api/v1/accounts/{ID}/snapshot")
    assert (answer.status_code, "not looked at yet" in answer.json()["detail"]) == (404, True)
