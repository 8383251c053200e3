"""Headers that keep an answer out of caches, frames and other sites: on every address, whatever the answer."""

from typing import Any

import pytest
from django.test import Client

from tests.api.test_authorization import TABLE, address

PAGES = [
    "/",
    "/healthz",
    "/readyz",
    "/metrics",
    "/api",
    "/api/v1/no-such-thing",
    "/admin/",
    "/admin/login/",
    "/nowhere",
]
ALWAYS = {
    "Content-Security-Policy": "default-src 'self'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}
pytestmark = pytest.mark.django_db


def wanting(answer: Any) -> list[str]:
    return [name for name, start in ALWAYS.items() if start not in answer.headers.get(name, "")]


@pytest.mark.parametrize("path", [*PAGES, *map(address, TABLE)])
def test_address_answers_with_all_headers_to_strangers_and_to_a_superuser(
    client: Client, admin_client: Client, path: str
) -> None:
    for who in (client, admin_client):
        assert not wanting(who.get(path)), path


def test_refused_host_gets_the_headers_too(client: Client) -> None:
    answer = client.get("/healthz", headers={"host": "somebody.example"})
    assert answer.status_code == 400
    assert not wanting(answer)


@pytest.fixture
def over_https(settings: Any) -> Client:
    """As in production, behind a proxy."""
    settings.SECURE_SSL_REDIRECT = settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    return Client()


def test_plain_request_is_sent_to_https_but_probes_are_answered(over_https: Client) -> None:
    answer = over_https.get("/api/v1/accounts")
    assert (answer.status_code, answer["Location"]) == (301, "https://testserver/api/v1/accounts")
    assert not wanting(answer)
    assert [over_https.get(path).status_code for path in ("/healthz", "/readyz")] == [200, 200]


def test_request_through_the_proxy_is_answered_and_tied_to_https(over_https: Client) -> None:
    answer = over_https.get("/admin/login/", headers={"x-forwarded-proto": "https"})
    assert answer.status_code == 200
    assert answer["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert answer.cookies["csrftoken"]["secure"]


def test_session_ends_with_the_browser_or_after_a_working_day(settings: Any) -> None:
    assert settings.SESSION_EXPIRE_AT_BROWSER_CLOSE
    assert settings.SESSION_COOKIE_AGE == 8 * 3600
    assert settings.SESSION_COOKIE_HTTPONLY
