"""Claims: any number of workers and dispatchers at once, and each run has one owner."""

import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TypeVar

import pytest
from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import Account
from provisioning.models import Lease, Run
from provisioning.services.dispatch import schedule_due, take_back_lost
from provisioning.services.leases import claim_looks, ensure_lease
from provisioning.tasks import apply
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 100
HOUR = timedelta(hours=1)
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
            account_id=f"{number:012d}",
            name=f"a{number}",
            environment="dev",
            registered_by="otto",
            state="managed",
            next_due_at=past,
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


def test_a_run_whose_worker_holds_its_lease_is_left_alone() -> None:
    held(factories.run(factories.account(), state="applying", fence=3, finished_at=None), fence=3, until=HOUR)
    assert take_back_lost() == 0


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
