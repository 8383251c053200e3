"""The fleet and the history over REST."""

import uuid

import pytest
from rest_framework.test import APIClient

from history.models import Event
from history.services.record import record
from provisioning.models import FleetPause
from tests import factories
from tests.api.conftest import As


def test_fleet_counts_accounts_by_verdict(as_: As) -> None:
    plain, drifted = factories.account(), factories.account(paused=True)
    factories.desired_state(drifted)
    factories.run(drifted)
    factories.drift(drifted)
    factories.plan(plain)
    body = as_("viewer").get("/api/v1/fleet").json()
    assert (body["accounts"], body["paused_accounts"], body["plans_waiting"], body["pause"]) == (2, 1, 1, None)
    assert body["verdicts"] == {"unassigned": 1, "unknown": 0, "drifted": 1, "attention": 0, "in_sync": 0}
    assert body["open_drifts"] == {"auto": 1, "person": 0, "none": 0}


def test_fleet_is_paused_and_resumed_with_who_and_why(as_: As) -> None:
    approver = as_("approver", "ada")
    paused = approver.post("/api/v1/fleet/pause", {"reason": "incident 12"}).json()["pause"]
    assert (paused["by"], paused["reason"]) == ("ada", "incident 12")
    assert approver.post("/api/v1/fleet/pause", {"reason": "again"}).status_code == 409
    assert approver.post("/api/v1/fleet/resume").json()["pause"] is None
    assert approver.post("/api/v1/fleet/resume").status_code == 409
    assert not FleetPause.objects.exists()


@pytest.fixture
def events(db: None) -> list[Event]:
    run_id, plan_id = uuid.UUID(int=1), uuid.UUID(int=2)
    return [
        record(actor="ann", verb="run.requested", account_id="000000000001", run_id=run_id),
        record(actor="bob", verb="plan.approved", account_id="000000000002", plan_id=plan_id, after={"a": [1]}),
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("actor=bob", [1]),
        ("verb=run.requested", [0]),
        ("account=000000000002", [1]),
        (f"run={uuid.UUID(int=1)}", [0]),
        (f"plan={uuid.UUID(int=2)}", [1]),
        ("since=2001-01-01T00:00:00Z&actor=ann", [0]),
        ("until=2001-01-01T00:00:00Z", []),
    ],
)
def test_history_is_filtered(as_: As, events: list[Event], query: str, expected: list[int]) -> None:
    viewer = as_("security_admin")
    rows = viewer.get(f"/api/v1/history?{query}").json()["results"]
    assert [row["id"] for row in rows] == [events[index].pk for index in expected]


def test_until_is_exclusive_and_since_inclusive(as_: As, events: list[Event]) -> None:
    viewer = as_("security_admin")
    at = events[0].at.isoformat().replace("+00:00", "Z")
    since = viewer.get(f"/api/v1/history?actor=ann&since={at}").json()["results"]
    until = viewer.get(f"/api/v1/history?actor=ann&until={at}").json()["results"]
    assert (len(since), len(until)) == (1, 0)


def test_one_event_is_shown_as_it_was_recorded(as_: As, events: list[Event]) -> None:
    body = as_("security_admin").get(f"/api/v1/history/{events[1].pk}").json()
    assert (body["actor"], body["after"], body["plan_id"]) == ("bob", {"a": [1]}, str(uuid.UUID(int=2)))


def test_history_is_newest_first_over_pages(as_: As) -> None:
    viewer: APIClient = as_("security_admin")
    for number in range(5):
        record(actor="ann", verb=f"test.{number}")
    seen, address = [], "/api/v1/history?actor=ann&limit=2"
    while address:
        page = viewer.get(address).json()
        seen += [row["verb"] for row in page["results"]]
        address = page["next"]
    assert seen == [f"test.{number}" for number in (4, 3, 2, 1, 0)]
