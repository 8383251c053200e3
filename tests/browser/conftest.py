"""A real browser over the live server. Without Chromium these tests are skipped with one line, in CI they fail."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")  # as tools/browser.sh looks for them
FLAGS = [
    "--no-sandbox",  # root in a container has none to offer
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]
VIEWPORT = {"width": 1280, "height": 900}
RESULTS = Path(__file__).resolve().parents[2] / "test-results"
PHASE_REPORT = pytest.StashKey[pytest.TestReport]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report: pytest.TestReport = yield
    if report.when == "call":
        item.stash[PHASE_REPORT] = report
    return report


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the browser's program."""
    for name in CHROMIUM_NAMES:
        if found := shutil.which(name):
            return found
    message = "Chromium is not installed: apt-get install chromium"
    if os.environ.get("FIRSTLINE_REQUIRE_BROWSER") == "1":
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright's loop lives in this thread, and Django would take its queries for asynchronous ones.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        running = playwright.chromium.launch(executable_path=chromium, headless=True, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page with cookies of its own; when its test fails, a picture of it goes to test-results/."""
    context = browser.new_context(viewport=VIEWPORT, locale="en-GB", timezone_id="UTC")
    opened = context.new_page()
    yield opened
    report = request.node.stash.get(PHASE_REPORT, None)
    if report and report.failed:
        opened.screenshot(path=RESULTS / f"{request.node.name}.png", full_page=True)
    context.close()
