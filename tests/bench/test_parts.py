"""The benchmark of parts runs, and a quiet look is recorded in few statements. No time is judged."""

import json
import subprocess
import sys
from pathlib import Path

from tests.architecture.sources import ROOT


def test_command_measures_every_part_and_counts_the_statements_of_a_quiet_look(tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"
    small = ["--accounts", "2", "--rounds", "1", "--tasks", "5", "--json", str(figures)]
    command = [sys.executable, "-m", "bench", "parts", *small]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    written = json.loads(figures.read_text())
    assert "whole look" in done.stdout
    assert set(written["reading"]) >= {"whole look", "enter (AssumeRole)", "compare"}
    assert written["empty task"]["CPU ms"]["values"]
    quiet = written["recording a quiet look"]
    assert [quiet[f"{part} statements"]["median"] for part in ("load", "record")] == [3, 9]
