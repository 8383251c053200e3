"""Starting web server, workers and dispatcher: refused while a setting would make it unsafe."""

import logging
import sys

from django.core.checks import CheckMessage, run_checks

from config.checks.process import TAG, Process, become

logger = logging.getLogger(__name__)

REFUSED = 4
"""Exit status. Gunicorn's master takes it for an application that can't be loaded, and ends too."""


def refuse_unsafe_start(process: Process) -> None:
    """Log each warning; on an error say on stderr what to change, and end the process. No value is ever shown."""
    become(process)
    found = run_checks(tags=[TAG], include_deployment_checks=True)
    errors = [message for message in found if message.is_serious() and not message.is_silenced()]
    for message in found:
        if message not in errors and not message.is_silenced():
            logger.warning("%s", _line(message))
    if errors:
        lines = "\n".join(f"  {_line(message)}" for message in errors)
        sys.stderr.write(f"Firstline's {process} does not start:\n{lines}\n")
        raise SystemExit(REFUSED)


def _line(message: CheckMessage) -> str:
    return " ".join(filter(None, (message.msg, message.hint, f"({message.id})")))
