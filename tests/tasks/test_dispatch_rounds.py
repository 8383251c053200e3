"""What is due becomes work once, what was lost comes back, and workers are rung: whatever number of dispatchers run."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.conf import LazySettings
from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import Account
from history.models import Event
from provisioning.models import FleetPause, Lease, PlanRecord, Run
from provisioning.services.apply_run import apply_run
from provisioning.services.dispatch import AT_ONCE, Round, dispatch_round, expire_plans, schedule_due, take_back_lost
from provisioning.services.leases import claim_apply, claim_looks
from provisioning.services.look_accounts import look_accounts
from provisioning.services.request_look import request_look
from tests import factories
from tests.services.fleet import operator
from tests.tasks.fleet import due, lose, pass_time, waiting

pytestmark = pytest.mark.django_db(transaction=True)
ACCOUNTS = 200


def at_once(times: int, work: Callable[[], Round]) -> list[Round]:
    """Do the same in several threads that start together, each with its own connection."""
    together = threading.Barrier(times)

    def one() -> Round:
        connection.ensure_connection()
        together.wait()
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return [future.result() for future in [pool.submit(one) for _ in range(times)]]


def state(run: Run) -> str:
    run.refresh_from_db()
    return str(run.state)


def test_two_dispatchers_at_once_give_each_due_account_one_look_and_move_its_schedule_once(
    settings: LazySettings,
) -> None:
    due(AT_ONCE)
    before = timezone.now()
    rounds = at_once(2, dispatch_round)
    assert list(Run.objects.order_by().values_list("kind", "state", "cause").distinct()) == [
        ("look", "queued", "schedule")
    ]
    assert Run.objects.count() == AT_ONCE == Run.objects.order_by().values("account_id").distinct().count()
    assert sum(found.looks for found in rounds) == AT_ONCE
    interval = settings.FIRSTLINE.look_interval
    moved = Account.objects.filter(
        next_due_at__gte=before + interval * 0.9, next_due_at__lte=timezone.now() + interval * 1.1
    )
    assert moved.count() == AT_ONCE == Lease.objects.count()


def test_two_dispatchers_at_once_ring_for_each_apply_once() -> None:
    applies = {waiting(factories.account(), "apply").pk for _ in range(ACCOUNTS)}
    rung = [run_id for found in at_once(2, dispatch_round) for run_id in found.applies]
    assert len(rung) == ACCOUNTS and set(rung) == applies


def test_two_dispatchers_at_once_take_back_and_expire_once() -> None:
    run = waiting(factories.account())
    claim_looks(1)
    lose(run)
    factories.plan(factories.account(), expires_at=timezone.now() - timedelta(seconds=1))
    at_once(2, dispatch_round)
    assert sorted(Event.objects.values_list("verb", flat=True)) == ["look.worker_lost", "plan.expired"]


def test_schedules_are_spread_so_that_accounts_do_not_stay_in_step() -> None:
    due(20)
    schedule_due()
    assert Account.objects.order_by().values("next_due_at").distinct().count() == 20


@pytest.mark.parametrize("state", ["queued", "looking", "retry_wait"])
def test_due_account_with_an_open_look_gets_no_second_and_its_schedule_moves(state: str) -> None:
    (account,) = due()
    run = waiting(account)
    Run.objects.filter(pk=run.pk).update(state=state)
    assert schedule_due() == 0
    assert Run.objects.get() == run
    assert Account.objects.filter(next_due_at__gt=timezone.now()).exists()


def test_due_account_with_an_open_apply_gets_its_look() -> None:
    (account,) = due()
    waiting(account, "apply")
    assert schedule_due() == 1


def test_account_that_is_not_due_is_left_alone() -> None:
    factories.account(next_due_at=timezone.now() + timedelta(minutes=1))
    factories.account(next_due_at=None)
    assert (schedule_due(), Run.objects.count()) == (0, 0)


@pytest.mark.parametrize("state", ["suspended", "left"])
def test_account_that_is_not_worked_on_is_not_scheduled(state: str) -> None:
    (account,) = due(state=state)
    assert (schedule_due(), Run.objects.count()) == (0, 0)
    assert Account.objects.filter(pk=account.pk, next_due_at__lt=timezone.now()).exists()


@pytest.mark.parametrize("kind", ["look", "apply"])
def test_run_of_a_worker_that_went_away_waits_for_another_one(kind: str) -> None:
    run = waiting(factories.account(), kind)
    claim(run)
    assert take_back_lost() == 0
    lose(run)
    assert take_back_lost() == 1
    assert (state(run), run.reason_code, run.hinted_at) == ("retry_wait", "worker_lost", None)
    event = Event.objects.get()
    assert (event.verb, event.run_id, event.account_id) == (f"{kind}.worker_lost", run.pk, run.account_id)


@pytest.mark.parametrize("middle", ["applying", "verifying"])
def test_apply_lost_at_any_stage_comes_back(middle: str) -> None:
    run = waiting(factories.account(), "apply")
    claim(run)
    Run.objects.filter(pk=run.pk).update(state=middle)
    lose(run)
    dispatch_round()
    assert state(run) == "retry_wait"


def test_run_whose_fence_was_superseded_comes_back_though_its_account_is_held() -> None:
    run = waiting(factories.account())
    claim(run)
    Lease.objects.filter(pk=run.account_id).update(fence=run.fence + 2)
    assert (take_back_lost(), state(run)) == (1, "retry_wait")


def test_run_that_ended_never_comes_back() -> None:
    account = factories.account()
    run = waiting(account)
    claim(run)
    Run.objects.filter(pk=run.pk).update(state="done", finished_at=timezone.now())
    lose(run)
    assert (take_back_lost(), state(run)) == (0, "done")


def claim(run: Run) -> None:
    claimed = claim_apply(run.pk) if run.kind == "apply" else next(iter(claim_looks(1)), None)
    assert claimed is not None and claimed.run_id == run.pk
    run.refresh_from_db()


def crash(run: Run) -> float:
    """A worker takes the run and goes away. Returns the seconds until the run may be taken again."""
    claim(run)
    lose(run)
    take_back_lost()
    run.refresh_from_db()
    wait = (run.next_at - timezone.now()).total_seconds()
    Run.objects.filter(pk=run.pk).update(next_at=Now())
    return wait


@pytest.mark.parametrize("kind", ["look", "apply"])
def test_lost_run_waits_longer_with_every_crash(kind: str, settings: LazySettings) -> None:
    run, half = waiting(factories.account(), kind), settings.FIRSTLINE.lease_seconds / 2
    waits = [crash(run) for _ in range(3)]
    assert waits[0] <= 0 and half * 0.5 < waits[1] <= half < waits[2] <= half * 2
    assert Lease.objects.get().crash_count == 3


def test_lost_run_is_not_rung_before_its_wait_is_over() -> None:
    run = waiting(factories.account(), "apply")
    crash(run)
    claim(run)
    lose(run)
    assert (dispatch_round().applies, state(run)) == ((), "retry_wait")
    Run.objects.filter(pk=run.pk).update(next_at=Now())
    assert dispatch_round().applies == (run.pk,)


def work(run: Run) -> None:
    apply_run(run_id=run.pk) if run.kind == "apply" else look_accounts()


@pytest.mark.parametrize(("kind", "ends"), [("look", "failed"), ("apply", "quarantined")])
def test_third_crash_sets_the_account_aside(kind: str, ends: str) -> None:
    run = waiting(factories.account(), kind)
    for _ in range(3):
        crash(run)
    work(run)
    assert (state(run), run.reason_code, run.attempts) == (ends, "bug", 4)
    assert Event.objects.latest("id").verb == f"{kind}.quarantined"
    assert not PlanRecord.objects.exclude(state="stale").exists()
    account = Account.objects.get(next_due_at__gt=timezone.now() + timedelta(minutes=59))
    later = waiting(account)
    assert (dispatch_round(), state(later)) == (Round(0, ()), "queued")


def test_plan_nobody_decided_in_time_expires_and_the_history_says_so() -> None:
    account = factories.account()
    late = factories.plan(account, expires_at=timezone.now() - timedelta(seconds=1))
    early = factories.plan(factories.account())
    decided = factories.plan(account, state="approved", expires_at=timezone.now() - timedelta(seconds=1))
    assert expire_plans() == 1
    assert [PlanRecord.objects.get(pk=plan.pk).state for plan in (late, early, decided)] == [
        "expired",
        "proposed",
        "approved",
    ]
    event = Event.objects.get()
    assert (event.actor, event.verb, event.plan_id) == ("firstline", "plan.expired", late.pk)
    assert event.account_id == account.pk


def pause_fleet(account: Account) -> None:
    FleetPause.objects.create(reason="incident", by="paula")


def pause_account(account: Account) -> None:
    Account.objects.filter(pk=account.pk).update(paused=True)


@pytest.mark.parametrize("pause", [pause_fleet, pause_account])
def test_pause_silences_applies_and_not_looks(pause: Callable[[Account], None]) -> None:
    (account,) = due()
    run = waiting(account, "apply")
    pause(account)
    assert dispatch_round() == Round(1, ())
    assert claim_apply(run.pk) is None
    FleetPause.objects.all().delete()
    Account.objects.update(paused=False)
    assert dispatch_round().applies == (run.pk,)


def test_paused_account_does_not_silence_another_one() -> None:
    paused, other = factories.account(paused=True), factories.account()
    waiting(paused, "apply")
    run = waiting(other, "apply")
    assert dispatch_round().applies == (run.pk,)


@pytest.mark.parametrize("kind", ["look", "check", "apply"])
def test_hint_is_sent_again_after_its_time_and_not_before(kind: str, settings: LazySettings) -> None:
    run = waiting(factories.account(), kind)
    rung = Round(0, (run.pk,)) if kind == "apply" else Round(1, ())
    assert dispatch_round() == rung
    again = settings.FIRSTLINE.hint_again_seconds
    pass_time(run, again / 2)
    assert dispatch_round() == Round(0, ())
    pass_time(run, again / 2)
    assert dispatch_round() == rung


@pytest.mark.parametrize("held", [{"lease_until": timedelta(minutes=1)}, {"backoff_until": timedelta(minutes=1)}])
def test_account_that_is_held_or_rests_is_not_rung_for(held: dict[str, Any]) -> None:
    account = factories.account()
    waiting(account)
    Lease.objects.update(**{name: timezone.now() + span for name, span in held.items()})
    assert dispatch_round() == Round(0, ())


def test_look_and_apply_of_one_account_are_both_rung_for() -> None:
    account = factories.account()
    waiting(account)
    run: UUID = waiting(account, "apply").pk
    assert dispatch_round() == Round(1, (run,))


@pytest.mark.parametrize("kind", ["look", "apply"])
def test_look_that_a_person_asks_for_ends_the_rest_of_an_account_set_aside(kind: str) -> None:
    """The message of a quarantined run tells them to."""
    run = waiting(factories.account(), kind)
    for _ in range(3):
        crash(run)
    work(run)
    asked, made = request_look(account_id=run.account_id, actor=operator)
    assert made and dispatch_round().looks == 1
    assert [claim.run_id for claim in claim_looks(1)] == [asked.pk]
