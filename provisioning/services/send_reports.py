"""Sending reports that are due: one at a time, claimed by one conditional statement, tried again when it fails.

Whoever dies while sending has it sent again when its turn runs out: somebody may get it twice, nobody silently never.
"""

import logging
import smtplib
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import connection, transaction
from django.utils import timezone

from access.roles import SYSTEM
from history.services.record import record
from provisioning.core.errors import NotAllowedError
from provisioning.core.report_schedule import next_time, retry_after
from provisioning.models import Report
from provisioning.services.read_cost_report import read_cost_report
from provisioning.services.report_mail import RenderedReport, render_report

logger = logging.getLogger(__name__)
TURN_SECONDS = 300.0
MOST_SECONDS = 180.0
"""No mail is begun later than this after the first one, so that a turn never runs out while mail is sent."""
MOST_TRIES = 6

CLAIM = """
UPDATE provisioning_report SET claim = claim + 1, sending_until = clock_timestamp() + make_interval(secs => %(turn)s)
WHERE id = (
    SELECT id FROM provisioning_report
    WHERE ended_at IS NULL AND next_at <= clock_timestamp()
      AND (sending_until IS NULL OR sending_until < clock_timestamp())
    ORDER BY next_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id
"""


@dataclass(frozen=True)
class Outcome:
    """What became of one try: who must still get it, and why, without any address."""

    left: tuple[str, ...] = ()
    failure: str = ""
    may_retry: bool = True


def send_due_report() -> bool:
    """Send the report that is due longest; False when none is."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"turn": TURN_SECONDS})
        claimed = cursor.fetchone()
    if claimed is None:
        return False
    report = Report.objects.get(pk=claimed[0])
    _store(report, _try(report))
    return True


def _try(report: Report) -> Outcome:
    people = tuple(report.pending or report.recipients)
    if not settings.FIRSTLINE.smtp_host:
        return Outcome(people, "No mail server is set (FIRSTLINE_SMTP_HOST).")
    try:
        return deliver(render_report(read_cost_report(report)), people)
    except NotAllowedError as error:
        return Outcome((), error.message, may_retry=False)


def deliver(mail: RenderedReport, people: Sequence[str]) -> Outcome:
    """A mail of their own for each, so that nobody sees the others' addresses."""
    left, codes = list(people), set()
    began = time.monotonic()
    try:
        with get_connection() as server:
            for one in people:
                if time.monotonic() - began > MOST_SECONDS:
                    return _outcome(left, people, {"the mail server is too slow"})
                if code := _send(server, mail, one):
                    codes.add(code)
                else:
                    left.remove(one)
    except (OSError, smtplib.SMTPException) as error:
        return _outcome(left, people, {_name(error)})
    return _outcome(left, people, codes)


def _send(server: object, mail: RenderedReport, to: str) -> str:
    """ "" when the mail server took it, else why not. Raises what ends the connection."""
    message = EmailMultiAlternatives(mail.subject, mail.text, to=[to], connection=server)
    message.attach_alternative(mail.html, "text/html")
    message.extra_headers["Auto-Submitted"] = "auto-generated"
    try:
        message.send()
    except smtplib.SMTPServerDisconnected:
        raise
    except smtplib.SMTPException as error:
        return _name(error)
    return ""


def _name(error: Exception) -> str:
    """The class and the code only: what mail servers answer quotes addresses."""
    refused = getattr(error, "recipients", None)
    code = next(iter(refused.values()))[0] if refused else getattr(error, "smtp_code", "")
    return f"{type(error).__name__} {code}".strip()


def _outcome(left: Sequence[str], people: Sequence[str], why: Iterable[str]) -> Outcome:
    if not left:
        return Outcome()
    return Outcome(tuple(left), f"{len(left)} of {len(people)} mails were not taken: {', '.join(sorted(set(why)))}.")


@transaction.atomic
def _store(report: Report, outcome: Outcome) -> None:
    """What became of the try, unless somebody else has claimed the report since."""
    now = timezone.now()
    regular = next_time(report.every, report.hour, report.day, now)
    retry = now + retry_after(report.tries + 1)
    again = bool(outcome.failure) and outcome.may_retry and report.tries + 1 < MOST_TRIES and retry < regular
    changes: dict[str, Any] = {
        "next_at": retry if again else regular,
        "tries": report.tries + 1 if again else 0,
        "pending": list(outcome.left) if again else [],
        "last_failure": outcome.failure,
        "last_failed_at": now if outcome.failure else report.last_failed_at,
    }
    took = len(report.pending or report.recipients) - len(outcome.left) if outcome.may_retry else 0
    if took:
        changes["last_sent_at"] = now
    mine = Report.objects.filter(pk=report.pk, claim=report.claim)
    mine.filter(ended_at=None).update(**changes)
    if mine.update(sending_until=None):
        _tell(report, outcome, took, again)


def _tell(report: Report, outcome: Outcome, took: int, again: bool) -> None:
    told = {"name": report.name, "scope": str(report.scope), "mails": took}
    if took:
        record(actor=SYSTEM.name, verb="report.sent", subject=str(report.pk), detail=told)
    if outcome.failure:
        detail = {**told, "reason": outcome.failure, "is_tried_again": again}
        record(actor=SYSTEM.name, verb="report.not_sent", subject=str(report.pk), detail=detail)
        logger.warning("report %s was not sent: %s", report.pk, outcome.failure)
