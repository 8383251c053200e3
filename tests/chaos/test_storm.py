"""AWS throttles, fails, hangs and cuts connections all the time: the end is right, and no outcome was guessed."""

import sys
from collections.abc import Callable

import pytest
from django.db.models.functions import Now

from config.dispatcher import ring
from provisioning.models import Lease, PlanRecord, Run, Write
from provisioning.services.dispatch import dispatch_round
from tests.chaos.baseline import Items, applied_writes, assign, creates, repeated, shortfalls, small
from tests.chaos.processes import Processes
from tests.chaos.waiting import wait_until
from tests.services.fleet import DEV, PROD, TEST, Fleet

pytestmark = [pytest.mark.chaos, pytest.mark.django_db(transaction=True)]
FAULTS = ("timeout", "cut_after", "throttle", "server_error", "cut")
OF_WRITES, OF_READS = 0.15, 0.02
HANGS_SECONDS = 1.2
ACCOUNTS = {DEV: "dev", TEST: "test", PROD: "prod"}


def storm(fleet: Fleet) -> None:
    for seed, kind in enumerate(FAULTS):
        for operation, probability in (("write", OF_WRITES), ("read", OF_READS)):
            fleet.sandbox.fault(kind, operation=operation, probability=probability, seed=seed, seconds=HANGS_SECONDS)


def hurry() -> None:
    """A dispatcher's round without the waits: in the simulator, nothing of a waiting run is still under way."""
    waiting = Run.objects.filter(state="retry_wait")
    Lease.objects.filter(account__in=waiting.values("account")).update(lease_until=Now())
    waiting.update(next_at=Now())
    ring(dispatch_round())


def is_over(fleet: Fleet, items: Items) -> bool:
    """Whatever ended without having made everything is proposed anew, and approved again."""
    hurry()
    if Run.objects.filter(kind="apply", state__in=Run.OPEN).exists():
        return False
    lacking = [account_id for account_id in ACCOUNTS if shortfalls(fleet.sandbox.state(account_id), items)]
    for account_id in lacking:
        fleet.look(account_id)
        if PlanRecord.objects.filter(account_id=account_id, lane="approval", state="proposed").exists():
            fleet.approve(account_id)
    return not lacking


def test_applies_in_a_storm_of_faults_end_right_and_repeat_nothing(
    fleet: Fleet, processes: Processes, record_property: Callable[[str, object], None]
) -> None:
    items = small()
    for account_id, environment in ACCOUNTS.items():
        fleet.register(account_id, environment)
    assign(items)
    for account_id in ACCOUNTS:
        fleet.look(account_id)
    fleet.approve(PROD)
    storm(fleet)
    processes.apply_worker()
    wait_until(lambda: is_over(fleet, items), "the end of the storm")
    fired = {rule["kind"]: rule["fired"] for rule in fleet.sandbox.faults() if rule["operation"] == "write"}
    fleet.sandbox.clear_faults()
    assert fleet.sandbox.overlaps() == []
    for account_id in ACCOUNTS:
        assert set(creates(fleet.sandbox, account_id).values()) == {1}
        assert repeated(applied_writes(fleet.sandbox, account_id)) == {}
        before = len(fleet.writes(account_id))
        fleet.look(account_id)
        assert fleet.apply_all(account_id) == [] and fleet.drift(account_id) == {}
        assert len(fleet.writes(account_id)) == before
    figures = {**fired, "unknown": Write.objects.filter(outcome="unknown").count()}
    assert figures["unknown"] and sum(fired.values()) > 10
    for name, figure in figures.items():
        record_property(name, figure)
    sys.stdout.write("\n" + ", ".join(f"{name} {figure}" for name, figure in figures.items()) + "\n")
