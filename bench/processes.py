"""What a process and its children take: CPU from the kernel's accounts, memory as a share of what is mapped (Linux)."""

import os
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")
_SAMPLE_SECONDS = 0.25


@dataclass(frozen=True)
class Taken:
    """`cpu` in seconds over the whole tree; `peak_mb` is the proportional set size (PSS) over the whole tree."""

    cpu: float
    peak_mb: float
    output: str


def run_measured(command: list[str], environment: dict[str, str]) -> Taken:
    """Run a command to its end. Raises CalledProcessError."""
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    sampler = PeakMemory(process.pid)
    output = process.stdout.read()
    # The kernel counts ended children in once they were waited for.
    _, status, usage = os.wait4(process.pid, 0)
    peak = sampler.stop()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Taken(usage.ru_utime + usage.ru_stime, peak, output)


class PeakMemory:
    """Samples the memory of a process tree from a thread, until `stop`."""

    def __init__(self, pid: int) -> None:
        self._pid, self._peak, self._ended = pid, 0.0, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> float:
        """The largest PSS seen, in MB."""
        self._ended.set()
        self._thread.join()
        return self._peak

    def _watch(self) -> None:
        while not self._ended.wait(_SAMPLE_SECONDS):
            self._peak = max(self._peak, sum(_pss(pid) for pid in tree(self._pid)))


def tree(pid: int) -> list[int]:
    """The process and everything below it that still lives."""
    children = Path(f"/proc/{pid}/task").glob("*/children")
    try:
        below = [int(child) for path in children for child in path.read_text().split()]
    except OSError:
        below = []
    return [pid, *(one for child in below for one in tree(child))]


def cpu_of(pids: list[int]) -> float:
    """Seconds of CPU that these processes took so far, ended children included."""
    return sum(_cpu(pid) for pid in pids)


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / _TICK


def _pss(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)
