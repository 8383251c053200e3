"""The dispatcher: what is due becomes work once, what was lost comes back, and any number of dispatchers may run."""

import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TypeVar

import pytest
from django.conf import LazySettings
from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import timezone

from access.roles import Role, actor
from accounts.models import Account
from history.models import Event
from provisioning.models import Lease, PlanRecord, Run
from provisioning.services.dispatch import Round, dispatch_round, expire_plans, schedule_due, take_back_lost
from provisioning.services.leases import claim_looks, ensure_lease
from provisioning.services.pause_account import pause_account, resume_account
from provisioning.services.pause_fleet import pause_fleet, resume_fleet
from provisioning.tasks import apply
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 200
HOUR = timedelta(hours=1)
operator = actor("otto", [Role.OPERATOR])
Answer = TypeVar("Answer")


def at_once(times: int, work: Callable[[], Answer]) -> list[Answer]:
    """Do it on several threads, each with a connection of its own, started together."""
    start = threading.Barrier(times)

    def one() -> Answer:
        try:
            connection.ensure_connection()
            start.wait()
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return [future.result() for future in [pool.submit(one) for _ in range(times)]]


def due_accounts(count: int) -> None:
    past = timezone.now() - HOUR
    Account.objects.bulk_create(
        Account(
            account_id=f"{number:012d}", name=f"a{number}", environment="dev", registered_by="otto", next_due_at=past
        )
        for number in range(count)
    )


def held(run: Run, *, fence: int, until: timedelta) -> Run:
    """The run's account is held under this fence until then."""
    ensure_lease([run.account_id])
    Lease.objects.filter(pk=run.account_id).update(fence=fence, lease_until=Now() + until)
    return run


def waiting_apply(state: str = "queued") -> Run:
    account = factories.account()
    plan = factories.plan(account, state="approved")
    run = factories.run(account, kind="apply", state=state, plan=plan, finished_at=None)
    ensure_lease([account.pk])
    return run


def test_dispatchers_at_once_give_each_due_account_one_look_and_move_each_schedule_once() -> None:
    due_accounts(MANY)
    made = at_once(4, schedule_due)
    assert sum(made) == MANY
    assert Run.objects.values("account_id").distinct().count() == Run.objects.count() == MANY
    assert set(Run.objects.values_list("kind", "state", "cause")) == {("look", "queued", "schedule")}
    assert Lease.objects.count() == MANY
    before = set(Account.objects.values_list("account_id", "next_due_at"))
    assert all(due > timezone.now() for _, due in before)
    assert at_once(4, schedule_due) == [0, 0, 0, 0]
    assert set(Account.objects.values_list("account_id", "next_due_at")) == before


def test_dispatchers_at_once_ring_for_each_run_once() -> None:
    due_accounts(MANY)
    rounds = at_once(4, dispatch_round)
    # A dispatcher that found the accounts taken may have rung before the other had queued their looks.
    rounds.append(dispatch_round())
    assert sum(found.looks for found in rounds) == MANY
    assert Run.objects.count() == MANY


def test_an_open_look_is_not_doubled_by_the_schedule() -> None:
    account = factories.account(next_due_at=timezone.now() - HOUR)
    factories.run(account, state="queued", finished_at=None)
    schedule_due()
    account.refresh_from_db()
    assert Run.objects.count() == 1 and account.next_due_at > timezone.now()


@pytest.mark.parametrize("state", ["suspended", "left"])
def test_accounts_that_are_not_worked_on_are_not_scheduled(state: str) -> None:
    factories.account(state=state, next_due_at=timezone.now() - HOUR)
    assert schedule_due() == 0 and not Run.objects.exists()


@pytest.mark.parametrize("state", ["looking", "applying", "verifying"])
def test_a_run_whose_lease_ran_out_comes_back_at_once_and_is_recorded(state: str) -> None:
    run = held(factories.run(factories.account(), state=state, fence=3, finished_at=None), fence=3, until=-HOUR)
    assert at_once(3, take_back_lost).count(1) == 1
    run.refresh_from_db()
    assert (run.state, run.reason_code, run.hinted_at) == ("retry_wait", "worker_lost", None)
    assert run.next_at <= timezone.now()
    assert Event.objects.get().verb == "look.worker_lost"


def test_a_run_under_an_older_fence_comes_back() -> None:
    run = held(factories.run(factories.account(), state="looking", fence=3, finished_at=None), fence=4, until=HOUR)
    assert take_back_lost() == 1
    run.refresh_from_db()
    assert run.state == "retry_wait"


def test_a_run_whose_worker_holds_its_lease_is_left_alone() -> None:
    held(factories.run(factories.account(), state="applying", fence=3, finished_at=None), fence=3, until=HOUR)
    assert take_back_lost() == 0


