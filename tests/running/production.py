"""The production environment of docs/production.env, filled in as docs/install.md says."""

import os
import secrets

from config.environment import Environment
from tests.architecture.sources import ROOT


def production_variables() -> dict[str, str]:
    """Each variable of the documented file, with a secret where it is left empty."""
    lines = (ROOT / "docs/production.env").read_text().splitlines()
    pairs = [line.partition("=") for line in lines if line and not line.startswith("#")]
    return {name: value or secrets.token_urlsafe(48) for name, _, value in pairs}


def production_environment(**changed: str) -> dict[str, str]:
    """What a process in production sees: nothing of whoever runs the tests but the way to their programs."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, "DJANGO_SETTINGS_MODULE": "config.settings", **production_variables(), **changed}


def production_settings(**changed: object) -> Environment:
    """The same as settings."""
    given = {name.removeprefix("FIRSTLINE_").lower(): value for name, value in production_variables().items()}
    given["allowed_hosts"] = ["firstline.example.org"]  # type: ignore[assignment]
    return Environment(**{**given, **changed})  # type: ignore[arg-type]
