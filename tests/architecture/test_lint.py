"""Style, formatting and types, as `make lint` and `make types` check them."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT

CHECKS = {
    "style": ("ruff", "check", "--output-format=concise", "."),
    "formatting": ("ruff", "format", "--check", "."),
    "types": ("mypy",),
}


@pytest.mark.parametrize("check", CHECKS)
def test_code_passes(check: str) -> None:
    program, *arguments = CHECKS[check]
    command = [str(Path(sys.executable).with_name(program)), *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
