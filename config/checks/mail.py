"""Rules about the mail server that reports are sent through. A message names a variable, never its value."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

from config.checks.process import Process, current
from config.environment import Environment, is_loopback


def mail_is_encrypted(**_: Any) -> Iterator[CheckMessage]:
    """What accounts spend, and the mail server's password, would cross the network in the clear."""
    given = _given()
    if given.smtp_host and given.smtp_tls == "none" and not is_loopback(given.smtp_host):
        yield Error(
            "FIRSTLINE_SMTP_TLS is none, and FIRSTLINE_SMTP_HOST is not this machine.",
            hint="Use starttls (mostly port 587) or tls (mostly port 465).",
            id="firstline.E141",
        )


def mail_has_a_sender(**_: Any) -> Iterator[CheckMessage]:
    """Mail servers refuse mail without one."""
    given = _given()
    if given.smtp_host and "@" not in given.smtp_from:
        yield Error(
            "FIRSTLINE_SMTP_HOST is set, and FIRSTLINE_SMTP_FROM is not an address.",
            hint="Give the sender of reports, e.g. Firstline <firstline@example.org>.",
            id="firstline.E142",
        )


def mail_user_has_a_password(**_: Any) -> Iterator[CheckMessage]:
    """One without the other signs nobody in, and is found out only when a report is due: by the dispatcher."""
    given = _given()
    if current() not in {Process.DISPATCHER, Process.COMMAND}:
        return
    if bool(given.smtp_user) != bool(given.smtp_password):
        yield Error("Set FIRSTLINE_SMTP_USER and FIRSTLINE_SMTP_PASSWORD both, or neither.", id="firstline.E143")


def _given() -> Environment:
    given: Environment = settings.FIRSTLINE
    return given


RULES = (mail_is_encrypted, mail_has_a_sender, mail_user_has_a_password)
