"""Logs: one JSON line each (readable ones while developing), with the ids of the present work and without secrets."""

import re
from collections.abc import MutableMapping
from typing import Any

import structlog

from history.context import present

EventDict = MutableMapping[str, Any]
HIDDEN = "…"
SECRET_NAMES = re.compile(r"secret|password|token|authorization|external_?id|cookie|session_?key", re.IGNORECASE)
SECRETS = re.compile(
    r"fl_[0-9a-f]{12}\.[\w-]+"  # our tokens
    r"|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"  # AWS access keys
    r"|(?<=[?&;\s\"'])(?:password|secret|token|external_?id)=[^\s&;\"']+"
    r"|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"  # user:password of an URL
    r"|[^\s@,;:<>\"'\[\](){}=]+(?=@[A-Za-z0-9-]+\.[A-Za-z0-9-])",  # the person of an e-mail address
    re.IGNORECASE,
)


def add_context(_: Any, __: str, event: EventDict) -> EventDict:
    """The ids bound at the door, and where the work is."""
    for name, value in vars(present()).items():
        if value:
            event.setdefault(name, value)
    return event


def redact(_: Any, __: str, event: EventDict) -> EventDict:
    """No secret in any value, at any depth."""
    for name, value in list(event.items()):
        event[name] = _clean(name, value)
    return event


def _clean(name: str, value: Any) -> Any:
    if SECRET_NAMES.search(name) and isinstance(value, str | bytes):
        return HIDDEN
    if isinstance(value, str):
        return SECRETS.sub(HIDDEN, value)
    if isinstance(value, dict):
        return {key: _clean(str(key), item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(name, item) for item in value]
    return value if value is None or isinstance(value, bool | int | float) else SECRETS.sub(HIDDEN, str(value))


def logging_settings(*, readable: bool) -> dict[str, Any]:
    """Django's LOGGING."""
    renderer = structlog.dev.ConsoleRenderer(colors=False) if readable else structlog.processors.JSONRenderer()
    shared = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        add_context,
    ]
    last = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, structlog.processors.format_exc_info, redact]
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": shared,
        "processors": [*last, renderer],
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"structured": formatter},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["stderr"], "level": "INFO"},
        "loggers": {
            "botocore": {"level": "WARNING"},
            "django.server": {"level": "WARNING"},
            # The request's own line says it: method, path, status.
            "django.request": {"level": "ERROR"},
        },
    }
