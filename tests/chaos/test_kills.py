"""Workers killed or frozen in the middle of applies: every account converges, and no two of them ever write at once."""

import random
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from types import SimpleNamespace

import pytest
from django.db.models import F
from django.utils import timezone

from provisioning.models import Lease, PlanRecord, Run, Write
from provisioning.services import make_change
from tests.chaos.baseline import Items, applied_writes, assign, creates, repeated, rich, shortfalls, small
from tests.chaos.processes import Processes
from tests.chaos.waiting import wait_until
from tests.services.fleet import DEV, PROD, TEST, Fleet

pytestmark = [pytest.mark.chaos, pytest.mark.django_db(transaction=True)]
KILLS = 10
DELAY_SECONDS = 0.15
ACCOUNTS = {DEV: "dev", TEST: "test", PROD: "prod"}
Record = Callable[[str, object], None]


def queue_applies(fleet: Fleet, items: Items) -> None:
    """Each account is looked at; what waits for a person is approved."""
    for account_id, environment in ACCOUNTS.items():
        fleet.register(account_id, environment)
    assign(items)
    for account_id in ACCOUNTS:
        fleet.look(account_id)
    fleet.approve(PROD)


def open_accounts() -> set[str]:
    """Accounts whose apply has not ended."""
    return set(Run.objects.filter(kind="apply", state__in=Run.OPEN).values_list("account_id", flat=True))


def has_moved_since(moment: object) -> bool:
    """Every open account has recorded the outcome of a write since then, so no kill looks like a poisoned account."""
    moved = Write.objects.filter(answered_at__gt=moment).values_list("run__account_id", flat=True)
    return bool(waited := open_accounts()) and waited <= set(moved)


def test_ten_kills_in_the_middle_of_applies_lose_and_repeat_nothing(
    fleet: Fleet, processes: Processes, record_property: Record
) -> None:
    items = rich()
    queue_applies(fleet, items)
    fleet.sandbox.fault("delay", operation="write", seconds=DELAY_SECONDS)
    processes.dispatcher()
    nursery, kills, dice = processes.nursery(), 0, random.Random(5)
    while kills < KILLS:
        started, worker = timezone.now(), nursery.worker()
        wait_until(partial(has_moved_since, started), "writes in every open account")
        time.sleep(dice.uniform(0, DELAY_SECONDS))
        kills += Run.objects.filter(kind="apply", state="applying").exists()
        worker.kill()
    nursery.worker()
    wait_until(lambda: not open_accounts(), "the end of all applies")
    assert set(Run.objects.filter(kind="apply").values_list("state", flat=True)) == {"done"}
    judge(fleet, items)
    report(fleet, record_property, kills)
    assert_quiet(fleet)


def judge(fleet: Fleet, items: Items) -> None:
    """By the simulator's state and log alone."""
    assert fleet.sandbox.overlaps() == []
    for account_id in ACCOUNTS:
        assert shortfalls(fleet.sandbox.state(account_id), items) == []
        assert set(creates(fleet.sandbox, account_id).values()) == {1}


def report(fleet: Fleet, record_property: Record, kills: int) -> None:
    writes = {account_id: applied_writes(fleet.sandbox, account_id) for account_id in ACCOUNTS}
    figures = {
        "kills": kills,
        "attempts": sum(Run.objects.filter(kind="apply").values_list("attempts", flat=True)),
        "writes": sum(len(made) for made in writes.values()),
        "repeated_writes": sum(sum(repeated(made).values()) for made in writes.values()),
    }
    for name, figure in figures.items():
        record_property(name, figure)
    sys.stdout.write("\n" + ", ".join(f"{name} {figure}" for name, figure in figures.items()) + "\n")


def assert_quiet(fleet: Fleet) -> None:
    """A further look finds nothing to do, so nothing is written."""
    before = {account_id: len(fleet.writes(account_id)) for account_id in ACCOUNTS}
    for account_id in ACCOUNTS:
        assert fleet.look(account_id).state == "done"
        assert fleet.drift(account_id) == {} and fleet.apply_all(account_id) == []
    assert not PlanRecord.objects.filter(state__in=["proposed", "approved"]).exists()
    assert {account_id: len(fleet.writes(account_id)) for account_id in ACCOUNTS} == before


def test_a_worker_frozen_between_intent_and_send_wakes_up_and_does_not_write(
    fleet: Fleet, processes: Processes
) -> None:
    items = small()
    fleet.register(DEV)
    assign(items)
    fleet.look(DEV)
    # The re-read lies between a write's intent and its send: slow, it leaves time to freeze the worker there.
    fleet.sandbox.fault("delay", account=DEV, operation="GetGroup", seconds=0.6)
    frozen = processes.apply_worker(children=1)
    processes.dispatcher()
    wait_until(lambda: Write.objects.filter(kind="iam.group", outcome="intent").exists(), "an intent", every=0.02)
    frozen.signal(signal.SIGSTOP)
    (intended,) = Write.objects.filter(outcome="intent")
    sent = [call["operation"] for call in fleet.sandbox.calls(DEV)]
    assert intended.operation not in sent
    fleet.sandbox.clear_faults()
    processes.apply_worker(children=1)
    wait_until(lambda: not open_accounts(), "another worker to finish")
    frozen.signal(signal.SIGCONT)
    wait_until(lambda: Write.objects.get(pk=intended.pk).outcome != "intent", "the frozen worker to go on")
    intended.refresh_from_db()
    # Which of the two: whether the answer to its re-read was still there for it, or it had to ask again.
    assert (intended.outcome, intended.aws_code) in {("error", "lease_too_short"), ("error", "conflict")}
    assert frozen.is_alive and fleet.sandbox.overlaps() == []
    assert repeated(applied_writes(fleet.sandbox, DEV)) == {}
    assert shortfalls(fleet.sandbox.state(DEV), items) == []


def test_a_worker_frozen_right_before_its_send_is_held_back_by_its_deadline(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    fleet.register(DEV)
    assign(small())
    fleet.look(DEV)
    reread = make_change._still_to_do

    def reread_then_freeze(*arguments: object) -> bool:
        """Meanwhile the lease ran out and another worker claimed the account."""
        answer = reread(*arguments)  # type: ignore[arg-type]
        Lease.objects.filter(pk=DEV).update(fence=F("fence") + 1)
        woken = SimpleNamespace(monotonic=lambda: time.monotonic() + 3600)
        monkeypatch.setattr("provisioning.aws.send_guard.time", woken)
        return answer

    monkeypatch.setattr(make_change, "_still_to_do", reread_then_freeze)
    fleet.apply(Run.objects.get(kind="apply"))
    assert list(Write.objects.values_list("outcome", "aws_code")) == [("error", "lease_too_short")]
    assert fleet.writes(DEV) == []
