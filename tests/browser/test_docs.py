"""The page of the API opens in a real browser, under the content security policy, from our own files."""

from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer


def sign_in(page: Page, server: LiveServer) -> None:
    client = Client()
    client.force_login(User.objects.create_superuser("ada"))
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": server.url}])


def test_docs_list_the_api_without_breaking_the_content_security_policy(
    page: Page, live_server: LiveServer, transactional_db: None
) -> None:
    sign_in(page, live_server)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{live_server.url}/api/v1/docs")
    expect(page.get_by_role("heading", name="Firstline")).to_be_visible()
    page.get_by_text("/api/v1/accounts/bulk").click()
    expect(page.get_by_text("Register many accounts").first).to_be_visible()
    assert complaints == []
