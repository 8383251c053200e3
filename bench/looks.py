"""Our look beside the plain script's: CPU, pace, memory and calls, in turns on the same machine."""

import json
import os
import sys
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import dataclass

from bench.account import BenchAccount, account_ids, bench_account
from bench.figures import Measured, measured, save, table
from bench.processes import run_measured
from bench.stand_in_process import StandInProcess, stand_in

PLAIN, OURS = "plain_script", "our_reader"
READERS = (PLAIN, OURS)
PLAIN_THREADS = 32


class ReadersDifferError(Exception):
    """Two readers of the same accounts came to different facts: no figure of theirs can be compared."""


@dataclass(frozen=True)
class Reading:
    """One run of one reader. CPU in ms per account; memory in MB."""

    cpu: float
    cpu_reading: float
    per_minute: float
    peak_mb: float
    calls: dict[str, int]
    stand_in_cpu: float
    stand_in_share: float
    digests: tuple[str, ...]


def looks(options: Namespace) -> None:
    """Prove that both readers see the same, then measure them in turns, and print what came of it."""
    ours = options.threads or _threads_of_settings()
    threads = {PLAIN: PLAIN_THREADS, OURS: ours}
    with stand_in(options.accounts, options.latency / 1000) as aws:
        prove_equal(aws, options.accounts, threads)
        rounds = [
            {reader: read(aws, reader, options.accounts, threads[reader]) for reader in READERS}
            for _ in range(options.rounds)
        ]
    figures = {reader: _figures([one[reader] for one in rounds]) for reader in READERS}
    ratio = measured(one[OURS].cpu_reading / one[PLAIN].cpu_reading for one in rounds)
    with_start = measured(one[OURS].cpu / one[PLAIN].cpu for one in rounds)
    expected = calls_of_a_quiet_account(bench_account(account_ids(1)[0]))
    print(f"{options.accounts} accounts, {options.latency:g} ms a call, {options.rounds} rounds, threads {threads}")
    print(_table(figures))
    print(f"CPU ours / plain: {ratio} reading, {with_start} with start-up; median 1/{1 / ratio.median:.1f}")
    print(f"AWS calls of a quiet account by the formula: {expected}; facts of both readers are equal")
    save(
        {**figures, "ratio_reading": ratio, "ratio_with_start": with_start, "calls_by_formula": expected}, options.json
    )


def calls_of_a_quiet_account(account: BenchAccount) -> int:
    """AssumeRole, one page each of the two IAM and the two budget reads, and one call per notification."""
    return 1 + 2 + 2 + len(account.subscribers)


def prove_equal(aws: StandInProcess, accounts: int, threads: dict[str, int]) -> None:
    """Raises ReadersDifferError unless both readers come to equal facts of every account."""
    found = {reader: read(aws, reader, accounts, threads[reader], "digests").digests for reader in READERS}
    if found[PLAIN] != found[OURS] or len(set(found[OURS])) != accounts:
        differing = [
            account
            for account, plain, ours in zip(account_ids(accounts), found[PLAIN], found[OURS], strict=True)
            if plain != ours
        ]
        raise ReadersDifferError(f"the readers' facts differ in {differing}")


def read(aws: StandInProcess, reader: str, accounts: int, threads: int, *more: str) -> Reading:
    """One run of one reader in a process of its own."""
    command = [sys.executable, "-m", "bench.reader", reader, str(accounts), str(threads), *more]
    aws.take_calls()
    before = aws.cpu
    taken = run_measured(command, aws.environment() | {"DJANGO_SETTINGS_MODULE": "config.settings"})
    served = aws.cpu - before
    told = json.loads(taken.output)
    return Reading(
        cpu=taken.cpu / accounts * 1000,
        cpu_reading=(taken.cpu - told["start_cpu"]) / accounts * 1000,
        per_minute=accounts / told["seconds"] * 60,
        peak_mb=taken.peak_mb,
        calls=aws.take_calls(),
        stand_in_cpu=served / accounts * 1000,
        stand_in_share=served / told["seconds"] * 100,
        digests=tuple(told["digests"]),
    )


def _threads_of_settings() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.conf import settings

    return int(settings.FIRSTLINE.look_threads)


def _figures(readings: Sequence[Reading]) -> dict[str, Measured]:
    accounts = readings[0].calls["AssumeRole"]
    return {
        "CPU ms/account": measured(one.cpu_reading for one in readings),
        "with start-up": measured(one.cpu for one in readings),
        "accounts/min": measured(one.per_minute for one in readings),
        "peak PSS MB": measured(one.peak_mb for one in readings),
        "calls/account": measured(sum(one.calls.values()) / accounts for one in readings),
        "stand-in CPU ms/account": measured(one.stand_in_cpu for one in readings),
        "stand-in busy %": measured(one.stand_in_share for one in readings),
    }


def _table(figures: dict[str, dict[str, Measured]]) -> str:
    names = list(figures[OURS])
    return table(["", *READERS], [[name, *(figures[reader][name] for reader in READERS)] for name in names])
