"""Reports by e-mail: who may make them, what they hold, and that they are sent once, whatever goes wrong."""

import json
import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection, transaction
from django.utils import timezone

from access.models import RoleBinding
from access.roles import Actor, Role, actor
from access.scopes import FLEET, parse_scope
from accounts.models import Account
from history.models import Event
from provisioning.core.errors import ConflictError, DeclarationError, NotAllowedError
from provisioning.models import AccountFacts, BudgetStatus, Report
from provisioning.services import send_reports
from provisioning.services.keep_reports import change_report, end_report, make_report, send_report_now
from provisioning.services.read_cost_report import read_cost_report
from provisioning.services.report_mail import render_report
from provisioning.services.send_reports import send_due_report
from tests import factories
from tests.mail_server import MailServer, mail_server, parts_of
from tests.people import person

pytestmark = pytest.mark.django_db(transaction=True)
HOSTILE = '=cmd<script>alert(1)</script>\u202e"\n'
OTTO = actor("otto", [Role.OPERATOR])


@pytest.fixture
def server(settings: LazySettings) -> Iterator[MailServer]:
    """The product's settings point to it, as config/settings.py would."""
    person("otto", "operator")
    with mail_server() as found:
        given = {"smtp_host": "127.0.0.1", "smtp_port": found.port, "smtp_tls": "none"}
        settings.FIRSTLINE = settings.FIRSTLINE.model_copy(update=given)
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", found.port, False
        settings.DEFAULT_FROM_EMAIL = "Firstline <firstline@example.org>"
        yield found


def made(recipients: tuple[str, ...] = ("ann@example.org",), by: Actor = OTTO, **given: Any) -> Report:
    wanted = {"name": "Costs", "every": "daily", "hour": 7, "scope": FLEET, **given}
    return make_report(recipients=recipients, actor=by, **wanted)


def due(report: Report) -> None:
    Report.objects.filter(pk=report.pk).update(next_at=timezone.now() - timedelta(days=9), sending_until=None)


def seen(account: Account, percent: str | None = "85", crossed: bool = False, **fields: Any) -> BudgetStatus:
    """A budget of 200 USD, and that the last look could read it."""
    AccountFacts.objects.get_or_create(
        account=account, defaults={"data": {"budgets": {}}, "observed_at": timezone.now()}
    )
    rings = [{"when": "actual", "is": "above", "threshold": "80", "unit": "percent"}] if crossed else []
    used = None if percent is None else Decimal(percent)
    given = {"name": "all", "type": "cost", "period": "monthly", "unit": "USD", "limit": Decimal(200)}
    given |= {"actual": None if used is None else used * 2, "used_percent": used, "crossed": rings}
    made: BudgetStatus = BudgetStatus.objects.create(
        kept_in=account, account=account, thresholds_crossed=len(rings), **{**given, **fields}
    )
    return made


def test_it_is_sent_to_each_alone_with_the_numbers_in_text_and_html(server: MailServer) -> None:
    seen(factories.account(name="payments-prod"), "85.5", crossed=True, forecast=Decimal(250))
    factories.account(name="bare")
    report = made(("ann@example.org", "ben@example.org"))
    due(report)
    assert send_due_report() and not send_due_report()
    assert server.sent_to() == ["ann@example.org", "ben@example.org"]
    for address, mail in server.mails:
        assert (mail["To"], mail["From"]) == (address, "Firstline <firstline@example.org>")
        assert mail["Subject"] == "Costs: 1 over 80 %, 1 threshold crossed, 0 without a budget"
        text, html = parts_of(mail)
        for part in (text, html):
            assert "payments-prod" in part and "85.5 %" in part
            assert "171.00 USD" in part and "200.00 USD" in part and "250.00 USD" in part
            assert "actual above 80 %" in part and "bare" in part and "not looked at yet" in part
    report.refresh_from_db()
    assert report.last_sent_at and report.next_at and report.next_at > timezone.now() and report.state == "scheduled"


def test_chart_is_a_table_that_needs_neither_style_nor_script(server: MailServer) -> None:
    seen(factories.account(name="a"), "85")
    seen(factories.account(name="b"), "250")
    html = render_report(read_cost_report(made())).html
    assert 'width="85%"' in html and 'width="15%"' in html and 'width="100%"' in html
    assert "style" not in html and "<script" not in html and "<img" not in html
    assert 'aria-label="85.0 % of the limit is used"' in html and "! 250.0 %" in html


