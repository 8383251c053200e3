"""Access verifications over REST."""

import csv
import io

import pytest
from rest_framework.test import APIClient

from provisioning.models import Run
from tests import factories
from tests.api.conftest import As

URL = "/api/v1/access-verifications"


@pytest.fixture
def operator(as_: As) -> APIClient:
    return as_("operator", "otto")


def asked(operator: APIClient) -> str:
    """Three accounts: one entered, one refused, one waiting; the address of their verification."""
    factories.account("000000000001", name="=cmd()", ou_path="/workloads/dev")
    factories.account("000000000002", ou_path="/workloads", state="registered", apply_role="untested")
    factories.account("000000000003", ou_path="/workloads", state="awaiting_role")
    factories.account("000000000004", ou_path="/other")
    answer = operator.post(URL, {"selector": {"ou": "/workloads"}})
    assert answer.status_code == 202
    ends = {"000000000001": ("done", ""), "000000000002": ("unreachable", "cannot_enter")}
    for account_id, (state, reason) in ends.items():
        causes = {"causes": ["The role does not exist. Test: …"] if reason else []}
        message = "it can't be entered" if reason else ""
        Run.objects.filter(account_id=account_id).update(
            state=state, reason_code=reason, message=message, outcome=causes
        )
    return str(answer["Location"])


def test_progress_and_counts_by_role_and_reason(operator: APIClient) -> None:
    body = operator.get(asked(operator)).json()
    assert (body["accounts"], body["waiting"], body["is_done"], body["requested_by"]) == (3, 1, False, "otto")
    assert body["entered"] == 1
    assert body["look_role"] == {
        "waiting": 1,
        "entered": 1,
        "external_id_not_required": 0,
        "refused": 1,
        "unknown": 0,
    }
    assert (body["reasons"], body["selector"]) == ({"cannot_enter": 2}, {"ou": "/workloads"})
    assert operator.get(URL).json()["results"][0] == body


@pytest.mark.parametrize(("query", "expected"), [("", "123"), ("?entered=false", "2"), ("?entered=true", "1")])
def test_the_table_is_a_list_like_every_other(operator: APIClient, query: str, expected: str) -> None:
    rows = operator.get(f"{asked(operator)}/accounts{query}").json()["results"]
    assert [row["account_id"][-1] for row in rows] == list(expected)
    refused = [row for row in rows if row["entered"] is False]
    assert all(row["look_role"]["causes"] and row["look_role"]["outcome"] == "refused" for row in refused)


def test_the_csv_runs_no_formula_and_holds_a_line_for_each_role(operator: APIClient) -> None:
    answer = operator.get(f"{asked(operator)}/csv", HTTP_ACCEPT="text/csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8" and "attachment" in answer["Content-Disposition"]
    lines = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert len(lines) == 6 and lines[0]["name"] == "'=cmd()"
    assert {(line["role"], line["outcome"]) for line in lines[2:4]} == {("look", "refused"), ("apply", "refused")}
    assert lines[2]["causes"].startswith("1. The role does not exist")


@pytest.mark.parametrize(
    ("selector", "places"),
    [
        (None, {"/selector"}),
        ([], {"/selector"}),
        ({}, {"/selector"}),
        ({"ou": "x", "colour": "red"}, {"/selector/ou", "/selector/colour"}),
        ({"all": True, "environment": "dev"}, {"/selector/all"}),
    ],
)
def test_a_selector_that_selects_nothing_is_refused(operator: APIClient, selector: object, places: set[str]) -> None:
    answer = operator.post(URL, {"selector": selector})
    assert (answer.status_code, {error["pointer"] for error in answer.json()["errors"]}) == (400, places)


def test_selecting_no_account_is_a_conflict(operator: APIClient) -> None:
    assert operator.post(URL, {"selector": {"all": True}}).status_code == 409
