"""The canary, with a live worker and a live dispatcher."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.dispatcher import send_canaries
from provisioning.models import Heartbeat
from provisioning.services.heartbeats import queues
from sandbox.client import Sandbox
from sandbox.servers import embedded_redis
from tests.chaos.processes import Processes
from tests.chaos.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def processes(sandbox: Sandbox, process_environment: dict[str, str], tmp_path: Path) -> Iterator[Processes]:
    """Over a Redis of their own: a canary of another test must not be theirs."""
    sandbox.organisation(example="workshop")
    with embedded_redis() as redis:
        started = Processes({**process_environment, "FIRSTLINE_REDIS_URL": redis.url}, sandbox, tmp_path)
        yield started
        started.end()


def alive(name: str) -> bool:
    return Heartbeat.objects.filter(name=name, at__isnull=False).exists()


def test_queue_lives_when_a_worker_listens_and_not_before(processes: Processes) -> None:
    processes.dispatcher()
    wait_until(lambda: alive("dispatcher"), "the dispatcher's first round")
    wait_until(lambda: Heartbeat.objects.filter(rung_at__isnull=False).count() == len(queues()), "a canary of each")
    assert not alive("queue:look")
    processes.look_worker()
    wait_until(lambda: alive("queue:look"), "the worker to take its canary")
    assert not alive("queue:apply")


def test_celery_writes_its_lines_as_we_do(processes: Processes) -> None:
    """Its own handlers would write what they are given, secrets included."""
    processes.environment["FIRSTLINE_LOG_FORMAT"] = "json"
    worker = processes.look_worker()
    wait_until(lambda: "ready." in worker.output, "the worker's start")
    lines = [json.loads(line) for line in worker.output.splitlines() if line.startswith("{")]
    assert any(line["logger"].startswith("celery") for line in lines)
    assert not [line for line in worker.output.splitlines() if "INFO/MainProcess" in line]


def test_broker_that_is_away_costs_the_canary_only(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kombu.exceptions import OperationalError

    from provisioning.tasks import canary

    def away(*_: object, **__: object) -> None:
        raise OperationalError

    monkeypatch.setattr(canary, "apply_async", away)
    send_canaries(["look"])
    assert "broker unreachable" in caplog.text
