"""The process that one reader runs in, so that what it takes can be told apart.

    python -m bench.reader plain_script|our_reader ACCOUNTS THREADS [digests]

Prints one line of JSON: seconds of CPU before reading, seconds that reading took, and with `digests` one per account.
"""

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module

from bench.account import account_ids
from bench.facts import Facts, digest


def main(name: str, accounts: int, threads: int, with_digests: bool) -> None:
    look = import_module(f"bench.{name}").look

    def result(account_id: str) -> str:
        facts: Facts = look(account_id)
        return digest(facts) if with_digests else ""

    started_cpu, started = time.process_time(), time.monotonic()
    with ThreadPoolExecutor(threads) as pool:
        digests = list(pool.map(result, account_ids(accounts)))
    seconds = time.monotonic() - started
    print(json.dumps({"start_cpu": started_cpu, "seconds": seconds, "digests": digests if with_digests else []}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:] == ["digests"])
