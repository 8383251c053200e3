"""A relay before the simulated AWS that lets another account answer when one of them is entered."""

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


@contextmanager
def impostor(upstream: str, *, expected: str, answers: str) -> Iterator[str]:
    """Its URL. Whoever assumes a role of `expected` is told that the session is in `answers`."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(upstream, expected.encode(), answers.encode()))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def _handler(upstream: str, expected: bytes, answers: bytes) -> type[BaseHTTPRequestHandler]:
    host = urlsplit(upstream).netloc

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["Content-Length"]))
            connection = http.client.HTTPConnection(host, timeout=30)
            connection.request("POST", self.path, asked, dict(self.headers))
            answer = connection.getresponse()
            body = answer.read()
            if b"Action=AssumeRole" in asked:
                body = body.replace(b"sts::" + expected, b"sts::" + answers)
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.headers.get("Content-Type", "text/xml"))
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            connection.close()

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler
