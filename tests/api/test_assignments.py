"""Assignments over REST: made, moved, ended, and which accounts they reach."""

from functools import partial
from typing import Any

import pytest
from rest_framework.test import APIClient

from iam_templates.models import Assignment
from provisioning.models import DesiredHead
from tests.api.conftest import As
from tests.factories import account
from tests.iam_templates.cast import assigned, draft, group, published

ASSIGNMENTS = "/api/v1/assignments"
NEW = {"baseline": "first", "version": 1, "selector": "environment", "value": "dev"}
WITH_PARAMETERS: dict[str, Any] = group(members="{{ people }}") | {
    "parameters": {"people": {"type": "names", "required": True}, "limit": {"type": "decimal", "default": "1"}}
}


@pytest.fixture
def operator(as_: As) -> APIClient:
    return as_("operator")


def pointers(answer: Any, status: int = 422) -> set[str]:
    assert answer.status_code == status, answer.content
    return {error["pointer"] for error in answer.json()["errors"]}


def test_a_version_is_assigned_and_its_accounts_rendered(operator: APIClient) -> None:
    one = account()
    published()
    answer = operator.post(ASSIGNMENTS, NEW | {"mode": {"default": "enforce"}})
    assert answer.status_code == 201, answer.content
    body = answer.json()
    assert answer["Location"] == f"{ASSIGNMENTS}/{body['id']}"
    assert (body["baseline"], body["version"], body["accounts"], body["created_by"]) == ("first", 1, 1, "operator")
    assert body["mode"] == {"default": "enforce", "kinds": {}, "items": {}}
    assert operator.get(answer["Location"]).json() == body
    assert DesiredHead.objects.get(pk=one.pk).current.data["items"][0]["name"] == "Developers"


@pytest.mark.parametrize(
    ("body", "status", "wanted"),
    [
        ({}, 400, {"/baseline", "/version", "/selector", "/value"}),
        (NEW | {"ended_at": None, "colour": 1}, 400, {"/ended_at", "/colour"}),
        (NEW | {"version": "x"}, 400, {"/version"}),
        (NEW | {"version": 0}, 400, {"/version"}),
        (NEW | {"version": 10**18}, 400, {"/version"}),
        (NEW | {"selector": "planet"}, 400, {"/selector"}),
        (NEW | {"parameters": []}, 400, {"/parameters"}),
        (NEW | {"mode": "enforce"}, 400, {"/mode"}),
        (NEW | {"version": 2}, 422, {"/version"}),
        (NEW | {"value": "moon"}, 422, {"/value"}),
        (NEW, 422, {"/parameters/people"}),
        (
            NEW | {"parameters": {"people": "ann", "limit": 3, "else": 1}},
            422,
            {"/parameters/people", "/parameters/limit", "/parameters/else"},
        ),
        (NEW | {"parameters": {"people": ["*"]}}, 422, {"/parameters/people"}),
        (NEW | {"parameters": {"people": []}, "mode": {"default": "enforce_and_prune"}}, 422, {"/mode/default"}),
        (NEW | {"parameters": {"people": []}, "mode": {"kinds": {"iam.cat": "x"}}}, 422, {"/mode/kinds/iam.cat"}),
    ],
)
def test_bad_input_is_refused_with_every_pointer(
    operator: APIClient, body: dict[str, Any], status: int, wanted: set[str]
) -> None:
    published(content=WITH_PARAMETERS)
    assert pointers(operator.post(ASSIGNMENTS, body), status) == wanted
    assert not Assignment.objects.exists()


def test_a_draft_can_not_be_assigned(operator: APIClient) -> None:
    draft()
    assert pointers(operator.post(ASSIGNMENTS, NEW)) == {"/version"}


def test_a_conflict_names_both_and_where(operator: APIClient) -> None:
    account()
    assigned(published(content=group(path="/a/")))
    published("second", group(path="/b/"))
    answer = operator.post(ASSIGNMENTS, NEW | {"baseline": "second"})
    assert pointers(answer) == {"/resources/iam.group/Developers/path"}
    assert answer.json()["code"] == "conflicting_declarations"
    detail = answer.json()["errors"][0]["detail"]
    assert "first v1" in detail
    assert "second v1" in detail


