"""Run as a program: start both servers as one kind of user, from one source of binaries, and report as JSON.

    python -m tests.servers.leg root|hidden|ordinary

Root starts the servers once before it gives up its rights: that imports everything, however lazily it is done,
because the interpreter may lie where an ordinary user can't read.
"""

from __future__ import annotations

import json
import os
import pwd
import shutil
import sys
import tempfile
import traceback
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NoReturn

import psycopg

from sandbox.binaries import POSTGRES_WHEEL, REDIS_WHEEL
from sandbox.servers import EmbeddedPostgres, EmbeddedRedis, embedded_postgres, embedded_redis


def main(user: str) -> None:
    own_report = report()
    if user == "root":
        return show(own_report)
    with tempfile.TemporaryDirectory() as shelf:
        lend_wheels(Path(shelf))
        if user == "hidden":
            return show(report())
        Path(shelf).chmod(0o755)
        child = os.fork()
        if child == 0:
            report_as_nobody()
        _, status = os.waitpid(child, 0)
    sys.exit(os.waitstatus_to_exitcode(status))


def report_as_nobody() -> NoReturn:
    """Never returns: what follows the fork belongs to root."""
    try:
        become_nobody()
        show(report())
    except BaseException:  # noqa: BLE001 (whatever it is, it must not unwind into root's clean-up)
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def show(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer))
    sys.stdout.flush()


def report() -> dict[str, Any]:
    with embedded_postgres() as database, embedded_redis() as cache:
        return {
            "postgres": _postgres_version(database),
            "program": str(Path(f"/proc/{database.pid}/exe").readlink()),
            "redis": str(Path(f"/proc/{cache.pid}/exe").readlink()),
            "user": os.geteuid(),
            "servers": [_owner(database), _owner(cache)],
            "modes": [database.home.stat().st_mode & 0o777, cache.home.stat().st_mode & 0o777],
            "homes": [str(database.home), str(cache.home)],
        }


def lend_wheels(shelf: Path) -> None:
    """Take the wheels from this shelf: closed, as in root's own home, or open, as an ordinary user installs them."""
    for package in (POSTGRES_WHEEL, REDIS_WHEEL):
        spec = find_spec(package)
        assert spec and spec.submodule_search_locations
        place = Path(spec.submodule_search_locations[0])
        for folder in (place, place.with_name(f"{place.name}.libs")):
            if folder.exists():
                shutil.copytree(folder, shelf / folder.name, symlinks=True, ignore=shutil.ignore_patterns("pginstall"))
    sys.path.insert(0, str(shelf))


def become_nobody() -> None:
    nobody = pwd.getpwnam("nobody")
    os.setgroups([])
    os.setresgid(nobody.pw_gid, nobody.pw_gid, nobody.pw_gid)
    os.setresuid(nobody.pw_uid, nobody.pw_uid, nobody.pw_uid)


def _postgres_version(server: EmbeddedPostgres) -> int:
    with psycopg.connect(server.url) as connection:
        return connection.info.server_version // 10_000


def _owner(server: EmbeddedPostgres | EmbeddedRedis) -> int:
    assert server.pid
    return Path(f"/proc/{server.pid}").stat().st_uid


if __name__ == "__main__":
    main(sys.argv[1])
