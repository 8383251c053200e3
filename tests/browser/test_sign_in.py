"""The admin opens in a real browser."""

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer


@pytest.fixture
def superuser(transactional_db: None) -> User:
    return User.objects.create_superuser("ada", password="a long pass phrase")


def sign_in(page: Page, server: LiveServer, password: str) -> None:
    page.goto(f"{server.url}/admin/")
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


def test_signed_in_person_sees_the_admin(page: Page, live_server: LiveServer, superuser: User) -> None:
    sign_in(page, live_server, "a long pass phrase")
    expect(page.get_by_role("heading", name="The fleet at a glance")).to_be_visible()


def test_wrong_password_stays_outside(page: Page, live_server: LiveServer, superuser: User) -> None:
    sign_in(page, live_server, "a wrong pass phrase")
    expect(page.get_by_text("Please enter the correct username and password")).to_be_visible()


def test_browser_reaches_this_machine_only(page: Page) -> None:
    with pytest.raises(Exception, match="ERR_NAME_NOT_RESOLVED"):
        page.goto("http://example.com/")
