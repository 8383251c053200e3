"""A reviewer's walk in a real browser: from drift to decision, in both themes, with nothing the policy forbids."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from playwright.sync_api import Browser, ConsoleMessage, Page, expect
from pytest_django.live_server_helper import LiveServer

from provisioning.models import PlanRecord, Run
from tests.admin.fleet import Fleet, build_fleet
from tests.admin.people import PASSWORD, person
from tests.admin.test_pages import LISTS, list_url, page_urls
from tests.browser.conftest import RESULTS, VIEWPORT


@pytest.fixture
def fleet(transactional_db: None) -> Fleet:
    return build_fleet()


@pytest.fixture(params=["light", "dark"])
def themed(request: pytest.FixtureRequest, browser: Browser) -> Iterator[tuple[Page, str]]:
    """A page in one colour scheme."""
    context = browser.new_context(viewport=VIEWPORT, color_scheme=request.param, locale="en-GB", timezone_id="UTC")
    yield context.new_page(), request.param
    context.close()


NARROW = {"width": 640, "height": 900}


def sign_in(page: Page, server: LiveServer, user: User) -> None:
    page.goto(f"{server.url}/admin/")
    page.get_by_label("Username").fill(user.get_username())
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="The fleet at a glance")).to_be_visible()


def complaints_of(page: Page) -> list[str]:
    """Fills with what the browser complains about: scripts or styles the policy forbids, errors, files not found."""
    found: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            found.append(f"{page.url}: {message.text}")

    page.on("console", hear)
    page.on("pageerror", lambda error: found.append(f"{page.url}: {error}"))
    page.on("requestfailed", lambda request: found.append(f"{request.url}: {request.failure}"))
    return found


def test_no_page_breaks_the_content_policy_in_either_theme(
    themed: tuple[Page, str], live_server: LiveServer, fleet: Fleet
) -> None:
    page, theme = themed
    user = person("ada", "operator", "approver", "owner", password=PASSWORD)
    complaints = complaints_of(page)
    sign_in(page, live_server, user)
    for name, url in urls(fleet).items():
        page.goto(live_server.url + url, wait_until="networkidle")
        assert not is_too_wide(page), f"{url} is too wide"
        page.screenshot(path=RESULTS / theme / f"{name}.png", full_page=True)
    assert not complaints


def urls(fleet: Fleet) -> dict[str, str]:
    """Every list, a page of every sort, and those with most on them."""
    more = {
        "account_unreachable": reverse("admin:accounts_account_change", args=[fleet.prod.pk]),
        "account_edit": reverse("admin:accounts_account_edit", args=[fleet.dev.pk]),
        "drift_extra_role": reverse("admin:provisioning_drift_change", args=[fleet.extra_role.pk]),
        "run_unreachable": reverse("admin:provisioning_run_change", args=[fleet.failed_look.pk]),
        "plan_applied": reverse("admin:provisioning_planrecord_change", args=[fleet.apply.plan_id]),
    }
    return {**page_urls(fleet), **more, **{f"{name}_list": list_url(name) for name in LISTS}}


def is_too_wide(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))


def test_review_pages_fit_a_narrow_window(page: Page, live_server: LiveServer, fleet: Fleet) -> None:
    sign_in(page, live_server, person("ada", "operator", "approver", password=PASSWORD))
    page.set_viewport_size(NARROW)
    shown = urls(fleet)
    for name in ("index", "accounts_account", "drift_extra_role", "provisioning_planrecord", "provisioning_run"):
        page.goto(live_server.url + shown[name], wait_until="networkidle")
        page.screenshot(path=RESULTS / "narrow" / f"{name}.png", full_page=True)
        assert not is_too_wide(page), f"{name} is too wide"


def test_fleet_is_paused_and_resumed(page: Page, live_server: LiveServer, fleet: Fleet) -> None:
    sign_in(page, live_server, person("oscar", "operator", password=PASSWORD))
    page.get_by_text("Pause all writes").click()
    page.get_by_label("Why?").fill("change freeze until Monday")
    page.get_by_role("button", name="Pause the fleet").click()
    expect(page.get_by_role("status")).to_contain_text("change freeze until Monday")
    page.screenshot(path=RESULTS / "paused.png", full_page=True)
    page.get_by_role("button", name="Resume the fleet").click()
    expect(page.get_by_text("The fleet goes on.")).to_be_visible()
    expect(page.get_by_role("status")).to_have_count(0)


def test_django_own_pages_keep_the_content_policy(page: Page, live_server: LiveServer, fleet: Fleet) -> None:
    root = User.objects.create_superuser("root", password=PASSWORD)
    complaints = complaints_of(page)
    sign_in(page, live_server, root)
    page.wait_for_load_state("networkidle")
    for name in ("auth_user_changelist", "auth_user_add", "password_change"):
        page.goto(live_server.url + reverse(f"admin:{name}"), wait_until="networkidle")
    page.goto(live_server.url + reverse("admin:auth_user_change", args=[root.pk]), wait_until="networkidle")
    page.screenshot(path=RESULTS / "user.png", full_page=True)
    assert not complaints


def test_approver_walks_from_drift_to_decision(page: Page, live_server: LiveServer, fleet: Fleet) -> None:
    sign_in(page, live_server, person("ada", "approver", password=PASSWORD))
    page.get_by_role("link", name="Drift", exact=True).click()
    page.get_by_role("link", name="MfaGuard document").click()
    expect(page.get_by_text("Desired: declared")).to_be_visible()
    page.get_by_role("link", name="Read and decide the plan").click()
    expect(page.get_by_text("CreatePolicyVersion", exact=False).first).to_be_visible()
    page.get_by_label("Comment").fill("agreed with payments")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("Approved: the apply is queued.")).to_be_visible()
    decision = fleet.plan.decisions.get()
    assert (decision.by, decision.digest, decision.comment) == ("ada", fleet.plan.digest, "agreed with payments")
    assert Run.objects.get(plan=fleet.plan).state == Run.State.QUEUED


def test_author_of_a_version_reads_why_somebody_else_must_approve(
    page: Page, live_server: LiveServer, fleet: Fleet
) -> None:
    sign_in(page, live_server, person("olga", "approver", password=PASSWORD))
    page.goto(live_server.url + reverse("admin:provisioning_planrecord_change", args=[fleet.plan.pk]))
    expect(page.get_by_text("You wrote or assigned what is behind this plan")).to_be_visible()
    expect(page.get_by_role("button", name="Approve")).to_have_count(0)
    expect(page.get_by_role("button", name="Reject")).to_be_visible()
    assert PlanRecord.objects.get(pk=fleet.plan.pk).state == PlanRecord.State.PROPOSED
