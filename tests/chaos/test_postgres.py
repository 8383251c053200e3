"""PostgreSQL crashes in the middle of applies: its clients recover by themselves, and nothing is half recorded."""

import os
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.db import connection

from access.roles import Role
from config.environment import database
from history.models import Event
from provisioning.aws.clients import forget_clients
from provisioning.models import Run, Write
from sandbox.client import Sandbox
from sandbox.servers import EmbeddedPostgres, embedded_postgres
from tests.chaos.baseline import applied_writes, assign, repeated, rich, shortfalls
from tests.chaos.processes import Processes
from tests.chaos.waiting import wait_until
from tests.people import person
from tests.services.fleet import APPROVER, DEV, TEST, Fleet

pytestmark = pytest.mark.chaos
PLACE = ("NAME", "USER", "PASSWORD", "HOST", "PORT")
CRASHES = (signal.SIGKILL, signal.SIGQUIT)
"""The second is PostgreSQL's own immediate shutdown."""


@pytest.fixture
def server(django_db_blocker: Any) -> Iterator[EmbeddedPostgres]:
    """A PostgreSQL that only this test uses, so that it may be killed; this process works on it as well."""
    usual = {name: connection.settings_dict[name] for name in PLACE}
    with embedded_postgres() as mine, django_db_blocker.unblock():
        connection.close()
        connection.settings_dict.update({name: database(mine.url)[name] for name in PLACE})
        call_command("migrate", verbosity=0)
        yield mine
        connection.close()
        connection.settings_dict.update(usual)


@pytest.fixture
def fleet(
    server: EmbeddedPostgres,
    sandbox: Sandbox,
    organisation: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    settings: LazySettings,
) -> Iterator[Fleet]:
    settings.FIRSTLINE = settings.FIRSTLINE.model_copy(update={"external_id": organisation["external_id"]})
    person(APPROVER, Role.APPROVER)
    yield Fleet(sandbox, monkeypatch)
    forget_clients()


@pytest.fixture
def processes(server: EmbeddedPostgres, fleet: Fleet, tmp_path: Path) -> Iterator[Processes]:
    mine = {"DJANGO_SETTINGS_MODULE": "config.settings", "FIRSTLINE_DATABASE_URL": server.url}
    started = Processes({**os.environ, **mine}, fleet.sandbox, tmp_path)
    yield started
    started.end()


def crash(server: EmbeddedPostgres, number: signal.Signals) -> None:
    assert server.pid is not None
    os.kill(server.pid, number)
    server.restart()
    connection.close()


def open_applies() -> bool:
    return Run.objects.filter(kind="apply", state__in=Run.OPEN).exists()


def test_workers_and_dispatcher_outlive_crashes_of_the_database(
    server: EmbeddedPostgres, fleet: Fleet, processes: Processes
) -> None:
    items = rich()
    for account_id, environment in ((DEV, "dev"), (TEST, "test")):
        fleet.register(account_id, environment)
    assign(items)
    fleet.sandbox.fault("delay", operation="write", seconds=0.1)
    working = [processes.dispatcher(), processes.look_worker(), processes.apply_worker()]
    for number in CRASHES:
        before = writes(fleet)
        wait_until(lambda before=before: writes(fleet) > before + 5, "the middle of the applies")  # type: ignore[misc]
        crash(server, number)
    assert open_applies()
    wait_until(lambda: not open_applies(), "the end of the applies")
    assert all(process.is_alive for process in working)
    assert set(Run.objects.filter(kind="apply").values_list("state", flat=True)) == {"done"}
    for account_id in (DEV, TEST):
        assert shortfalls(fleet.sandbox.state(account_id), items) == []
        assert repeated(applied_writes(fleet.sandbox, account_id)) == {}
        assert_recorded(fleet, account_id)
    assert fleet.sandbox.overlaps() == []


def writes(fleet: Fleet) -> int:
    return len(fleet.writes(DEV)) + len(fleet.writes(TEST))


def assert_recorded(fleet: Fleet, account_id: str) -> None:
    """Every write was intended first; every intent and every outcome has its history row."""
    rows = Write.objects.filter(run__account_id=account_id)
    intended = Counter(rows.values_list("operation", flat=True))
    assert not Counter(fleet.writes(account_id)) - intended
    verbs = Counter(Event.objects.filter(account_id=account_id).values_list("verb", flat=True))
    assert verbs["write.intended"] == rows.count()
    for outcome in Write.Outcome:
        if outcome != Write.Outcome.INTENT:
            assert verbs[f"write.{outcome}"] == rows.filter(outcome=outcome).count()
