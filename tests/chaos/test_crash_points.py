"""A worker dies at every single point of a reference plan, each time in an account of its own; the next one goes on.

The account of an undisturbed apply shows what the others must look like in the end, and which writes that takes.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import LazySettings

from provisioning.core.desired import DesiredItem
from provisioning.kinds import all_kinds
from provisioning.models import Lease, PlanRecord, Run
from provisioning.services.apply_run import apply_run
from provisioning.services.dispatch import take_back_lost
from provisioning.services.look_accounts import look_accounts
from provisioning.services.request_look import request_look
from sandbox.client import Sandbox
from tests.chaos.dying import DeathError, Points
from tests.services.fleet import Fleet, approve_plan, approver, item, operator

pytestmark = [pytest.mark.chaos, pytest.mark.django_db(transaction=True)]
Record = Callable[[str, object], None]
LONG_AGO = "2026-01-01T00:00Z"
MOST_POINTS = 46
PLACES = {"iam.group": "groups", "iam.role": "roles", "iam.policy": "policies", "budget": "budgets"}


def other_document(action: str) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": action, "Resource": "*"}]}


CHANGED: dict[str, dict[str, Any]] = {
    "iam.group": {
        "attached_policies": ["SecurityAudit", "ViewOnlyAccess"],
        "inline_policies": {"StopInstances": other_document("ec2:StopInstances")},
        "members": ["ben", "carla"],
    },
    "iam.role": {
        "trust": [{"service": "lambda"}],
        "description": "Lets functions read S3",
        "max_session_seconds": 7200,
        "attached_policies": ["SecurityAudit"],
        "inline_policies": {"ReadNothing": other_document("s3:*")},
        "boundary": "SecurityAudit",
        "tags": {"team": "security"},
    },
    "iam.policy": {"document": other_document("s3:DeleteBucket"), "keep_versions": 1},
    "budget": {
        "limit": {"amount": "20", "unit": "USD"},
        "notifications": [
            {"when": "actual", "above": 80, "subscribers": [{"email": "finance@example.com"}]},
            {
                "when": "forecasted",
                "above": 100,
                "subscribers": [{"email": "owner@example.com"}, {"email": "costs@example.com"}],
            },
        ],
    },
}


ACCOUNTS = [f"{500000000000 + number}" for number in range(MOST_POINTS)]


@pytest.fixture
def organisation(sandbox: Sandbox) -> dict[str, Any]:
    """An account for each point."""
    people = ["ann", "ben", "carla"]
    return sandbox.organisation(
        accounts=[{"id": one, "name": f"a{one}", "environment": "dev", "users": people} for one in ACCOUNTS]
    )


@pytest.fixture
def points(fleet: Fleet, monkeypatch: pytest.MonkeyPatch, settings: LazySettings) -> Points:
    """Leases are long: this test ends them itself."""
    settings.FIRSTLINE = settings.FIRSTLINE.model_copy(update={"lease_seconds": 60.0, "read_timeout_seconds": 10.0})
    return Points(monkeypatch)


@pytest.mark.parametrize("action", ["create", "update"])
@pytest.mark.parametrize("kind", PLACES)
def test_an_apply_that_dies_at_any_point_is_finished_without_repeating_a_write(
    fleet: Fleet, points: Points, kind: str, action: str, record_property: Record
) -> None:
    first = ACCOUNTS[0]
    prepare(fleet, points, [first], kind, action)
    apply_open(fleet)
    expected, rest = outcome(fleet, first, kind), ACCOUNTS[1 : len(points.passed) + 1]
    assert expected[0] == "done" and len(rest) == len(points.passed) == 4 * len(expected[1]) + 2
    prepare(fleet, points, rest, kind, action)
    fleet.work_as("apply", lambda: die_everywhere(points, rest))
    Lease.objects.update(lease_until=LONG_AGO)
    assert take_back_lost() == len(rest) - 1  # the last died after the end
    points.start(0)
    apply_open(fleet)
    assert {one: outcome(fleet, one, kind) for one in rest} == dict.fromkeys(rest, expected)
    look(fleet, rest)
    assert not PlanRecord.objects.filter(state__in=["proposed", "approved"]).exists()
    assert fleet.sandbox.overlaps() == []
    record_property("crash_points", len(rest))


def prepare(fleet: Fleet, points: Points, accounts: list[str], kind: str, action: str) -> None:
    """Accounts where the change is approved and waits to be applied; an update has something to update."""
    ((name, example),) = all_kinds()[kind].example.items()
    for account_id in accounts:
        fleet.register(account_id)
    desire(fleet, accounts, item(kind, name, dict(example)))
    if action == "update":
        apply_open(fleet)
        desire(fleet, accounts, item(kind, name, {**example, **CHANGED[kind]}))
    fleet.sandbox.clear_calls()
    points.start(0)


def desire(fleet: Fleet, accounts: list[str], wanted: DesiredItem) -> None:
    """Declare it, look, and approve what waits."""
    for account_id in accounts:
        fleet.declare(account_id, wanted)
    look(fleet, accounts)
    for plan in PlanRecord.objects.filter(lane="approval", state="proposed"):
        approve_plan(plan_id=plan.pk, digest=plan.digest, actor=approver)


def look(fleet: Fleet, accounts: list[str]) -> None:
    for account_id in accounts:
        request_look(account_id=account_id, actor=operator)
    fleet.work_as("look", look_accounts)


def open_applies() -> list[Run]:
    return list(Run.objects.filter(kind="apply", state__in=Run.WAITING).order_by("account_id"))


def apply_open(fleet: Fleet) -> None:
    fleet.work_as("apply", lambda: [apply_run(run_id=run.pk) for run in open_applies()])


def die_everywhere(points: Points, accounts: list[str]) -> None:
    runs = open_applies()
    assert [run.account_id for run in runs] == accounts
    for number, run in enumerate(runs, start=1):
        points.start(number)
        with pytest.raises(DeathError):
            apply_run(run_id=run.pk)


def outcome(fleet: Fleet, account_id: str, kind: str) -> tuple[str, list[str], str]:
    """How the apply ended, every write that took effect, and what is there then; ids left out."""
    run = Run.objects.filter(account_id=account_id, kind="apply").latest("created_at")
    there = fleet.sandbox.state(account_id)[PLACES[kind]][next(iter(all_kinds()[kind].example))]
    text = json.dumps(_without_ids(there), sort_keys=True).replace(account_id, "")
    return str(run.state), fleet.writes(account_id), text


def _without_ids(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_ids(inner) for name, inner in value.items() if name not in {"id", "LastUpdatedTime"}}
    return [_without_ids(inner) for inner in value] if isinstance(value, list) else value
