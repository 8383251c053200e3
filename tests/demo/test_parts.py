"""The demo's parts: processes that end, people who can sign in, and knowing when an account is settled."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from rich.console import Console

from access.models import Token
from sandbox.demo.children import Children
from sandbox.demo.errors import DemoError
from sandbox.demo.installation import product_environment, refuse_used
from sandbox.demo.reconcile import Progress
from sandbox.demo.screen import Screen
from tests.architecture.sources import ROOT

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
ORGANISATION = {
    "external_id": "x",
    "org_id": "o-1",
    "hub_account": "999988887777",
    "management_account": "777766665555",
    "accounts": [{"ou": "/workloads/dev", "environment": "dev"}, {"ou": "/", "environment": ""}],
}


def test_process_that_ends_is_told_with_the_end_of_its_log(tmp_path: Path) -> None:
    children = Children(tmp_path)
    child = children.start("look worker", [sys.executable, "-c", "import sys; sys.exit('no broker')"], {})
    child.process.wait()
    with pytest.raises(DemoError, match="look worker ended with exit status 1") as told:
        children.check()
    assert "no broker" in str(told.value)
    children.stop()


def test_stopping_ends_what_ignores_a_polite_request(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.demo.children.STOP_SECONDS", 0.2)
    deaf = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)"
    )
    children = Children(tmp_path)
    child = children.start("deaf", [sys.executable, "-c", deaf], {}, answers=True)
    assert child.process.stdout is not None
    assert child.process.stdout.readline() == "up\n"
    children.stop()
    assert child.process.returncode is not None


def test_web_and_dispatcher_get_no_aws_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIRSTLINE_LOOK_THREADS", "1")
    environment = product_environment({"FIRSTLINE_REDIS_URL": "redis://x"}, ORGANISATION)
    assert not [name for name in environment if name.startswith("AWS_") and "KEY" in name]
    assert "FIRSTLINE_LOOK_THREADS" not in environment


@pytest.mark.django_db(transaction=True)
def test_database_in_use_is_refused(process_environment: dict[str, str]) -> None:
    with pytest.raises(DemoError, match="in use"):
        refuse_used(process_environment["FIRSTLINE_DATABASE_URL"])


@pytest.mark.django_db(transaction=True)
def test_people_with_a_password_sign_in_to_the_admin_and_all_have_a_token(
    process_environment: dict[str, str], client: Client
) -> None:
    wanted = {
        "ann": {"role": "operator", "password": None},
        "paula": {"role": "approver", "password": "a-long-one-for-paula"},
    }
    done = subprocess.run(
        [sys.executable, "-m", "sandbox.demo.people"],
        cwd=ROOT,
        env=process_environment,
        input=json.dumps(wanted),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert {name: text[:3] for name, text in json.loads(done.stdout).items()} == {"ann": "fl_", "paula": "fl_"}
    assert {token.user.get_username(): token.grants[0]["role"] for token in Token.objects.all()} == {
        "ann": "operator",
        "paula": "approver",
    }
    assert client.login(username="paula", password="a-long-one-for-paula")
    assert client.get("/admin/").status_code == 200


def run(kind: str, state: str = "done", began: int = 1, ended: int = 2, generation: int = 3) -> dict[str, Any]:
    return {
        "kind": kind,
        "state": state,
        "generation": generation,
        "started_at": (MOMENT + timedelta(seconds=began)).isoformat(),
        "finished_at": (MOMENT + timedelta(seconds=ended)).isoformat(),
    }


@pytest.mark.parametrize(
    ("seen", "runs"),
    [
        (True, [run("look")]),
        (False, []),
        (False, [run("look", began=-1)]),
        (False, [run("look", state="failed")]),
        (False, [run("look", generation=2)]),
        (False, [run("look", began=3), run("apply", began=2, ended=4)]),
        (True, [run("look", began=5, ended=6), run("apply", began=2, ended=4)]),
    ],
    ids=["after", "none", "before", "failed", "another generation", "during an apply", "after an apply"],
)
def test_account_counts_as_seen_by_a_look_after_every_write(seen: bool, runs: list[dict[str, Any]]) -> None:
    assert Progress(runs=runs).seen_since(MOMENT, 3) is seen


def test_without_a_terminal_a_line_is_printed_when_something_was_written_or_a_person_must_act() -> None:
    written = StringIO()
    screen = Screen(Console(file=written, width=100))
    with screen.bars(["workloads-dev"]).live() as bars:
        for done, doing in ((0, "looking"), (0, "looking"), (2, "applying"), (2, "verifying"), (2, "waits for paula")):
            bars.show("workloads-dev", done, 4, doing)
    assert [line.split() for line in written.getvalue().splitlines() if line.strip()] == [
        ["workloads-dev", "2", "of", "4", "writes", "applying"],
        ["workloads-dev", "2", "of", "4", "writes", "waits", "for", "paula"],
    ]
