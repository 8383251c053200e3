"""Embedded servers come back where they were, and end together with whoever started them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from sandbox.binaries import Identity
from sandbox.homes import private_home, sweep
from sandbox.servers import EmbeddedPostgres, EmbeddedRedis, embedded_postgres, embedded_redis

RUN = [sys.executable, "-m", "sandbox.servers", "run", "--"]


@pytest.fixture(scope="module")
def postgres_server() -> Iterator[EmbeddedPostgres]:
    with embedded_postgres() as server:
        yield server


@pytest.fixture(scope="module")
def redis_server() -> Iterator[EmbeddedRedis]:
    with embedded_redis() as server:
        yield server


@pytest.fixture
def own_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands start servers of their own, not those of this test session."""
    monkeypatch.delenv("FIRSTLINE_DATABASE_URL", raising=False)
    monkeypatch.delenv("FIRSTLINE_REDIS_URL", raising=False)


def test_committed_rows_survive_a_kill(postgres_server: EmbeddedPostgres) -> None:
    with psycopg.connect(postgres_server.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS number")
    postgres_server.kill()
    postgres_server.restart()
    with psycopg.connect(postgres_server.url) as connection:
        assert connection.execute("SELECT number FROM kept").fetchall() == [(1,)]


def test_postgres_speaks_utf8_and_utc(postgres_server: EmbeddedPostgres) -> None:
    with psycopg.connect(postgres_server.url) as connection:
        shown = [connection.execute(f"SHOW {name}").fetchone() for name in ("server_encoding", "timezone")]
    assert shown == [("UTF8",), ("UTC",)]


def test_redis_comes_back_empty_at_the_same_address(redis_server: EmbeddedRedis) -> None:
    client = redis.Redis.from_url(redis_server.url)
    client.set("key", "value")
    redis_server.kill()
    redis_server.restart()
    assert redis.Redis.from_url(redis_server.url).get("key") is None


def test_stopped_server_no_longer_answers(redis_server: EmbeddedRedis) -> None:
    redis_server.stop()
    with pytest.raises(redis.ConnectionError):
        redis.Redis.from_url(redis_server.url).ping()
    redis_server.restart()
    assert redis.Redis.from_url(redis_server.url).ping()


@pytest.mark.usefixtures("own_servers")
def test_command_gets_both_addresses_and_gives_its_status() -> None:
    script = 'echo "$FIRSTLINE_DATABASE_URL $FIRSTLINE_REDIS_URL"; exit 7'
    done = subprocess.run([*RUN, "sh", "-c", script], capture_output=True, text=True)
    assert done.returncode == 7
    assert done.stdout.startswith("postgresql://firstline@/firstline?host=")
    assert " redis://127.0.0.1:" in done.stdout


def test_addresses_in_the_environment_are_kept() -> None:
    given = {"FIRSTLINE_DATABASE_URL": "postgresql://elsewhere/db", "FIRSTLINE_REDIS_URL": "redis://elsewhere/3"}
    script = 'echo "$FIRSTLINE_DATABASE_URL $FIRSTLINE_REDIS_URL"'
    done = subprocess.run([*RUN, "sh", "-c", script], env=os.environ | given, capture_output=True, text=True)
    assert done.stdout.split() == list(given.values())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_signals_reach_the_command(number: signal.Signals) -> None:
    script = f"trap 'echo caught; exit 9' {number.value}; echo ready; while :; do sleep 0.05; done"
    with subprocess.Popen([*RUN, "sh", "-c", script], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout and process.stdout.readline() == "ready\n"
        process.send_signal(number)
        assert process.stdout.read() == "caught\n"
    assert process.returncode == 9


def test_signals_reach_the_command_of_a_job_that_a_script_put_into_the_background() -> None:
    script = "trap 'echo caught; exit 9' 2; echo ready; while :; do sleep 0.05; done"
    ignoring = {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.SIG_IGN)}
    with subprocess.Popen([*RUN, "sh", "-c", script], stdout=subprocess.PIPE, text=True, **ignoring) as process:
        assert process.stdout and process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGINT)
        assert process.stdout.read() == "caught\n"


def test_death_by_signal_is_told_as_a_shell_would() -> None:
    assert subprocess.run([*RUN, "sh", "-c", "kill -KILL $$"]).returncode == 137


def test_unknown_command_is_told_as_a_shell_would() -> None:
    done = subprocess.run([*RUN, "no-such-command"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (127, "no-such-command: No such file or directory\n")


def test_missing_command_shows_the_usage() -> None:
    done = subprocess.run(RUN, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (2, "usage: python -m sandbox.servers run -- COMMAND ...\n")


@pytest.mark.usefixtures("own_servers")
def test_killed_owner_takes_its_servers_and_command_along() -> None:
    script = 'echo "$FIRSTLINE_DATABASE_URL"; echo "$FIRSTLINE_REDIS_URL"; echo $$; exec sleep 600'
    with subprocess.Popen([*RUN, "sh", "-c", script], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        database, cache, command = (process.stdout.readline().strip() for _ in range(3))
        assert redis.Redis.from_url(cache).ping()
        process.kill()
    eventually(lambda: not _runs(int(command)))
    eventually(lambda: _refused(lambda: redis.Redis.from_url(cache).ping(), redis.ConnectionError))
    eventually(lambda: _refused(lambda: psycopg.connect(database).close(), psycopg.OperationalError))


def test_abandoned_homes_are_swept_and_used_ones_kept(tmp_path: Path) -> None:
    identity = Identity.unprivileged()
    abandoned = tmp_path / "firstline-abandoned"
    abandoned.mkdir()
    (abandoned / "in-use").touch()
    identity.own(abandoned)
    with private_home(identity) as used:
        sweep(tmp_path, identity)
        sweep(used.parent, identity)
        assert used.exists()
    assert not abandoned.exists()
    assert not used.exists()


def eventually(holds: Callable[[], bool]) -> None:
    """Wait for what the kernel does in its own time; the suite's time limit is the only clock."""
    for _ in range(1200):
        if holds():
            return
        time.sleep(0.05)
    pytest.fail("did not come true within a minute")


def _refused(action: Callable[[], object], error: type[Exception]) -> bool:
    try:
        action()
    except error:
        return True
    return False


def _runs(pid: int) -> bool:
    """Whether that process is there and not a zombie that waits for its parent."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
