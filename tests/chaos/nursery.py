"""Celery workers forked from a process that has imported everything: a killed one is replaced at once.

Each line read is the options of one worker and its log; each line written is the worker's process id.
"""

import json
import os
import signal
import sys

import django

from config.celery import app
from sandbox.processes import die_with_parent


def main() -> None:
    django.setup()
    app.loader.import_default_modules()
    app.Worker  # noqa: B018 (imports what a worker needs)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            _become_worker(**json.loads(line))
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


def _become_worker(options: list[str], log: str) -> None:
    os.setsid()
    die_with_parent(signal.SIGTERM)()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for number in (1, 2):
        os.dup2(output, number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    try:
        app.worker_main(["worker", *options])
    finally:
        os._exit(0)


if __name__ == "__main__":
    main()
