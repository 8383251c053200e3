"""The processes themselves: each refuses to start, and Django's own deployment check finds nothing to say."""

import subprocess
import sys

import pytest

from config.start import REFUSED
from tests.architecture.sources import ROOT
from tests.running.production import production_environment

GUNICORN = ["-m", "gunicorn", "config.wsgi", "--bind", "127.0.0.1:0", "--no-control-socket"]
CELERY = ["-m", "celery", "-A", "config", "worker", "-Q", "look", "-c", "1"]
STARTS = {
    "web": (GUNICORN, {"AWS_PROFILE": "hub"}, "AWS_PROFILE"),
    "worker": (CELERY, {"FIRSTLINE_EXTERNAL_ID": "acme"}, "FIRSTLINE_EXTERNAL_ID"),
    "dispatcher": (["manage.py", "dispatch"], {"FIRSTLINE_DEBUG": "true"}, "FIRSTLINE_DEBUG"),
}


def python(arguments: list[str], **changed: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=production_environment(**changed),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("which", STARTS)
def test_process_ends_at_once_and_says_why(which: str) -> None:
    arguments, changed, variable = STARTS[which]
    ended = python(arguments, **changed)
    assert ended.returncode == REFUSED, ended.stderr
    assert f"Firstline's {which} does not start" in ended.stderr
    assert variable in ended.stderr
    assert "Traceback" not in ended.stderr


def test_check_for_deployment_finds_nothing_in_the_documented_environment() -> None:
    checked = python(["manage.py", "check", "--deploy", "--fail-level", "WARNING"])
    assert checked.returncode == 0, checked.stderr


def test_check_for_deployment_shows_the_same_refusals() -> None:
    checked = python(["manage.py", "check", "--deploy", "--fail-level", "WARNING"], FIRSTLINE_DEBUG="true")
    assert checked.returncode != 0
    assert "firstline.E102" in checked.stderr


def test_wrong_variable_is_named_and_its_value_is_not() -> None:
    told = python(["manage.py", "check"], FIRSTLINE_ALLOWED_HOSTS="firstline.example.org", FIRSTLINE_LOOK_THREADS="9")
    assert told.returncode != 0
    assert "FIRSTLINE_ALLOWED_HOSTS: write JSON" in told.stderr
    assert "firstline.example.org" not in told.stderr
