"""A thin AWS on this machine: answers whatever a test scripts, over real HTTP with connections kept open.

For what the sandbox does not show: answers by access key at speed, many pages, and answers that make no sense.
"""

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

_SIGNED_BY = re.compile(r"Credential=([^/]+)/")


@dataclass(frozen=True)
class Asked:
    """One request: `params` are the query form's, or the JSON body's."""

    operation: str
    access_key: str
    params: dict[str, Any]
    user_agent: str


@dataclass(frozen=True)
class Answer:
    body: str
    status: int = 200


@dataclass
class ThinAws:
    """`answer` is called for every request; it may be replaced at any time."""

    url: str = ""
    answer: Callable[[Asked], Answer] = lambda asked: Answer("<Nothing/>", 500)
    asked: list[Asked] = field(default_factory=list)

    def operations(self) -> list[str]:
        return [one.operation for one in self.asked]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64


@contextmanager
def thin_aws() -> Iterator[ThinAws]:
    aws = ThinAws()
    server = _Server(("127.0.0.1", 0), _handler(aws))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    aws.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield aws
    finally:
        server.shutdown()
        server.server_close()


def _handler(aws: ThinAws) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_POST(self) -> None:
            asked = _read(self)
            aws.asked.append(asked)
            answer = aws.answer(asked)
            body = answer.body.encode()
            self.send_response(answer.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return Handler


def _read(request: BaseHTTPRequestHandler) -> Asked:
    body = request.rfile.read(int(request.headers["Content-Length"])).decode()
    found = _SIGNED_BY.search(request.headers.get("Authorization", ""))
    key = found[1] if found else ""
    agent = request.headers.get("User-Agent", "")
    target = request.headers.get("X-Amz-Target", "")
    if target:
        return Asked(target.rpartition(".")[2], key, json.loads(body), agent)
    form = {name: values[0] for name, values in parse_qs(body).items()}
    return Asked(form.pop("Action"), key, form, agent)


def xml(operation: str, inner: str) -> Answer:
    """A query-protocol answer."""
    return Answer(f"<{operation}Response><{operation}Result>{inner}</{operation}Result></{operation}Response>")


def xml_error(code: str, message: str = "", status: int = 400) -> Answer:
    inner = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    return Answer(f"<ErrorResponse>{inner}</ErrorResponse>", status)


def assumed(account_id: str, access_key: str = "ASIATHIN") -> Answer:
    """AssumeRole's answer: a session in `account_id`."""
    keys = f"<AccessKeyId>{access_key}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>"
    return xml(
        "AssumeRole",
        f"<Credentials>{keys}<Expiration>2100-01-01T00:00:00Z</Expiration></Credentials>"
        f"<AssumedRoleUser><AssumedRoleId>AROA:x</AssumedRoleId>"
        f"<Arn>arn:aws:sts::{account_id}:assumed-role/FirstlineLook/x</Arn></AssumedRoleUser>",
    )
