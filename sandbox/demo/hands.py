"""What a second terminal is given beside the demo: where everything is, everybody's token, and four short commands."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from sandbox.demo.children import ROOT
from sandbox.demo.installation import MAILS, Installation

COMMANDS = ROOT / "sandbox" / "demo" / "hands.sh"


def write_hands(installation: Installation) -> Path:
    """A file for the shell to read, in the demo's own folder, which nobody else may read and which ends with it."""
    folder = installation.children.folder
    values = {
        "FIRSTLINE": f"{installation.url}/api/v1",
        "AWS": installation.sandbox.url,
        "PYTHON": sys.executable,
        "MAILS": str(folder / MAILS),
        **{person.name.upper(): person.token for person in installation.people.values()},
    }
    path = folder / "hands.sh"
    lines = [f"export {name}={shlex.quote(value)}" for name, value in values.items()]
    path.write_text("\n".join([*lines, COMMANDS.read_text(encoding="utf-8")]))
    return path
