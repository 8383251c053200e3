"""The demo's processes: each writes to a log of its own, and none outlives the demo."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sandbox.demo.errors import DemoError
from sandbox.processes import die_with_parent

ROOT = Path(__file__).resolve().parents[2]
STOP_SECONDS = 8.0
TAIL_LINES = 15


@dataclass(frozen=True)
class Child:
    """One process and where it writes."""

    name: str
    process: subprocess.Popen[str]
    log: Path


class Children:
    """Starts processes and ends them all. Start from the main thread: they die together with it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._all: list[Child] = []

    def start(
        self,
        name: str,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        given: str | None = None,
        answers: bool = False,
        files: Sequence[int] = (),
    ) -> Child:
        """Start one. `given` is its standard input; `answers`: its standard output is read by us, not logged."""
        path = self.folder / f"{name.replace(' ', '-')}.log"
        with path.open("a") as log:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=dict(environment),
                text=True,
                stdin=subprocess.DEVNULL if given is None else subprocess.PIPE,
                stdout=subprocess.PIPE if answers else log,
                stderr=log,
                pass_fds=files,
                start_new_session=True,  # Ctrl-C in a terminal is for the demo, which then ends its processes
                preexec_fn=die_with_parent(signal.SIGTERM),
            )
        child = Child(name, process, path)
        self._all.append(child)
        return child

    def run(self, name: str, command: Sequence[str], environment: Mapping[str, str], given: str = "") -> str:
        """Run one to its end and return what it wrote to standard output. Raises DemoError when it failed."""
        child = self.start(name, command, environment, given=given, answers=True)
        output, _ = child.process.communicate(given)
        self._all.remove(child)
        if child.process.returncode:
            raise DemoError(_ended(child))
        return output

    def check(self) -> None:
        """Raises DemoError with the end of its log when a process has ended that should be running."""
        for child in self._all:
            if child.process.poll() is not None:
                raise DemoError(_ended(child))

    def tails(self) -> str:
        """The end of every log, for when something else went wrong."""
        shown = [f"--- {child.name}: {child.log}\n{tail(child.log)}" for child in self._all]
        return "\n".join(shown)

    def stop(self) -> None:
        """End all of them in good order, by force those that take too long."""
        deadline = time.monotonic() + STOP_SECONDS
        for child in self._all:
            child.process.terminate()
        for child in self._all:
            with suppress(subprocess.TimeoutExpired):
                child.process.wait(max(0.1, deadline - time.monotonic()))
            # What a killed leader leaves behind is still in its process group.
            with suppress(ProcessLookupError):
                os.killpg(child.process.pid, signal.SIGKILL)
            child.process.wait()
            if child.process.stdout:
                child.process.stdout.close()


def tail(path: Path, lines: int = TAIL_LINES) -> str:
    """The last lines of a log."""
    return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])


def _ended(child: Child) -> str:
    return f"{child.name} ended with exit status {child.process.returncode}. Its log ends:\n{tail(child.log)}"
