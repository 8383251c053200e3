"""tools/setup.sh makes the virtual environment once, makes it anew when the lock changes, and says what is missing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The set-up scripts beside locks that hold nothing, so that no package index is asked."""
    shutil.copytree(ROOT / "tools", tmp_path / "tools")
    (tmp_path / "requirements").mkdir()
    for lock in ("demo", "test"):
        (tmp_path / "requirements" / f"{lock}.txt").touch()
    return tmp_path


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder in front of the PATH."""
    folder = tmp_path / "programs"
    folder.mkdir()
    return folder


def write_program(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


def set_up(checkout: Path, wanted: str, **environment: str) -> subprocess.CompletedProcess[str]:
    settings = os.environ | {"PYTHON": sys.executable} | environment
    command = ["sh", "tools/setup.sh", wanted]
    return subprocess.run(command, cwd=checkout, env=settings, capture_output=True, text=True)


def assert_made(done: subprocess.CompletedProcess[str], wanted: str) -> None:
    assert done.returncode == 0, done.stderr
    assert done.stderr == f"setup: installing the packages of requirements/{wanted}.txt into .venv\n"


def assert_nothing_to_do(done: subprocess.CompletedProcess[str]) -> None:
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_environment_is_made_once(checkout: Path) -> None:
    assert_made(set_up(checkout, "demo"), "demo")
    assert_nothing_to_do(set_up(checkout, "demo"))


def test_the_tests_environment_serves_the_demo_but_not_the_other_way(checkout: Path) -> None:
    assert_made(set_up(checkout, "demo"), "demo")
    assert_made(set_up(checkout, "test"), "test")
    assert_nothing_to_do(set_up(checkout, "demo"))


def test_changed_lock_makes_the_environment_anew(checkout: Path) -> None:
    set_up(checkout, "test")
    left_over = checkout / ".venv" / "left-over"
    left_over.touch()
    (checkout / "requirements" / "test.txt").write_text("# changed\n")
    assert_made(set_up(checkout, "test"), "test")
    assert not left_over.exists()


def test_interrupted_installation_is_made_anew(checkout: Path) -> None:
    (checkout / "requirements" / "test.txt").write_text("no-hash==1\n")
    assert set_up(checkout, "test").returncode != 0
    assert not (checkout / ".venv" / "installed").exists()


def test_python_that_is_too_old_says_so(checkout: Path, programs: Path) -> None:
    write_program(programs, "old-python", "exit 1")
    done = set_up(checkout, "demo", PYTHON=str(programs / "old-python"))
    assert done.returncode == 1
    assert done.stderr.startswith("setup: Python 3.11 to 3.14 is needed")
    assert len(done.stderr.splitlines()) == 1


def test_missing_venv_module_tells_an_ordinary_user_how_to_get_it(checkout: Path, programs: Path) -> None:
    write_program(programs, "id", "echo 1000")
    done = set_up(checkout, "demo", PYTHON=python_without_ensurepip(programs), PATH=f"{programs}:{os.environ['PATH']}")
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        f"setup: Python's venv module is missing; install it with: sudo apt-get install python{version}-venv"
    )


def test_missing_venv_module_is_installed_for_root(checkout: Path, programs: Path) -> None:
    """apt itself is replaced: tests change nothing on the machine."""
    write_program(programs, "id", "echo 0")
    write_program(programs, "apt-get", f'echo "$@" >>{programs}/asked; touch {programs}/ensurepip-is-there')
    done = set_up(checkout, "demo", PYTHON=python_without_ensurepip(programs), PATH=f"{programs}:{os.environ['PATH']}")
    assert done.returncode == 0, done.stderr
    asked = (programs / "asked").read_text()
    assert f"install -y -qq --no-install-recommends python{sys.version_info[0]}.{sys.version_info[1]}-venv" in asked
    assert (checkout / ".venv" / "installed").exists()


def python_without_ensurepip(folder: Path) -> str:
    """Debian's Python before python3-venv is installed."""
    missing = f'[ -e {folder}/ensurepip-is-there ] || case "$*" in *ensurepip*) exit 1;; esac'
    write_program(folder, "bare-python", f'{missing}\nexec {sys.executable} "$@"')
    return str(folder / "bare-python")