def test_hostile_names_are_text_and_stay_on_their_line(server: MailServer) -> None:
    seen(factories.account(name=HOSTILE), crossed=True, name=HOSTILE, unit=HOSTILE)
    mail = render_report(read_cost_report(made()))
    assert "<script" not in mail.html and "\u202e" not in mail.html + mail.text
    assert not re.search(r"^\"?=cmd|^\"", mail.text, re.MULTILINE)
    assert "\n" not in mail.subject


@pytest.mark.parametrize(
    ("given", "pointers"),
    [
        ({"recipients": ()}, {"/recipients"}),
        ({"recipients": tuple(f"p{n}@example.org" for n in range(51))}, {"/recipients"}),
        ({"recipients": ("ann@example.org", "x", "a@b.c\nBcc: z@z.zz")}, {"/recipients/1", "/recipients/2"}),
        ({"every": "weekly"}, {"/day"}),
        (
            {"every": "monthly", "day": 29, "name": " ", "recipients": ("ü@example.org",)},
            {"/day", "/name", "/recipients/0"},
        ),
    ],
)
def test_what_is_wrong_is_told_at_once_and_without_addresses(
    server: MailServer, given: dict[str, Any], pointers: set[str]
) -> None:
    with pytest.raises(DeclarationError) as refused:
        made(**given)
    assert {reason.pointer for reason in refused.value.reasons} == pointers
    assert "@" not in refused.value.message


def test_fifty_recipients_are_taken_and_each_once(server: MailServer) -> None:
    many = tuple(f"p{n}@example.org" for n in range(50))
    assert len(made((*many, "P1@EXAMPLE.org")).recipients) == 50


def test_domains_can_be_named(server: MailServer, settings: LazySettings) -> None:
    settings.FIRSTLINE = settings.FIRSTLINE.model_copy(update={"report_domains": ["example.org"]})
    made(("ann@EXAMPLE.org",))
    with pytest.raises(DeclarationError, match=r"Reports go to example.org only"):
        made(("ann@elsewhere.example",))


def test_without_a_mail_server_making_one_says_so(db: None) -> None:
    with pytest.raises(ConflictError, match="FIRSTLINE_SMTP_HOST"):
        made()


def test_who_may_not_operate_all_of_the_scope_makes_changes_and_ends_none(server: MailServer) -> None:
    part = actor("pia", [Role.OPERATOR], parse_scope("team:payments"))
    with pytest.raises(NotAllowedError):
        made(by=part)
    report = made(scope=parse_scope("team:payments"))
    assert made(by=part, scope=parse_scope("team:payments")).created_by == "pia"
    watcher = actor("vera", [Role.VIEWER])
    for do in (send_report_now, end_report):
        with pytest.raises(NotAllowedError):
            do(report_id=report.pk, actor=watcher)
    with pytest.raises(NotAllowedError):
        change_report(report_id=report.pk, changes={"hour": 3}, actor=watcher)


def test_it_holds_only_its_scope(server: MailServer) -> None:
    seen(factories.account(name="ours", owner_team="payments"))
    seen(factories.account(name="theirs", owner_team="search"))
    text = render_report(read_cost_report(made(scope=parse_scope("team:payments")))).text
    assert "ours" in text and "theirs" not in text


def test_whoever_lost_the_right_to_it_sends_nothing_and_it_is_told(server: MailServer) -> None:
    report = made()
    RoleBinding.objects.all().delete()
    due(report)
    assert send_due_report()
    report.refresh_from_db()
    assert server.mails == [] and report.state == "failed" and "may not operate" in report.last_failure
    assert report.next_at and report.next_at > timezone.now()
    event = Event.objects.get(verb="report.not_sent")
    assert event.detail["is_tried_again"] is False


def test_recipients_are_in_no_history_and_no_log(server: MailServer, caplog: pytest.LogCaptureFixture) -> None:
    report = made(("secret.person@example.org", "other.person@example.org"))
    change_report(report_id=report.pk, changes={"recipients": ["secret.person@example.org"], "hour": 4}, actor=OTTO)
    server.refused = {"secret.person@example.org"}
    due(report)
    send_due_report()
    send_report_now(report_id=report.pk, actor=OTTO)
    end_report(report_id=report.pk, actor=OTTO)
    report.refresh_from_db()
    told = json.dumps(list(Event.objects.values("subject", "detail", "before", "after"))) + caplog.text
    assert "person" not in told + report.last_failure
    assert report.recipients == [] and report.state == "ended"
    verbs = ["created", "changed", "not_sent", "requested", "ended"]
    assert list(Event.objects.order_by("id").values_list("verb", flat=True)) == [f"report.{one}" for one in verbs]


