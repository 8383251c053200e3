"""Which process it is that starts: some rules hold for workers only, some for all others."""

from enum import StrEnum

TAG = "firstline"


class Process(StrEnum):
    """What runs here; a command is whatever a person started."""

    WEB = "web"
    WORKER = "worker"
    DISPATCHER = "dispatcher"
    COMMAND = "command"


_current = Process.COMMAND


def current() -> Process:
    """This process."""
    return _current


def become(process: Process) -> None:
    """Say what this process is, before its rules are asked."""
    global _current
    _current = process
