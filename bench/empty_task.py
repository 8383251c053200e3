"""What a task costs that does nothing: the product's own Celery application, a worker, real Redis."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.processes import cpu_of, tree
from config.celery import app

QUEUE = "bench"
_POLL_SECONDS = 0.02
_PATIENCE_SECONDS = 300


class WorkerSilentError(Exception):
    """The worker did not get through its tasks."""


@app.task(name="bench.empty_task.empty")  # type: ignore[untyped-decorator]
def empty() -> None:
    """Nothing."""


@app.task(name="bench.empty_task.tell")  # type: ignore[untyped-decorator]
def tell(path: str) -> None:
    """All tasks before this one are done."""
    Path(path).touch()


def cpu_of_empty_tasks(tasks: int, rounds: int) -> list[float]:
    """CPU in ms per empty task, of a worker with one child, for each round. Raises WorkerSilentError."""
    with TemporaryDirectory() as folder, _worker() as worker:
        _run_through(worker, Path(folder) / "ready")
        return [_round(worker, tasks, Path(folder) / str(number)) for number in range(rounds)]


def _round(worker: subprocess.Popen[bytes], tasks: int, told: Path) -> float:
    before = cpu_of(tree(worker.pid))
    for _ in range(tasks):
        empty.apply_async(queue=QUEUE)
    _run_through(worker, told)
    return (cpu_of(tree(worker.pid)) - before) / tasks * 1000


def _run_through(worker: subprocess.Popen[bytes], told: Path) -> None:
    tell.apply_async((str(told),), queue=QUEUE)
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not told.exists():
        if worker.poll() is not None or time.monotonic() > deadline:
            raise WorkerSilentError(f"no answer from the worker within {_PATIENCE_SECONDS} s")
        time.sleep(_POLL_SECONDS)


@contextmanager
def _worker() -> Iterator[subprocess.Popen[bytes]]:
    options = ["-Q", QUEUE, "-c", "1", "--prefetch-multiplier", "1", "-n", f"bench{os.getpid()}@%h", "-l", "ERROR"]
    command = [sys.executable, "-m", "celery", "-A", "bench.empty_task", "worker", *options]
    started = {"C_FORCE_ROOT": "1", "PYTHONWARNINGS": "ignore", "FIRSTLINE_EXTERNAL_ID": "of-nobody-of-nobody"}
    environment = os.environ | started
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as worker:
        try:
            yield worker
        finally:
            worker.terminate()
            worker.wait()
