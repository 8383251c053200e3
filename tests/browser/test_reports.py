"""Budgets and reports in a real browser: the chart shows under the content policy, in both themes and narrow."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from provisioning.models import AccountFacts, BudgetStatus, Report
from provisioning.services.read_cost_report import read_cost_report
from provisioning.services.report_mail import render_report
from tests import factories
from tests.admin.people import PASSWORD, person
from tests.browser.conftest import RESULTS, VIEWPORT
from tests.browser.test_review import NARROW, complaints_of, is_too_wide, sign_in

RINGS = [{"when": "actual", "is": "above", "threshold": "80", "unit": "percent"}]


@pytest.fixture
def otto(transactional_db: None) -> User:
    return person("otto", "operator", password=PASSWORD)


@pytest.fixture
def report(otto: User) -> Report:
    """Budgets that are empty, full and unread, and a report on them."""
    for number, used in enumerate(("0", "12.5", "81", "99.99", "640")):
        account = factories.account(name=f"payments-{number}")
        AccountFacts.objects.create(account=account, data={"budgets": {}} if number else {}, observed_at=timezone.now())
        share = Decimal(used)
        BudgetStatus.objects.create(
            kept_in=account,
            account=account,
            name="a-budget-with-a-long-name",
            type="cost",
            period="monthly",
            unit="USD",
            limit=Decimal(1200),
            actual=share * 12,
            used_percent=share,
            crossed=RINGS if share > 80 else [],
            thresholds_crossed=int(share > 80),
        )
    factories.account(name="bare")
    when = {"every": "weekly", "day": 1, "hour": 7, "next_at": timezone.now() + timedelta(days=3)}
    made: Report = Report.objects.create(
        name="Costs", recipients=["ann@example.org"], scope_kind="fleet", created_by="otto", **when
    )
    return made


@pytest.fixture(params=["light", "dark"])
def themed(request: pytest.FixtureRequest, browser: Browser) -> Iterator[tuple[Page, str]]:
    context = browser.new_context(viewport=VIEWPORT, color_scheme=request.param, locale="en-GB", timezone_id="UTC")
    yield context.new_page(), request.param
    context.close()


def urls(report: Report) -> dict[str, str]:
    fullest = BudgetStatus.objects.latest("used_percent")
    return {
        "index": reverse("admin:index"),
        "budgets": reverse("admin:provisioning_budgetstatus_changelist"),
        "budget": reverse("admin:provisioning_budgetstatus_change", args=[fullest.pk]),
        "account": reverse("admin:accounts_account_change", args=[fullest.account_id]),
        "without": reverse("admin:accounts_account_changelist") + "?budget=none",
        "reports": reverse("admin:provisioning_report_changelist"),
        "make": reverse("admin:report_make"),
        **{name: reverse(f"admin:report_{name}", args=[report.pk]) for name in ("edit", "preview")},
    }


def test_pages_keep_the_content_policy_and_fit(
    themed: tuple[Page, str], live_server: LiveServer, otto: User, report: Report
) -> None:
    page, theme = themed
    complaints = complaints_of(page)
    sign_in(page, live_server, otto)
    for name, url in urls(report).items():
        page.goto(live_server.url + url, wait_until="networkidle")
        assert not is_too_wide(page), name
        page.screenshot(path=RESULTS / theme / f"reports-{name}.png", full_page=True)
    page.set_viewport_size(NARROW)
    page.goto(live_server.url + urls(report)["account"], wait_until="networkidle")
    assert not is_too_wide(page), "the budgets of an account"
    assert not complaints


def test_bars_are_as_long_as_what_is_used(page: Page, live_server: LiveServer, otto: User, report: Report) -> None:
    sign_in(page, live_server, otto)
    page.goto(live_server.url + urls(report)["preview"], wait_until="networkidle")
    page.screenshot(path=RESULTS / "report-preview.png", full_page=True)
    assert shares(page) == [100, 99, 81, 12, 0]
    page.set_content(render_report(read_cost_report(report)).html)
    page.screenshot(path=RESULTS / "report-mail.png", full_page=True)
    assert shares(page) == [100, 99, 81, 12, 0], "the mail shows the same without any style sheet"


def shares(page: Page) -> list[int]:
    """Of each bar, how many percent of its width the first colour takes."""
    bars = page.get_by_role("img").all()
    found = []
    for bar in bars:
        whole = bar.bounding_box()
        used = bar.locator("td").first
        if used.get_attribute("bgcolor") == "#dde3ea":
            found.append(0)
            continue
        box = used.bounding_box()
        assert whole and box
        found.append(round(box["width"] / whole["width"] * 100))
    return found


def test_report_is_made_changed_and_ended(
    page: Page, live_server: LiveServer, otto: User, settings: LazySettings
) -> None:
    given = settings.FIRSTLINE.model_copy(update={"smtp_host": "127.0.0.1"})
    settings.FIRSTLINE = given
    sign_in(page, live_server, otto)
    page.goto(live_server.url + reverse("admin:report_make"))
    page.get_by_label("Name").fill("Costs")
    page.get_by_label("Every").select_option("weekly")
    page.get_by_label("Recipients").fill("ann@example.org\nnobody")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Line 2: Not an e-mail address.")).to_be_visible()
    expect(page.get_by_text("Give the day of the week")).to_be_visible()
    page.get_by_label("Day").fill("1")
    page.get_by_label("Recipients").fill("ann@example.org")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved: weekly on Monday at 07:00 UTC.")).to_be_visible()
    page.get_by_role("button", name="Send now").click()
    expect(page.get_by_text("It is sent within seconds")).to_be_visible()
    page.get_by_role("button", name="End it").click()
    expect(page.get_by_text("its recipients are forgotten")).to_be_visible()
    expect(page.get_by_role("button", name="Send now")).to_have_count(0)
