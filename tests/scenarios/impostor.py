"""A relay before the simulated AWS that can let another account answer when one of them is entered."""

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


@dataclass
class Relay:
    """`pretends`: whoever enters the first account is told that the session is in the second."""

    url: str = ""
    pretends: dict[str, str] = field(default_factory=dict)

    def twisted(self, asked: bytes, answer: bytes) -> bytes:
        """AssumeRole's answer with another account in its ARN."""
        if b"Action=AssumeRole" in asked:
            for expected, other in self.pretends.items():
                answer = answer.replace(f"sts::{expected}:".encode(), f"sts::{other}:".encode())
        return answer


@contextmanager
def impostor(upstream: str) -> Iterator[Relay]:
    relay = Relay()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(urlsplit(upstream).netloc, relay))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    relay.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield relay
    finally:
        server.shutdown()
        server.server_close()


def _handler(host: str, relay: Relay) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["Content-Length"]))
            upstream = http.client.HTTPConnection(host, timeout=30)
            upstream.request("POST", self.path, asked, dict(self.headers))
            answer = upstream.getresponse()
            body = relay.twisted(asked, answer.read())
            upstream.close()
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.headers.get("Content-Type", "text/xml"))
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler
