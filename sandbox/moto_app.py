"""Hands a call to stock moto, as the account that the sandbox found, and repairs the answer's error shape."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qsl, urlencode

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from sandbox.call import Call
from sandbox.errors import not_implemented
from sandbox.iam.entities import find
from sandbox.protocol import Answer
from sandbox.world import world

_moto: Callable[..., Iterable[bytes]] = DomainDispatcherApplication(create_backend_app)
_XML_CODE = re.compile(rb"<Code>([^<]+)</Code>")


def ask_moto(call: Call) -> Answer:
    """Raises NotImplemented (501) where moto has no such operation or crashes on it."""
    answered: dict[str, Any] = {}

    def start_response(status: str, headers: list[tuple[str, str]], _: Any = None) -> None:
        answered.update(status=int(status.split()[0]), headers=headers)

    body_for_moto = _with_stored_case(call)
    environ = {
        **call.environ,
        "wsgi.input": io.BytesIO(body_for_moto),
        "CONTENT_LENGTH": str(len(body_for_moto)),
        "HTTP_X_MOTO_ACCOUNT_ID": call.account,
    }
    try:
        body = b"".join(_moto(environ, start_response))
    except Exception:  # noqa: BLE001 - anything moto raises past its own errors is a gap in moto
        raise not_implemented(call.service, call.operation) from None
    if answered["status"] == 500 and b"<!doctype html" in body[:200].lower():
        raise not_implemented(call.service, call.operation)
    kept = tuple((name, value) for name, value in answered["headers"] if name.lower() != "content-length")
    return Answer(answered["status"], kept, body, _error_code(answered["status"], kept, body))


def _with_stored_case(call: Call) -> bytes:
    """moto finds a user by exact spelling only, AWS in any case."""
    given = call.params.get("UserName") if call.service == "iam" else None
    user = find(world.iam(call.account), "user", given) if given else None
    if user is None or user.name == given:
        return call.body
    form = dict(parse_qsl(call.body.decode(), keep_blank_values=True))
    return urlencode({**form, "UserName": user.name}).encode()


def _error_code(status: int, headers: tuple[tuple[str, str], ...], body: bytes) -> str:
    if status < 400:
        return ""
    found = _XML_CODE.search(body)
    if found:
        return found[1].decode()
    named = {name.lower(): value for name, value in headers}.get("x-amzn-errortype", "")
    return named.partition(":")[0] or str(status)
