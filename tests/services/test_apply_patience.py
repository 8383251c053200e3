"""How long an apply goes on trying, and how long it waits between two attempts."""

from datetime import timedelta

import pytest
from django.utils import timezone

from provisioning.models import Lease, Run
from tests.services.fleet import DEV, Fleet, group
from tests.services.test_apply import wait_for_lease

pytestmark = pytest.mark.django_db(transaction=True)
LONG_AGO = "2026-01-01T00:00Z"


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries inside an attempt would use up the short lease of these tests."""
    monkeypatch.setattr("provisioning.aws.retry._FIRST_PAUSE", 0.01)


def due(run: Run) -> Run:
    """The run may be claimed at once."""
    Run.objects.filter(pk=run.pk).update(next_at=LONG_AGO)
    Lease.objects.filter(pk=run.account_id).update(lease_until=LONG_AGO)
    return run


def queued(fleet: Fleet, attempts: int = 0) -> Run:
    """An apply of two writes that was claimed this often before."""
    fleet.register()
    fleet.declare(DEV, group())
    fleet.look()
    Run.objects.filter(kind="apply").update(attempts=attempts)
    return Run.objects.get(kind="apply")


def test_an_attempt_that_moved_the_apply_on_is_followed_by_the_next_soon(fleet: Fleet) -> None:
    run = queued(fleet, attempts=9)
    fleet.sandbox.fault("throttle", account=DEV, operation="AttachGroupPolicy")
    run = fleet.apply(run)
    assert run.state == "retry_wait" and fleet.writes() == ["CreateGroup"]
    assert run.next_at < timezone.now() + timedelta(seconds=30)


def test_attempts_that_achieve_nothing_wait_longer_and_longer(fleet: Fleet) -> None:
    run = queued(fleet, attempts=9)
    fleet.sandbox.fault("throttle", account=DEV, operation="CreateGroup")
    run = fleet.apply(run)
    assert run.next_at > timezone.now() + timedelta(seconds=240)


@pytest.mark.parametrize("fault", ["throttle", "server_error"])
def test_an_apply_that_never_gets_anywhere_fails_in_the_end(fleet: Fleet, fault: str) -> None:
    run = queued(fleet, attempts=24)
    fleet.sandbox.fault(fault, account=DEV, operation="CreateGroup")
    run = fleet.apply(run)
    assert (run.state, run.reason_code) == (
        "failed",
        {"throttle": "throttled", "server_error": "unknown_outcome"}[fault],
    )


def test_an_apply_that_fails_by_an_unknown_outcome_still_keeps_the_lease(fleet: Fleet) -> None:
    run = queued(fleet, attempts=24)
    fleet.sandbox.fault("server_error", account=DEV, operation="CreateGroup")
    run = fleet.apply(run)
    assert Lease.objects.get().lease_until > timezone.now()
    wait_for_lease(run)
    assert fleet.look().state == "done"


def test_an_apply_that_moves_on_is_tried_more_often_than_that(fleet: Fleet) -> None:
    run = queued(fleet, attempts=24)
    fleet.sandbox.fault("throttle", account=DEV, operation="AttachGroupPolicy")
    assert fleet.apply(run).state == "retry_wait"
    fleet.sandbox.clear_faults()
    assert fleet.apply(due(run)).state == "done"


def test_a_look_of_an_apply_may_take_longer_than_a_lease(fleet: Fleet) -> None:
    run = queued(fleet)
    fleet.sandbox.fault("delay", account=DEV, operation="GetAccountAuthorizationDetails", seconds=0.7)
    fleet.sandbox.limit_pages(1)
    run = fleet.apply(run)
    assert (run.state, run.attempts) == ("done", 1)
