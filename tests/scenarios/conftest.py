"""A whole Firstline: REST in this process, live workers and a dispatcher beside it, over a simulated organisation."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.client import Sandbox
from tests.api.conftest import As, as_
from tests.chaos.processes import Processes
from tests.scenarios.firstline import Firstline
from tests.services.conftest import organisation

__all__ = ["as_", "organisation"]


@pytest.fixture
def firstline(
    sandbox: Sandbox, organisation: object, process_environment: dict[str, str], as_: As, tmp_path: Path
) -> Iterator[Firstline]:
    """Its workers start when the test says so, and are dead before the database is emptied."""
    processes = Processes(process_environment, sandbox, tmp_path)
    yield Firstline(as_, sandbox, processes)
    processes.end()
