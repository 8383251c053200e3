"""The benchmark of looks runs, and what it compares is comparable: both readers see the same. No time is judged."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.account import account_ids, bench_account
from bench.looks import OURS, PLAIN, READERS, calls_of_a_quiet_account, prove_equal, read
from bench.stand_in_process import StandInProcess, stand_in
from tests.architecture.sources import ROOT

CALLS_OF_TWO_QUIET_LOOKS = {
    "AssumeRole": 2,
    "GetAccountAuthorizationDetails": 2,
    "ListRoles": 2,
    "DescribeBudgets": 2,
    "DescribeBudgetNotificationsForAccount": 2,
    "DescribeSubscribersForNotification": 24,
}


@pytest.fixture(scope="module")
def aws() -> Iterator[StandInProcess]:
    with stand_in(accounts=2, latency=0) as running:
        yield running


def test_both_readers_end_in_equal_facts(aws: StandInProcess) -> None:
    prove_equal(aws, 2, {PLAIN: 2, OURS: 2})


@pytest.mark.parametrize("reader", READERS)
def test_each_reader_makes_the_calls_of_the_formula(aws: StandInProcess, reader: str) -> None:
    calls = read(aws, reader, 2, 2).calls
    assert calls == CALLS_OF_TWO_QUIET_LOOKS
    assert sum(calls.values()) == 2 * calls_of_a_quiet_account(bench_account(account_ids(1)[0])) == 2 * 17


def test_bench_account_has_the_size_it_is_said_to_have() -> None:
    account = bench_account(account_ids(1)[0])
    assert [len(account.roles), len(account.groups), len(account.policies), len(account.users)] == [10, 5, 8, 5]
    assert len(account.budgets) == 4
    assert {len(items) for items in account.notifications.values()} == {3}
    assert {len(people) for people in account.subscribers.values()} == {2}


def test_accounts_differ_and_are_the_same_each_time() -> None:
    one, other = account_ids(2)
    assert bench_account(one) == bench_account(one)
    assert bench_account(one).policies != bench_account(other).policies


def test_command_prints_a_table_and_writes_the_figures(tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"
    command = [sys.executable, "-m", "bench", "looks", "--accounts", "2", "--rounds", "1", "--latency", "0"]
    done = subprocess.run([*command, "--json", str(figures)], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "calls/account" in done.stdout
    written = json.loads(figures.read_text())
    assert written["calls_by_formula"] == written[OURS]["calls/account"]["median"] == 17
    assert written["ratio_reading"]["values"]
