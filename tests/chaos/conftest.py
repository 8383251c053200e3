"""Fixtures of the chaos tests: the product's processes over this test's servers."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.client import Sandbox
from tests.chaos.processes import Processes
from tests.services.conftest import fleet, organisation

__all__ = ["fleet", "organisation"]


@pytest.fixture
def processes(
    sandbox: Sandbox, organisation: object, process_environment: dict[str, str], tmp_path: Path
) -> Iterator[Processes]:
    """Take it after `fleet`. Everything it started is dead before the database is emptied."""
    started = Processes(process_environment, sandbox, tmp_path)
    yield started
    started.end()
