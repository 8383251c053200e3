"""The folders that embedded servers live in: private, short of path, and gone after us."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sandbox.binaries import Identity, ServerError

PREFIX = "firstline-"
LOCK = "in-use"
SOCKET_NAME = ".s.PGSQL.5432"
SOCKET_PATH_LIMIT = 107  # bytes of sun_path, unix(7)


@contextmanager
def private_home(identity: Identity) -> Iterator[Path]:
    """A folder of that user, in the first temporary folder where the user can work. Raises ServerError."""
    for parent in dict.fromkeys(Path(name) for name in (tempfile.gettempdir(), "/tmp", "/var/tmp")):
        sweep(parent, identity)
        home = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
        try:
            if _fits(home, identity):
                with _held(home):
                    yield home
                return
        finally:
            shutil.rmtree(home, ignore_errors=True)
    raise ServerError(f"no temporary folder that {identity.name} can enter by a short path; set TMPDIR to one")


def sweep(parent: Path, identity: Identity) -> None:
    """Remove homes whose owner was killed before it could: the kernel has freed their locks."""
    for home in parent.glob(f"{PREFIX}*"):
        with suppress(OSError):
            if home.lstat().st_uid == identity.uid and _abandoned(home):
                shutil.rmtree(home, ignore_errors=True)


def _fits(home: Path, identity: Identity) -> bool:
    identity.own(home)
    return len(os.fsencode(home / SOCKET_NAME)) < SOCKET_PATH_LIMIT and identity.can_write(home)


@contextmanager
def _held(home: Path) -> Iterator[None]:
    descriptor = os.open(home / LOCK, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _abandoned(home: Path) -> bool:
    """A home without a lock is just being made: not abandoned. Raises OSError then, and while the lock is held."""
    descriptor = os.open(home / LOCK, os.O_RDWR | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    finally:
        os.close(descriptor)
    return True
