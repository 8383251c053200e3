"""The main job from end to end, as `make demo ONCE=1` shows it: real servers, real workers, a simulated AWS."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from tests.architecture.sources import ROOT
from tests.demo.leftovers import left_over, marked_environment

COMMAND = [sys.executable, "-m", "sandbox.demo"]
SECONDS = 280


@pytest.fixture(scope="module")
def shown() -> tuple[subprocess.CompletedProcess[str], str]:
    """One whole demo, and the mark of its processes."""
    mark, environment = marked_environment(ONCE="1")
    done = subprocess.run(COMMAND, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=SECONDS)
    return done, mark


def test_comes_out_right_by_the_simulated_aws_own_state(shown: tuple[subprocess.CompletedProcess[str], str]) -> None:
    done, _ = shown
    assert done.returncode == 0, done.stdout + done.stderr
    assert "All as expected" in done.stdout
    assert "✗" not in done.stdout
    assert done.stderr == ""


def test_names_every_drift_that_the_tampering_made(shown: tuple[subprocess.CompletedProcess[str], str]) -> None:
    told = shown[0].stdout
    found = told[told.index("7. The next look finds it") : told.index("8. Firstline repairs what it may")]
    for part in ("NightlyExport", "trust", "members[eve]", "attached_policies[", "notifications["):
        assert part in found


def test_prints_every_approval_and_what_is_left_for_a_person(
    shown: tuple[subprocess.CompletedProcess[str], str],
) -> None:
    told = shown[0].stdout
    for name in ("workloads-dev", "workloads-test", "workloads-prod"):
        assert f"paula approves a plan for {name}" in told
    assert "everything in prod waits for a person" in told
    assert "iam.role NightlyExport waits for a person" in told
    assert "billing_access account waits for a person" in told


def test_prints_what_somebody_attested(shown: tuple[subprocess.CompletedProcess[str], str]) -> None:
    assert "no API reads the billing switch of workloads-test: rosa (security admin) attests it" in shown[0].stdout


def test_says_what_only_people_can_do_until_they_have_done_it(
    shown: tuple[subprocess.CompletedProcess[str], str],
) -> None:
    told = shown[0].stdout
    part = told[told.index("5. What only people can do") : told.index("6. Behind Firstline's back")]
    for waiting in ("iam.user ann: a first password must be handed over", "iam.mfa *: somebody signs in without MFA"):
        assert f"waits for a person: {waiting}" in part
    assert "It was read once, by ann at" in part
    assert "denies ec2:RunInstances when aws:MultiFactorAuthPresent is false or absent" in " ".join(part.split())
    (row,) = [line.split() for line in part.splitlines() if line.strip().startswith("workloads-test  ")]
    assert row[-2:] == ["in_sync", "nothing"]


def test_leaves_no_process_behind(shown: tuple[subprocess.CompletedProcess[str], str]) -> None:
    assert left_over(shown[1]) == []


def test_nothing_outlives_a_demo_that_was_killed() -> None:
    mark, environment = marked_environment()
    demo = subprocess.Popen(COMMAND, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    assert demo.stdout is not None
    started = any("1. The organisation" in line for line in demo.stdout)
    demo.send_signal(signal.SIGKILL)
    demo.wait()
    demo.stdout.close()
    assert started
    assert left_over(mark) == []
