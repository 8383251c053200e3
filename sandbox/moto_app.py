"""Hands a call to stock moto, as the account that the sandbox found, and repairs the answer's error shape."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from sandbox.call import Call
from sandbox.errors import not_implemented
from sandbox.protocol import Answer

_moto: Callable[..., Iterable[bytes]] = DomainDispatcherApplication(create_backend_app)
_XML_CODE = re.compile(rb"<Code>([^<]+)</Code>")


def ask_moto(call: Call) -> Answer:
    """Raises NotImplemented (501) where moto has no such operation or crashes on it."""
    answered: dict[str, Any] = {}

    def start_response(status: str, headers: list[tuple[str, str]], _: Any = None) -> None:
        answered.update(status=int(status.split()[0]), headers=headers)

    environ = {**call.environ, "wsgi.input": io.BytesIO(call.body), "HTTP_X_MOTO_ACCOUNT_ID": call.account}
    try:
        body = b"".join(_moto(environ, start_response))
    except Exception:  # noqa: BLE001 - anything moto raises past its own errors is a gap in moto
        raise not_implemented(call.service, call.operation) from None
    if answered["status"] == 500 and b"<!doctype html" in body[:200].lower():
        raise not_implemented(call.service, call.operation)
    kept = tuple((name, value) for name, value in answered["headers"] if name.lower() != "content-length")
    return Answer(answered["status"], kept, body, _error_code(answered["status"], kept, body))


def _error_code(status: int, headers: tuple[tuple[str, str], ...], body: bytes) -> str:
    if status < 400:
        return ""
    found = _XML_CODE.search(body)
    if found:
        return found[1].decode()
    named = {name.lower(): value for name, value in headers}.get("x-amzn-errortype", "")
    return named.partition(":")[0] or str(status)
