"""One request to the simulated AWS, from its bytes to its outcome in the call log."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from sandbox.protocol import read_query
from sandbox.rest import read_rest
from sandbox.service_models import QUERY_SERVICES

_SCOPE = re.compile(r"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/aws4_request")
# Calls are named as clients are; some services are signed for by another name.
_CLIENT_NAMES = {"access-analyzer": "accessanalyzer"}
_READ_WORDS = ("Get", "List", "Describe", "Simulate", "Generate", "Lookup", "Search", "Assume", "Decode", "get", "list")


@dataclass(frozen=True)
class Principal:
    """Who signed a call. `kind` is administrator (no policy asked), role (a session) or user."""

    account: str
    arn: str
    user_id: str
    kind: str
    name: str
    role_arn: str = ""
    session_name: str = ""
    session_policies: tuple[str, ...] = ()
    session_policy_arns: tuple[str, ...] = ()


@dataclass
class Call:
    service: str
    operation: str
    params: dict[str, Any]
    access_key: str = ""
    token: str = ""
    region: str = "us-east-1"
    environ: dict[str, Any] = field(default_factory=dict, repr=False)
    body: bytes = b""
    principal: Principal | None = None

    @property
    def caller(self) -> Principal:
        assert self.principal is not None, "authenticated before any handler runs"
        return self.principal

    @property
    def account(self) -> str:
        return self.caller.account

    @property
    def is_write(self) -> bool:
        return not self.operation.startswith(_READ_WORDS)

    def text(self, name: str, default: str = "") -> str:
        value = self.params.get(name)
        return default if value is None else value


def read_call(environ: dict[str, Any]) -> Call:
    """The call in a WSGI request: service from the credential scope, operation from Action or X-Amz-Target."""
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    scope = _SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
    access_key, region, signed_for = scope.groups() if scope else ("", "us-east-1", "")
    service = _CLIENT_NAMES.get(signed_for, signed_for)
    operation, params = _operation(service, environ, body)
    return Call(
        service=service,
        operation=operation,
        params=params,
        access_key=access_key,
        token=environ.get("HTTP_X_AMZ_SECURITY_TOKEN", ""),
        region=region,
        environ=environ,
        body=body,
    )


def _operation(service: str, environ: dict[str, Any], body: bytes) -> tuple[str, dict[str, Any]]:
    if service in QUERY_SERVICES:
        return read_query(service, body)
    params = _json_body(body)
    if found := read_rest(service, environ, params):
        return found
    target = environ.get("HTTP_X_AMZ_TARGET", "")
    if target:
        return target.rpartition(".")[2], params
    return environ.get("PATH_INFO", "/").strip("/").split("/")[0] or environ["REQUEST_METHOD"], params


def _json_body(body: bytes) -> dict[str, Any]:
    try:
        loaded = json.loads(body or b"{}")
    except ValueError:
        return {}
    return loaded if isinstance(loaded, dict) else {}
