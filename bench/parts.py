"""The parts of one look on one thread with no latency, its recording in PostgreSQL, and a task that does nothing."""

import os
from argparse import Namespace
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import django

from bench.account import account_ids
from bench.figures import Measured, measured, save, table
from bench.stand_in_process import stand_in

Round = dict[str, float]


def parts(options: Namespace) -> None:
    """Measure each part over all accounts, round by round, and print them."""
    ids = account_ids(options.accounts)
    with ExitStack() as stack:
        aws = stack.enter_context(stand_in(options.accounts, latency=0))
        os.environ.update(aws.environment() | _servers(stack), DJANGO_SETTINGS_MODULE="config.settings")
        django.setup()
        reading = reading_rounds(ids, options.rounds)
        first, quiet = recording_rounds(ids, options.rounds)
        empty = measured(_empty_tasks(options))
    figures = {
        "reading": reading,
        "recording a first look": first,
        "recording a quiet look": quiet,
        "empty task": {"CPU ms": empty},
    }
    print(f"{options.accounts} accounts, {options.rounds} rounds, one thread, no latency; per account, or per task")
    for title, rows in figures.items():
        print(f"\n{table([title, 'median (spread)'], rows.items())}")
    whole = reading["whole look"].median + quiet["record CPU ms"].median + quiet["load CPU ms"].median
    print(f"\nan empty task takes {empty.median / whole:.1%} of a quiet look with its recording")
    save(figures, options.json)


def reading_rounds(ids: list[str], rounds: int) -> dict[str, Measured]:
    """CPU of entering, of each section and of comparing."""
    from bench.reading_parts import read_parts

    read_parts(ids[:5])
    return _joined([read_parts(ids) for _ in range(rounds)])


def recording_rounds(ids: list[str], rounds: int) -> tuple[dict[str, Measured], dict[str, Measured]]:
    """CPU and statements of recording: of the first look at each account, and of the quiet ones after it."""
    from bench.recording import record_all, register

    with _database():
        register(ids)
        first = record_all(ids)
        return _joined([first]), _joined([record_all(ids) for _ in range(rounds)])


def _joined(rounds: list[Round]) -> dict[str, Measured]:
    return {name: measured(one[name] for one in rounds) for name in rounds[0]}


def _empty_tasks(options: Namespace) -> list[float]:
    from bench.empty_task import cpu_of_empty_tasks

    return cpu_of_empty_tasks(options.tasks, options.rounds)


def _servers(stack: ExitStack) -> dict[str, str]:
    from sandbox.servers import postgres, redis

    return {
        "FIRSTLINE_DATABASE_URL": stack.enter_context(postgres()),
        "FIRSTLINE_REDIS_URL": stack.enter_context(redis()),
    }


@contextmanager
def _database() -> Iterator[None]:
    """A database of its own, so that nobody's accounts are touched."""
    from django.db import connection

    name = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = "firstline_bench"
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
