"""Starts the stand-in and asks what it saw."""

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bench.processes import cpu_of


@dataclass(frozen=True)
class StandInProcess:
    """A running stand-in."""

    pid: int
    url: str

    @property
    def cpu(self) -> float:
        """Seconds of CPU it took so far."""
        return cpu_of([self.pid])

    def take_calls(self) -> dict[str, int]:
        """Calls by operation since this was last asked."""
        with urllib.request.urlopen(f"{self.url}/calls") as answer:
            calls: dict[str, int] = json.load(answer)
        return calls

    def environment(self) -> dict[str, str]:
        """For a process that shall take it for AWS."""
        return {name: value for name, value in os.environ.items() if not name.startswith("AWS_")} | {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "AKIABENCH",
            "AWS_SECRET_ACCESS_KEY": "bench",
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        }


@contextmanager
def stand_in(accounts: int, latency: float) -> Iterator[StandInProcess]:
    """A stand-in with this many accounts, each call taking `latency` seconds."""
    command = [sys.executable, "-m", "bench.stand_in", str(accounts), str(latency)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None and process.stdout is not None
        try:
            port = int(process.stdout.readline())
            yield StandInProcess(process.pid, f"http://127.0.0.1:{port}")
        finally:
            process.stdin.close()
            process.wait()