def test_an_account_that_loses_worker_after_worker_waits_longer_each_time(settings: LazySettings) -> None:
    run = held(factories.run(factories.account(), state="looking", fence=3, finished_at=None), fence=3, until=-HOUR)
    Lease.objects.update(crash_count=3)
    take_back_lost()
    run.refresh_from_db()
    assert run.next_at > timezone.now() + timedelta(seconds=settings.FIRSTLINE.lease_seconds / 2)


def test_a_run_that_was_claimed_anew_while_a_dispatcher_waited_is_not_taken_from_its_worker() -> None:
    """The dispatcher's statement saw the old lease; the row it waited for is another attempt's by then."""
    run = held(factories.run(factories.account(), state="looking", fence=3, finished_at=None), fence=3, until=-HOUR)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Run.objects.select_for_update().get(pk=run.pk)
            late = pool.submit(in_own_connection, take_back_lost)
            wait_for_a_lock()
            Lease.objects.update(fence=4, lease_until=Now() + HOUR)
            Run.objects.update(fence=4)
        assert late.result() == 0
    run.refresh_from_db()
    assert run.state == "looking"


def in_own_connection(work: Callable[[], Answer]) -> Answer:
    try:
        return work()
    finally:
        connection.close()


def wait_for_a_lock() -> None:
    with connection.cursor() as cursor:
        for _ in range(1000):
            cursor.execute("SELECT pg_stat_clear_snapshot(), count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[1]:
                return
            cursor.execute("SELECT pg_sleep(0.01)")
    pytest.fail("nobody waits")


def test_a_proposed_plan_expires_once_and_only_when_its_time_is_over() -> None:
    old = factories.plan(factories.account(), expires_at=timezone.now() - HOUR)
    factories.plan(factories.account())
    approved = factories.plan(factories.account(), state="approved", expires_at=timezone.now() - HOUR)
    assert sum(at_once(3, expire_plans)) == 1
    assert list(PlanRecord.objects.filter(state="expired")) == [old]
    assert list(PlanRecord.objects.filter(state="approved")) == [approved]
    assert [event.subject for event in Event.objects.filter(verb="plan.expired")] == [str(old.pk)]


def test_a_pause_of_the_fleet_keeps_applies_from_being_rung_for_and_looks_go_on() -> None:
    run = waiting_apply()
    look = factories.run(factories.account(), state="queued", finished_at=None)
    ensure_lease([look.account_id])
    pause_fleet(actor=operator, reason="incident")
    assert dispatch_round() == Round(1, ())
    resume_fleet(actor=operator)
    assert dispatch_round() == Round(0, (run.pk,))


def test_a_paused_account_is_not_rung_for_and_others_are() -> None:
    paused, other = waiting_apply(), waiting_apply()
    pause_account(account_id=paused.account_id, actor=operator, reason="move")
    assert dispatch_round().applies == (other.pk,)
    resume_account(account_id=paused.account_id, actor=operator)
    assert dispatch_round().applies == (paused.pk,)


@pytest.mark.parametrize(("seconds_ago", "rung"), [(25, False), (35, True)])
def test_a_hint_is_sent_again_after_its_time_and_not_before(seconds_ago: int, rung: bool) -> None:
    run = waiting_apply()
    assert dispatch_round().applies == (run.pk,)
    assert dispatch_round().applies == ()
    Run.objects.update(hinted_at=Now() - timedelta(seconds=seconds_ago))
    assert bool(dispatch_round().applies) is rung


def test_nobody_is_rung_for_while_the_account_is_held_or_rests() -> None:
    held(waiting_apply(), fence=3, until=HOUR)
    resting = waiting_apply("retry_wait")
    Lease.objects.filter(pk=resting.account_id).update(backoff_until=Now() + HOUR)
    later = waiting_apply("retry_wait")
    Run.objects.filter(pk=later.pk).update(next_at=Now() + HOUR)
    assert dispatch_round().applies == ()


def test_workers_at_once_claim_each_look_once() -> None:
    due_accounts(MANY)
    schedule_due()
    claims = [claim for taken in at_once(4, lambda: claim_looks(MANY)) for claim in taken]
    assert len(claims) == len({claim.run_id for claim in claims}) == MANY
    assert {claim.fence for claim in claims} == {1}
    assert Run.objects.filter(state="looking", fence=1).count() == MANY


def test_a_hint_for_a_run_that_is_gone_or_done_does_nothing() -> None:
    done = factories.run(factories.account(), kind="apply")
    for run_id in (uuid.uuid4(), done.pk):
        apply(str(run_id))
    assert list(Run.objects.values_list("state", "attempts")) == [("done", 0)]
