"""The container's own check of its web server."""

import http.server
import threading
from collections.abc import Iterator

import pytest

from config import alive


class Server(http.server.BaseHTTPRequestHandler):
    """Answers as Django does: only to a name of its own."""

    def do_GET(self) -> None:
        good = self.headers["Host"] == "firstline.example.org" and self.path == "/healthz"
        self.send_response(200 if good else 400)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def address() -> Iterator[str]:
    server = http.server.HTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/healthz"
    server.shutdown()
    server.server_close()


def test_web_server_that_answers_to_its_own_name_is_alive(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIRSTLINE_ALLOWED_HOSTS", '["firstline.example.org"]')
    assert alive.is_alive(address)


def test_web_server_that_refuses_or_is_away_is_not(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FIRSTLINE_ALLOWED_HOSTS", raising=False)
    assert not alive.is_alive(address)
    assert not alive.is_alive("http://127.0.0.1:1/healthz")
