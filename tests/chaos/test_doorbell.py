"""The broker is a doorbell: losing it, its messages, or hearing it twice changes timing only."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from access.roles import Role
from provisioning.models import Run
from sandbox.client import Sandbox
from sandbox.servers import EmbeddedRedis, embedded_redis
from tests.chaos.api import Api
from tests.chaos.baseline import applied_writes, assign, repeated, shortfalls, small
from tests.chaos.processes import Processes
from tests.chaos.waiting import wait_until
from tests.services.fleet import DEV, OPERATOR, PROD, TEST, Fleet

pytestmark = [pytest.mark.chaos, pytest.mark.django_db(transaction=True)]
ENVIRONMENTS = {DEV: "dev", TEST: "test", PROD: "prod"}


@pytest.fixture
def bell() -> Iterator[EmbeddedRedis]:
    """A Redis that only this test uses, so that it may be killed."""
    with embedded_redis() as server:
        yield server


@pytest.fixture
def processes(
    bell: EmbeddedRedis,
    sandbox: Sandbox,
    organisation: object,
    process_environment: dict[str, str],
    tmp_path: Path,
) -> Iterator[Processes]:
    started = Processes({**process_environment, "FIRSTLINE_REDIS_URL": bell.url}, sandbox, tmp_path)
    yield started
    started.end()


def queue(fleet: Fleet, *accounts: str) -> None:
    """Accounts whose applies wait for nothing but a worker."""
    for account_id in accounts:
        fleet.register(account_id, ENVIRONMENTS[account_id])
    assign(small())
    for account_id in accounts:
        fleet.look(account_id)


def state_of(account_id: str) -> str:
    return str(Run.objects.filter(account_id=account_id, kind="apply").latest("created_at").state)


def assert_right(fleet: Fleet, *accounts: str) -> None:
    """By the simulator's state and log alone."""
    assert fleet.sandbox.overlaps() == []
    for account_id in accounts:
        assert shortfalls(fleet.sandbox.state(account_id), small()) == []
        assert repeated(applied_writes(fleet.sandbox, account_id)) == {}


def test_hints_that_are_lost_are_sent_again_and_doubled_ones_do_no_harm(
    fleet: Fleet, bell: EmbeddedRedis, processes: Processes
) -> None:
    broker = redis.Redis.from_url(bell.url)
    queue(fleet, DEV, TEST, PROD)
    processes.dispatcher()
    wait_until(lambda: broker.llen("apply"), "a hint that nobody takes")
    broker.flushall()
    worker = processes.apply_worker()
    wait_until(lambda: state_of(DEV) == state_of(TEST) == "done", "applies whose hints were lost")
    worker.signal(signal.SIGSTOP)
    fleet.approve(PROD)
    wait_until(lambda: broker.llen("apply"), "a hint for the stopped worker")
    hints = broker.lrange("apply", 0, -1)
    for _ in range(5):
        broker.rpush("apply", *hints)
    worker.signal(signal.SIGCONT)
    wait_until(lambda: state_of(PROD) == "done", "an apply that was rung for six times")
    assert_right(fleet, DEV, TEST, PROD)


def test_a_broker_that_dies_and_comes_back_delays_work_and_fails_no_request(
    fleet: Fleet, bell: EmbeddedRedis, processes: Processes
) -> None:
    queue(fleet, DEV, PROD)
    url = processes.web()
    working = [processes.dispatcher(), processes.apply_worker(), processes.look_worker()]
    fleet.sandbox.fault("delay", account=DEV, operation="write", seconds=0.2)
    wait_until(lambda: len(fleet.writes(DEV)) > 2, "the middle of an apply")
    bell.kill()
    operator = Api.of(url, OPERATOR, Role.OPERATOR)
    answer = operator.post(f"/api/v1/accounts/{PROD}/looks")
    assert answer.status == 202
    wait_until(lambda: "broker unreachable" in working[0].output, "the dispatcher's complaint")
    wait_until(lambda: state_of(DEV) == "done", "the apply under way, which needs no broker")
    assert operator.get(answer.location)["state"] == "queued"
    bell.restart()
    wait_until(lambda: operator.get(answer.location)["state"] == "done", "the look that was asked for meanwhile")
    fleet.approve(PROD)
    wait_until(lambda: state_of(PROD) == "done", "an apply after the restart")
    assert all(process.is_alive for process in working)
    assert "Traceback" not in working[0].output
    assert_right(fleet, DEV, PROD)
