"""The servers of a test session that was started without any: `pytest` alone works as `make test` does."""

import os
import secrets
from contextlib import ExitStack
from urllib.parse import urlsplit, urlunsplit

from sandbox.servers import postgres, redis

running = ExitStack()


def ensure_servers() -> None:
    """Fill the environment: both servers' URLs, and for each worker of pytest-xdist a Redis database of its own."""
    os.environ.setdefault("FIRSTLINE_SECRET_KEY", secrets.token_hex(32))
    for name, server in (("FIRSTLINE_DATABASE_URL", postgres), ("FIRSTLINE_REDIS_URL", redis)):
        os.environ[name] = running.enter_context(server())
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if worker.startswith("gw"):
        url = urlsplit(os.environ["FIRSTLINE_REDIS_URL"])
        os.environ["FIRSTLINE_REDIS_URL"] = urlunsplit(url._replace(path=f"/{int(worker[2:]) + 1}"))
