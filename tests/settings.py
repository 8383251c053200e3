"""The product's own settings over servers that are certain to run; each xdist worker gets a Redis database of its own.

pytest-django reads the settings before any conftest is loaded, so the servers must be up by then.
"""

from tests.embedded import ensure_servers

ensure_servers()

from config.settings import *  # noqa: E402, F403 (the settings read the environment that was just filled)
