"""W19: how budgets stand, per account, and in a report that comes by e-mail when it is due."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.utils import timezone

from provisioning.models import Report
from tests.mail_server import MailServer, mail_server, parts_of
from tests.scenarios.firstline import Firstline
from tests.services.fleet import DEV

pytestmark = pytest.mark.django_db(transaction=True)
BASELINE = """
resources:
  budget:
    all-monthly:
      type: cost
      limit: {amount: "200", unit: USD}
      period: monthly
      notifications:
        - {when: actual, above: 80, unit: percent, subscribers: [{email: costs@example.org}]}
        - {when: forecasted, above: 100, unit: percent, subscribers: [{email: costs@example.org}]}
"""
CROSSED = [
    {"when": "actual", "is": "above", "threshold": "80", "unit": "percent"},
    {"when": "forecasted", "is": "above", "threshold": "100", "unit": "percent"},
]


@pytest.fixture
def mails(firstline: Firstline, settings: LazySettings) -> Iterator[MailServer]:
    """The dispatcher sends to it, and REST knows that there is one."""
    with mail_server() as server:
        given: dict[str, Any] = {"smtp_host": "127.0.0.1", "smtp_port": server.port, "smtp_tls": "none"}
        given["smtp_from"] = "Firstline <firstline@example.org>"
        settings.FIRSTLINE = settings.FIRSTLINE.model_copy(update=given)
        firstline.processes.environment.update({f"FIRSTLINE_{name.upper()}": str(one) for name, one in given.items()})
        yield server


def spent(firstline: Firstline, actual: str, forecast: str) -> dict[str, Any]:
    """What AWS works out, as the next look and REST tell it."""
    firstline.sandbox.spend(DEV, "all-monthly", actual, forecast)
    firstline.look(DEV)
    (row,) = firstline.rows("budget-statuses", account=DEV)
    return row


def test_spend_is_shown_and_reported(firstline: Firstline, mails: MailServer) -> None:
    firstline.managed()
    firstline.keep("costs", BASELINE)
    firstline.until_in_sync(DEV)
    quiet = spent(firstline, "20", "60")
    assert (quiet["limit"], quiet["actual"], quiet["forecast"]) == ("200.000000", "20.000000", "60.000000")
    assert (quiet["used_percent"], quiet["crossed"], quiet["is_read"]) == ("10.00", [], True)
    loud = spent(firstline, "171", "250")
    assert (loud["used_percent"], loud["forecast_percent"], loud["crossed"]) == ("85.50", "125.00", CROSSED)
    assert firstline.rows("budget-statuses", over="80") == firstline.rows("budget-statuses", crossed="true") == [loud]
    assert firstline.rows("budget-statuses", over="90") == []
    assert firstline.verdict(DEV) == ("in_sync", ""), "spending is no drift"
    report = a_report_is_made(firstline)
    the_preview_is_what_is_sent(firstline, report, mails)
    asked_for_at_once_it_comes_again(firstline, report, mails)
    ended_it_comes_no_more(firstline, report)


def a_report_is_made(firstline: Firstline) -> dict[str, Any]:
    otto = firstline.person("otto", "operator")
    wanted = {"name": "Costs", "every": "weekly", "day": 1, "hour": 7, "scope": "ou:/workloads"}
    people = [f"person{n}@example.org" for n in range(50)]
    refused = otto.post("/api/v1/reports", {**wanted, "recipients": [*people, "one.more@example.org"]})
    assert refused.status_code == 400 and "one.more" not in refused.content.decode()
    made: dict[str, Any] = firstline.post(otto, "reports", {**wanted, "recipients": people}, 201)
    assert (made["state"], made["recipient_count"], made["last_sent_at"]) == ("scheduled", 50, None)
    shown = firstline.get(f"reports/{made['id']}")
    assert (shown["recipients"], shown["recipient_count"]) == (None, 50), "vera only watches"
    return made


def the_preview_is_what_is_sent(firstline: Firstline, report: dict[str, Any], mails: MailServer) -> None:
    preview = firstline.get(f"reports/{report['id']}/preview")
    assert preview["subject"] == "Costs: 1 over 80 %, 2 thresholds crossed, 0 without a budget"
    for part in (preview["text"], preview["html"]):
        assert "85.5 %" in part and "171.00 USD" in part and "200.00 USD" in part and "250.00 USD" in part
    # A week goes by, and another: the dispatcher stood still.
    Report.objects.update(next_at=timezone.now() - timedelta(days=14))
    firstline.until(lambda: len(mails.mails) == 50, "the report to be sent")
    firstline.until(lambda: firstline.get(f"reports/{report['id']}")["last_sent_at"], "its being told")
    assert len({address for address, _ in mails.mails}) == 50
    text, html = parts_of(mails.mails[0][1])
    assert mails.mails[0][1]["Subject"] == preview["subject"]
    assert "actual above 80 %; forecasted above 100 %" in text and 'width="85%"' in html
    assert firstline.get(f"reports/{report['id']}")["next_at"] > timezone.now().isoformat()


def asked_for_at_once_it_comes_again(firstline: Firstline, report: dict[str, Any], mails: MailServer) -> None:
    otto = firstline.person("otto", "operator")
    seen = otto.get(f"/api/v1/reports/{report['id']}")["ETag"]
    change = {"recipients": ["ann@example.org"]}
    answer = otto.patch(f"/api/v1/reports/{report['id']}", change, headers={"If-Match": seen})
    assert answer.status_code == 200, answer.content
    stale = otto.patch(f"/api/v1/reports/{report['id']}", change, headers={"If-Match": seen})
    assert stale.status_code == 412
    mails.mails.clear()
    firstline.post(otto, f"reports/{report['id']}/send", status=202)
    firstline.until(lambda: mails.sent_to() == ["ann@example.org"], "the report to come again")


def ended_it_comes_no_more(firstline: Firstline, report: dict[str, Any]) -> None:
    otto, olga = firstline.person("otto", "operator"), firstline.person("olga", "owner")
    ended = firstline.post(otto, f"reports/{report['id']}/end")
    assert (ended["state"], ended["next_at"], ended["recipients"]) == ("ended", None, [])
    firstline.post(otto, f"reports/{report['id']}/send", status=409)
    told = olga.get("/api/v1/history", {"limit": "200"}).json()["results"]
    verbs = [event["verb"] for event in told if event["verb"].startswith("report.")]
    assert sorted(set(verbs)) == ["report.changed", "report.created", "report.ended", "report.requested", "report.sent"]
    assert "@example.org" not in str([event for event in told if event["verb"].startswith("report.")])
