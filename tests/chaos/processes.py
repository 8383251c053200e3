"""The product's processes as they run in production, and ways to end or freeze them without notice."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from sandbox.client import Sandbox
from sandbox.processes import die_with_parent
from tests.architecture.sources import ROOT
from tests.chaos.waiting import wait_until

_LISTENING = re.compile(r"Listening at: (http://[\d.:]+)")
QUICK = {
    "FIRSTLINE_LEASE_SECONDS": "3",
    "FIRSTLINE_CONNECT_TIMEOUT_SECONDS": "0.5",
    "FIRSTLINE_READ_TIMEOUT_SECONDS": "1",
    "FIRSTLINE_LEASE_MARGIN_SECONDS": "0.5",
    "FIRSTLINE_SETTLE_SECONDS": "0",
    "FIRSTLINE_HINT_AGAIN_SECONDS": "2",
    "FIRSTLINE_LOOK_THREADS": "4",
}


class Process:
    """The leader of a process group, whose output goes to a file of its own."""

    def __init__(self, pid: int, log: Path, ours: "subprocess.Popen[str] | None" = None) -> None:
        self.pid = pid
        self._log = log
        self._ours = ours

    @property
    def is_alive(self) -> bool:
        if self._ours is not None:
            return self._ours.poll() is None
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        return True

    @property
    def output(self) -> str:
        return self._log.read_text(errors="replace")

    def signal(self, number: signal.Signals) -> None:
        """The whole group gets it."""
        if self.is_alive:
            os.killpg(self.pid, number)

    def kill(self) -> None:
        """SIGKILL: no handler runs, nothing is tidied up."""
        self.signal(signal.SIGKILL)
        while self.is_alive:
            time.sleep(0.01)


class Nursery:
    """Apply workers that start at once; see nursery.py."""

    def __init__(self, server: "subprocess.Popen[str]", folder: Path) -> None:
        self._server = server
        self._folder = folder
        self.workers: list[Process] = []

    def worker(self) -> Process:
        number = len(self.workers)
        log = self._folder / f"nursery-{number}.log"
        options = worker_options("apply", f"nursery{number}", children=3)
        assert self._server.stdin is not None and self._server.stdout is not None
        self._server.stdin.write(json.dumps({"options": options, "log": str(log)}) + "\n")
        self._server.stdin.flush()
        self.workers.append(Process(int(self._server.stdout.readline()), log))
        return self.workers[-1]


class Processes:
    """Starts processes over one environment and ends whatever is left of them."""

    def __init__(self, environment: Mapping[str, str], sandbox: Sandbox, folder: Path) -> None:
        self.environment = {**environment, **QUICK, "FIRSTLINE_EXTERNAL_ID": sandbox.external_id}
        self._sandbox = sandbox
        self._folder = folder
        self._started: list[Process] = []
        self._nursery: Nursery | None = None

    def apply_worker(self, children: int = 3) -> Process:
        return self._worker("apply", children)

    def hand_over_worker(self) -> Process:
        return self._worker("hand_over", 1)

    def look_worker(self) -> Process:
        return self._worker("look", 1)

    def vend_worker(self) -> Process:
        return self._worker("vend", 1)

    def dispatcher(self) -> Process:
        """Holds no AWS credentials."""
        return self._start("dispatcher", ["manage.py", "dispatch"])[0]

    def web(self) -> str:
        """The URL of a web process, which holds no AWS credentials either."""
        process, _ = self._start(
            "web", ["-m", "gunicorn", "config.wsgi", "--no-control-socket", "--bind", "127.0.0.1:0"]
        )
        wait_until(lambda: _LISTENING.search(process.output), "the web process")
        found = _LISTENING.search(process.output)
        assert found is not None
        return found[1]

    def nursery(self) -> Nursery:
        _, server = self._start("nursery", ["-m", "tests.chaos.nursery"], self._keys("apply"))
        self._nursery = Nursery(server, self._folder)
        return self._nursery

    def end(self) -> None:
        for process in [*self._started, *(self._nursery.workers if self._nursery else [])]:
            process.kill()

    def _worker(self, kind: str, children: int) -> Process:
        options = worker_options(kind, f"{kind}{len(self._started)}", children)
        command = ["-m", "celery", "-A", "config", "worker", *options]
        return self._start(kind, command, self._keys(kind.replace("_", "-")))[0]

    def _keys(self, worker: str) -> dict[str, str]:
        return {key.upper(): value for key, value in self._sandbox.hub_credentials(worker).items()}

    def _start(
        self, name: str, command: list[str], more: Mapping[str, str] | None = None
    ) -> tuple[Process, "subprocess.Popen[str]"]:
        log = self._folder / f"{name}-{len(self._started)}.log"
        is_nursery = name == "nursery"
        with log.open("ab") as output:
            ours = subprocess.Popen(
                [sys.executable, *command],
                cwd=ROOT,
                env={**self.environment, **(more or {})},
                stdin=subprocess.PIPE if is_nursery else subprocess.DEVNULL,
                stdout=subprocess.PIPE if is_nursery else output,
                stderr=output,
                text=True,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGTERM),
            )
        self._started.append(Process(ours.pid, log, ours))
        return self._started[-1], ours


def worker_options(queue: str, name: str, children: int) -> list[str]:
    return ["--without-mingle", "--loglevel", "WARNING", "-c", str(children), "-Q", queue, "-n", f"{name}@chaos"]