def test_assignments_are_listed_newest_first_and_filtered(operator: APIClient) -> None:
    account("000000000001")
    first = assigned(published())
    second = assigned(published("second", group("Others")), "ou", "/x")
    operator.post(f"{ASSIGNMENTS}/{first.id}/end", HTTP_IF_MATCH="*")

    def found(query: str) -> list[str]:
        return [row["id"] for row in operator.get(f"{ASSIGNMENTS}?{query}").json()["results"]]

    assert found("") == [str(second.id), str(first.id)]
    assert found("live=true") == found("selector=ou") == found("baseline=second") == [str(second.id)]
    assert found("live=false") == found("value=dev") == [str(first.id)]
    assert found("version=2") == []


@pytest.mark.parametrize("query", ["colour=red", "selector=planet", "version=x", "version=99999999999999999999"])
def test_a_wrong_filter_is_refused(operator: APIClient, query: str) -> None:
    assert operator.get(f"{ASSIGNMENTS}?{query}").status_code == 400


def test_an_assignment_is_moved(operator: APIClient) -> None:
    account()
    row = assigned(published())
    published(content=WITH_PARAMETERS)
    move = partial(operator.post, f"{ASSIGNMENTS}/{row.id}/move", HTTP_IF_MATCH="*")
    assert pointers(move({"version": 2})) == {"/parameters/people"}
    answer = move({"version": 2, "parameters": {"people": ["ann"]}, "mode": {"default": "enforce"}})
    assert answer.status_code == 200, answer.content
    assert (answer.json()["version"], answer.json()["mode"]["default"]) == (2, "enforce")
    assert pointers(move({"selector": "ou"}), 400) == {"/selector"}
    assert move({}).status_code == 400


def test_an_assignment_is_ended_once(operator: APIClient) -> None:
    one = account()
    row = assigned(published())
    answer = operator.post(f"{ASSIGNMENTS}/{row.id}/end", HTTP_IF_MATCH="*")
    assert (answer.status_code, answer.json()["ended_by"]) == (200, "operator")
    assert DesiredHead.objects.get(pk=one.pk).current.data["items"] == []
    again = operator.post(f"{ASSIGNMENTS}/{row.id}/end", HTTP_IF_MATCH="*")
    assert (again.status_code, again.json()["code"]) == (409, "already_ended")
    assert operator.post(f"{ASSIGNMENTS}/{row.id}/move", {"version": 1}, HTTP_IF_MATCH="*").status_code == 409


def test_the_accounts_reached_are_shown_with_how_far_they_are(operator: APIClient) -> None:
    done, failed = account("000000000001"), account("000000000002")
    account("000000000003", environment="prod")
    row = assigned(published())
    DesiredHead.objects.filter(pk=failed.pk).update(failure=[{"pointer": "", "message": "x"}])
    fresh = account("000000000004")
    rows = operator.get(f"{ASSIGNMENTS}/{row.id}/accounts").json()["results"]
    assert [(found["account_id"], found["rendering"]) for found in rows] == [
        (done.pk, "done"),
        (failed.pk, "failed"),
        (fresh.pk, "due"),
    ]


def test_an_unknown_assignment_is_not_found(operator: APIClient) -> None:
    unknown = f"{ASSIGNMENTS}/00000000-0000-4000-8000-000000000000"
    for answer in (
        operator.get(unknown),
        operator.get(f"{unknown}/accounts"),
        operator.post(f"{unknown}/end", HTTP_IF_MATCH="*"),
        operator.post(f"{unknown}/move", {"version": 1}, HTTP_IF_MATCH="*"),
        operator.get(f"{ASSIGNMENTS}/not-an-id"),
    ):
        assert answer.status_code == 404


def test_a_viewer_may_look_and_nothing_else(as_: As) -> None:
    row = assigned(published())
    viewer = as_("viewer")
    assert viewer.get(ASSIGNMENTS).status_code == 200
    for answer in (
        viewer.post(ASSIGNMENTS, NEW),
        viewer.post(f"{ASSIGNMENTS}/{row.id}/end", HTTP_IF_MATCH="*"),
        viewer.post(f"{ASSIGNMENTS}/{row.id}/move", {"version": 1}, HTTP_IF_MATCH="*"),
        as_("approver").post(ASSIGNMENTS, NEW),
    ):
        assert answer.status_code == 403
