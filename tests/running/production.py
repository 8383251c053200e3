"""The production environment of docs/production.env, filled in as docs/install.md says."""

import json
import os
import re
import secrets

from config.environment import Environment
from tests.architecture.sources import ROOT

HISTORY_KEY = re.compile("[A-Z]+_(KEY|PEPPER)")


def production_variables() -> dict[str, str]:
    """Each variable of the documented file, with a secret where it is left empty."""
    lines = (ROOT / "docs/production.env").read_text().splitlines()
    pairs = [line.partition("=") for line in lines if line and not line.startswith("#")]
    return {name: filled(value) for name, _, value in pairs}


def filled(value: str) -> str:
    """The value, with a secret where one belongs."""
    return HISTORY_KEY.sub(lambda _: secrets.token_urlsafe(48), value) or secrets.token_urlsafe(48)


def production_environment(**changed: str) -> dict[str, str]:
    """What a process in production sees: nothing of whoever runs the tests but the way to their programs."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, "DJANGO_SETTINGS_MODULE": "config.settings", **production_variables(), **changed}


def production_settings(**changed: object) -> Environment:
    """The same as settings."""
    given = {name.removeprefix("FIRSTLINE_").lower(): value for name, value in production_variables().items()}
    read = {name: json.loads(value) if value[:1] in "[{" else value for name, value in given.items()}
    return Environment(**{**read, **changed})
