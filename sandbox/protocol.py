"""Reads a request's parameters and writes an answer's body, in the protocol of the service asked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl
from uuid import uuid4
from xml.sax.saxutils import escape

from botocore.model import Shape, StructureShape

from sandbox.errors import AwsError
from sandbox.service_models import QUERY_SERVICES, operation_model, service_model


@dataclass(frozen=True)
class Answer:
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    error: str = ""


class MapOf(dict[str, Any]):
    """A map shape: in XML it is a list of entries, while a plain dict is a structure."""


def read_query(service: str, body: bytes) -> tuple[str, dict[str, Any]]:
    """The operation and its typed parameters, from a form body."""
    form = dict(parse_qsl(body.decode(), keep_blank_values=True))
    operation = form.get("Action", "")
    model = operation_model(service, operation)
    if model is None or model.input_shape is None:
        return operation, {k: v for k, v in form.items() if k not in ("Action", "Version")}
    return operation, _read_structure(model.input_shape, _nested(form))


def _nested(form: Mapping[str, str]) -> dict[str, Any]:
    root: dict[str, Any] = {}
    for name, value in form.items():
        node, *path = root, *name.split(".")
        for part in path[:-1]:
            node = node.setdefault(part, {})
        node[path[-1]] = value
    return root


def _read_structure(shape: StructureShape, node: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _read(member, node[name]) for name, member in shape.members.items() if name in node}


def _read(shape: Shape, node: Any) -> Any:
    if shape.type_name == "structure":
        return _read_structure(shape, node)  # type: ignore[arg-type]
    if shape.type_name == "list":
        items = node.get("member", {}) if isinstance(node, dict) else {}
        return [_read(shape.member, items[key]) for key in sorted(items, key=int)]  # type: ignore[attr-defined]
    if shape.type_name in ("integer", "long"):
        return int(node) if str(node).lstrip("-").isdigit() else node
    if shape.type_name == "boolean":
        return node == "true"
    return node


def query_answer(service: str, operation: str, result: Mapping[str, Any] | None) -> Answer:
    space = service_model(service).metadata["xmlNamespace"]
    model = operation_model(service, operation)
    wrapped = "" if model is None or model.output_shape is None else _wrap(f"{operation}Result", _xml(result or {}))
    body = f'<{operation}Response xmlns="{space}">{wrapped}{_metadata()}</{operation}Response>'
    return Answer(200, (("Content-Type", "text/xml"),), body.encode())


def _metadata() -> str:
    return f"<ResponseMetadata><RequestId>{uuid4()}</RequestId></ResponseMetadata>"


def _wrap(tag: str, inner: str) -> str:
    return f"<{tag}>{inner}</{tag}>"


def _xml(value: Any) -> str:
    if isinstance(value, MapOf):
        return "".join(f"<entry><key>{escape(k)}</key><value>{_xml(v)}</value></entry>" for k, v in value.items())
    if isinstance(value, Mapping):
        return "".join(f"<{key}>{_xml(item)}</{key}>" for key, item in value.items() if item is not None)
    if isinstance(value, list | tuple):
        return "".join(f"<member>{_xml(item)}</member>" for item in value)
    return _text(value)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        moment = value if value.tzinfo else value.replace(tzinfo=UTC)
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return escape(str(value))


def json_answer(result: Mapping[str, Any] | None) -> Answer:
    return Answer(200, (("Content-Type", "application/x-amz-json-1.1"),), json.dumps(result or {}).encode())


def answer(service: str, operation: str, result: Mapping[str, Any] | None) -> Answer:
    return query_answer(service, operation, result) if service in QUERY_SERVICES else json_answer(result)


def error_answer(service: str, error: AwsError) -> Answer:
    """The error in the service's own protocol, as botocore expects to parse it."""
    if service not in QUERY_SERVICES:
        body = json.dumps({"__type": error.code, "Message": error.message}).encode()
        headers = (("Content-Type", "application/x-amz-json-1.1"), ("x-amzn-ErrorType", error.code))
        return Answer(error.status, headers, body, error.code)
    side = "Receiver" if error.status >= 500 else "Sender"
    space = service_model(service).metadata["xmlNamespace"]
    inner = f"<Type>{side}</Type><Code>{escape(error.code)}</Code><Message>{escape(error.message)}</Message>"
    text = f'<ErrorResponse xmlns="{space}"><Error>{inner}</Error><RequestId>{uuid4()}</RequestId></ErrorResponse>'
    return Answer(error.status, (("Content-Type", "text/xml"),), text.encode(), error.code)
