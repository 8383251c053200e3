"""The whole product in processes of its own, over a simulated organisation."""

from tests.chaos.conftest import processes
from tests.services.conftest import organisation

__all__ = ["organisation", "processes"]
