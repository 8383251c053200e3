"""Ringing: what a dispatcher sends, and that a broker which is away costs nothing but time."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connection

from accounts.models import Account
from config.celery import app
from config.dispatcher import MOST_LOOK_HINTS, dispatch_until, ring
from iam_templates.services.assign import assign
from provisioning.models import DesiredHead, DesiredState, Run
from provisioning.services.dispatch import Round, dispatch_round
from sandbox.client import Sandbox
from sandbox.servers import embedded_redis
from tests import factories
from tests.chaos.processes import Processes
from tests.chaos.waiting import wait_until
from tests.iam_templates.cast import OLGA, published
from tests.tasks.fleet import pass_time, waiting

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def queues() -> Iterator[Callable[[str], int]]:
    """How many messages wait in a queue; all are empty at first."""
    with app.connection_for_write() as link:
        client = link.default_channel.client
        client.delete("look", "apply")
        yield lambda name: int(client.llen(name))
        client.delete("look", "apply")


@pytest.fixture
def processes(
    sandbox: Sandbox, process_environment: dict[str, str], tmp_path: Path
) -> Iterator[Callable[[str], Processes]]:
    """The product's processes over the Redis of this address."""
    started: list[Processes] = []

    def over(redis: str) -> Processes:
        started.append(Processes({**process_environment, "FIRSTLINE_REDIS_URL": redis}, sandbox, tmp_path))
        return started[-1]

    sandbox.organisation(example="workshop")
    yield over
    for one in started:
        one.end()


@pytest.mark.parametrize(("looks", "hints"), [(0, 0), (1, 1), (4, 1), (5, 2), (10_000, MOST_LOOK_HINTS)])
def test_one_hint_is_sent_for_as_many_looks_as_a_worker_reads_at_once(
    queues: Callable[[str], int], settings: LazySettings, looks: int, hints: int
) -> None:
    settings.FIRSTLINE = settings.FIRSTLINE.model_copy(update={"look_threads": 4})
    ring(Round(looks, ()))
    assert (queues("look"), queues("apply")) == (hints, 0)


def test_each_apply_is_rung_for_by_itself(queues: Callable[[str], int]) -> None:
    for _ in range(3):
        waiting(factories.account(), "apply")
    ring(dispatch_round())
    assert (queues("look"), queues("apply")) == (0, 3)


def test_broker_that_is_away_is_logged_and_its_run_is_rung_again(
    processes: Callable[[str], Processes], settings: LazySettings
) -> None:
    run = waiting(factories.account(), "apply")
    with embedded_redis() as redis:
        redis.stop()
        started = processes(redis.url)
        dispatcher = started.dispatcher()
        wait_until(lambda: "broker unreachable" in dispatcher.output, "the warning")
        assert dispatcher.is_alive and "Traceback" not in dispatcher.output
        run.refresh_from_db()
        assert (run.state, run.hinted_at is not None) == ("queued", True)
        redis.restart()
        pass_time(run, settings.FIRSTLINE.hint_again_seconds)
        started.apply_worker(children=1)
        # There is nobody to assume a role of: that the apply began at all is what counts.
        wait_until(lambda: Run.objects.get(pk=run.pk).attempts > 0, "the apply to be rung again")


@contextmanager
def dispatching(every_seconds: float = 0.05) -> Iterator[None]:
    """A dispatcher on a thread of its own."""
    stop = threading.Event()

    def work() -> None:
        try:
            dispatch_until(stop, every_seconds=every_seconds)
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def desired(account: Account) -> list[tuple[str, str]]:
    state = DesiredState.objects.get(account=account)
    return [(item["kind"], item["name"]) for item in state.data["items"]]


def test_account_registered_after_an_assignment_gets_its_desired_state(queues: Callable[[str], int]) -> None:
    published()
    assign(baseline="first", version=1, selector="environment", value="dev", actor=OLGA)
    with dispatching():
        account = factories.account()
        other = factories.account(environment="prod")
        wait_until(lambda: DesiredHead.objects.filter(pk=other.pk).exists(), "both accounts to be rendered")
    assert desired(account) == [("iam.group", "Developers")]
    assert desired(other) == []
    # What is rendered is looked at next.
    assert Run.objects.get(account_id=account.pk).cause == "schedule"


def test_round_that_fails_is_logged_and_the_next_one_done(
    queues: Callable[[str], int], caplog: pytest.LogCaptureFixture
) -> None:
    run = waiting(factories.account(), "apply")
    with hidden_table("provisioning_run"), dispatching():
        wait_until(lambda: "round failed" in caplog.text, "the failure")
    with dispatching():
        wait_until(lambda: queues("apply"), "the hint")
    run.refresh_from_db()
    assert run.hinted_at is not None


@contextmanager
def hidden_table(name: str) -> Iterator[None]:
    """No statement finds this table for a while."""
    rename(name, f"{name}_away")
    try:
        yield
    finally:
        rename(f"{name}_away", name)


def rename(name: str, other: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {name} RENAME TO {other}")