def test_who_was_refused_is_tried_again_alone_and_then_left(server: MailServer) -> None:
    report = made(("ann@example.org", "ben@example.org"))
    server.refused = {"ben@example.org"}
    due(report)
    send_due_report()
    report.refresh_from_db()
    assert report.last_failure == "1 of 2 mails were not taken: SMTPRecipientsRefused 550."
    assert (report.tries, report.pending, report.state) == (1, ["ben@example.org"], "failed")
    server.refused = set()
    due(report)
    send_due_report()
    report.refresh_from_db()
    assert server.sent_to() == ["ann@example.org", "ben@example.org"]
    assert (report.tries, report.pending, report.state) == (0, [], "scheduled")


def test_mail_server_that_hangs_up_leaves_the_rest_for_later(server: MailServer) -> None:
    report = made(tuple(f"p{n}@example.org" for n in range(4)))
    server.drops_after = 2
    due(report)
    send_due_report()
    report.refresh_from_db()
    assert len(server.mails) == 2 and report.pending == ["p2@example.org", "p3@example.org"]
    server.drops_after = None
    due(report)
    send_due_report()
    assert len(server.mails) == 4


def test_mail_server_that_is_away_is_asked_again_until_it_is_given_up(
    server: MailServer, settings: LazySettings
) -> None:
    report = made(every="monthly", day=1)
    server.greeting = "554 not today"
    for tries in range(1, send_reports.MOST_TRIES):
        due(report)
        send_due_report()
        report.refresh_from_db()
        assert report.tries in {tries, 0} and "SMTPConnectError 554" in report.last_failure
    due(report)
    send_due_report()
    report.refresh_from_db()
    assert (report.tries, report.pending) == (0, []) and report.last_failed_at and report.last_sent_at is None


def test_missed_times_give_one_report(server: MailServer) -> None:
    due(made())
    assert [send_due_report(), send_due_report()] == [True, False]
    assert len(server.mails) == 1


def test_two_dispatchers_send_it_once(server: MailServer) -> None:
    due(made())

    def work() -> None:
        try:
            send_due_report()
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(server.mails) == 1


def test_whoever_dies_while_sending_has_it_sent_again(server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    report = made()
    due(report)

    def die(*_: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(send_reports, "_store", die)
        with pytest.raises(SystemExit):
            send_due_report()
    assert len(server.mails) == 1 and not send_due_report(), "its turn has not run out"
    Report.objects.update(sending_until=timezone.now() - timedelta(seconds=1))
    assert send_due_report() and len(server.mails) == 2


def test_whoever_was_overtaken_writes_nothing(server: MailServer) -> None:
    report = made()
    due(report)
    Report.objects.update(claim=5)
    send_reports._store(report, send_reports.Outcome(("ann@example.org",), "late"))
    report.refresh_from_db()
    assert report.last_failure == "" and not Event.objects.filter(verb="report.not_sent").exists()


def test_changing_the_schedule_moves_its_next_time_and_the_rest_does_not(server: MailServer) -> None:
    report = made()
    same = change_report(report_id=report.pk, changes={"name": "Spend"}, actor=OTTO)
    assert (same.name, same.next_at) == ("Spend", report.next_at)
    weekly = change_report(report_id=report.pk, changes={"every": "weekly", "day": 3, "hour": 5}, actor=OTTO)
    assert weekly.next_at and (weekly.next_at.isoweekday(), weekly.next_at.hour) == (3, 5)
    assert change_report(report_id=report.pk, changes={"every": "daily"}, actor=OTTO).day is None


def test_ended_is_ended(server: MailServer) -> None:
    report = made()
    end_report(report_id=report.pk, actor=OTTO)
    with pytest.raises(ConflictError), transaction.atomic():
        send_report_now(report_id=report.pk, actor=OTTO)
    assert not send_due_report()


def test_accounts_that_nobody_can_tell_of_are_named(server: MailServer) -> None:
    unread = factories.account(name="unread")
    seen(unread)
    AccountFacts.objects.filter(account=unread).update(data={})
    found = read_cost_report(made())
    assert [(one.account_name, one.why) for one in found.unknown] == [
        ("unread", "its budgets could not be read at the last look")
    ]
