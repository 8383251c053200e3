"""Reports by e-mail: made, changed, asked for at once and ended, by whoever may operate all of what they are about.

Recipients are in no history, log or refusal: there is only how many.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from access.roles import Actor, Permission
from access.scopes import Scope
from history.services.record import record
from provisioning.core.errors import ConflictError, DeclarationError, NotFoundError, Reason
from provisioning.core.report_schedule import next_time, wrong_day
from provisioning.models import Report
from provisioning.services.read_cost_report import seen_by
from provisioning.services.require import require, require_over

MOST_RECIPIENTS = 50
CHANGEABLE = ("name", "every", "day", "hour", "recipients")
_SCHEDULE = frozenset({"every", "day", "hour"})


@transaction.atomic
def make_report(
    *, name: str, every: str, hour: int, recipients: Iterable[str], scope: Scope, actor: Actor, day: int | None = None
) -> Report:
    """Have it sent from its next time on. Raises NotAllowedError, DeclarationError with every reason, and
    ConflictError while no mail server is set.
    """
    require_over(actor, Permission.OPERATE, scope)
    if not settings.FIRSTLINE.smtp_host:
        raise ConflictError("No mail server is set: set FIRSTLINE_SMTP_HOST, and what else it needs.", "no_mail_server")
    given = {"name": name, "every": every, "day": day, "hour": hour, "recipients": _addresses(recipients)}
    _refuse(given)
    made: Report = Report.objects.create(
        **given,
        scope_kind=scope.kind,
        scope_value=scope.value,
        created_by=actor.name,
        next_at=next_time(every, hour, day, timezone.now()),
    )
    _record(made, "created", actor, after=_told(made))
    return made


@transaction.atomic
def change_report(*, report_id: UUID, changes: Mapping[str, Any], actor: Actor) -> Report:
    """Change what is in `CHANGEABLE`; whom it is about and who made it stay. Raises as `make_report`, NotFoundError."""
    report = _standing(report_id, actor)
    before, people = _told(report), report.recipients
    given = {name: changes.get(name, getattr(report, name)) for name in CHANGEABLE}
    if given["every"] == Report.Every.DAILY and "day" not in changes:
        given["day"] = None
    given["recipients"] = _addresses(given["recipients"])
    _refuse(given)
    for name, value in given.items():
        setattr(report, name, value)
    if _SCHEDULE & changes.keys():
        report.next_at = next_time(report.every, report.hour, report.day, timezone.now())
    # Who is not a recipient any more gets no second try either.
    report.pending = [one for one in report.pending if one in report.recipients]
    report.save(update_fields=[*CHANGEABLE, "next_at", "pending"])
    more = {"recipients_changed": people != report.recipients}
    _record(report, "changed", actor, before=before, after=_told(report), detail=more)
    return report


@transaction.atomic
def send_report_now(*, report_id: UUID, actor: Actor) -> Report:
    """Make it due at once, for all its recipients. Raises NotFoundError, NotAllowedError, ConflictError."""
    report = _standing(report_id, actor)
    report.next_at, report.tries, report.pending = timezone.now(), 0, []
    report.save(update_fields=["next_at", "tries", "pending"])
    _record(report, "requested", actor)
    return report


@transaction.atomic
def end_report(*, report_id: UUID, actor: Actor) -> Report:
    """Send it no more, and forget its recipients. Raises NotFoundError, NotAllowedError, ConflictError."""
    report = _standing(report_id, actor)
    told = _told(report)
    report.ended_at, report.ended_by, report.next_at = timezone.now(), actor.name, None
    report.recipients, report.pending = [], []
    report.save(update_fields=["ended_at", "ended_by", "next_at", "recipients", "pending"])
    _record(report, "ended", actor, before=told)
    return report


def _standing(report_id: UUID, actor: Actor) -> Report:
    require(actor, Permission.OPERATE)
    rows = seen_by(Report.objects.all(), actor)
    report: Report | None = rows.select_for_update().filter(pk=report_id).first()
    if report is None:
        raise NotFoundError(f"There is no report {report_id}.")
    require_over(actor, Permission.OPERATE, report.scope)
    if report.ended_at is not None:
        raise ConflictError("This report has ended: make a new one.", "already_ended")
    return report


def _addresses(given: Iterable[str]) -> list[str]:
    """Each once, however its domain is written."""
    found: dict[str, str] = {}
    for address in given:
        local, _, domain = address.strip().rpartition("@")
        found.setdefault(f"{local}@{domain}".lower(), f"{local}@{domain.lower()}")
    return list(found.values())


def _refuse(given: Mapping[str, Any]) -> None:
    reasons = list(_recipient_reasons(given["recipients"]))
    if told := wrong_day(given["every"], given["day"]):
        reasons.append(Reason("/day", told))
    if not given["name"].strip():
        reasons.append(Reason("/name", "Give it a name: it is the subject of its mails."))
    if reasons:
        raise DeclarationError(reasons)


def _recipient_reasons(addresses: list[str]) -> Iterable[Reason]:
    """By their place, never by what they say."""
    if not 1 <= len(addresses) <= MOST_RECIPIENTS:
        yield Reason("/recipients", f"Give 1 to {MOST_RECIPIENTS} addresses.")
    domains = [one.lower() for one in settings.FIRSTLINE.report_domains]
    told = f"Reports go to {', '.join(domains)} only (FIRSTLINE_REPORT_DOMAINS)."
    for number, address in enumerate(addresses):
        if not _is_address(address):
            yield Reason(f"/recipients/{number}", "Not an e-mail address.")
        elif domains and address.rpartition("@")[2] not in domains:
            yield Reason(f"/recipients/{number}", told)


def _is_address(address: str) -> bool:
    try:
        validate_email(address)
    except ValidationError:
        return False
    return address.isascii() and address.isprintable() and len(address) <= 254


def _told(report: Report) -> dict[str, Any]:
    kept = {name: getattr(report, name) for name in ("name", "every", "day", "hour")}
    return {**kept, "scope": str(report.scope), "recipients": len(report.recipients)}


def _record(report: Report, verb: str, actor: Actor, **what: Any) -> None:
    record(actor=actor.name, verb=f"report.{verb}", subject=str(report.pk), **what)
