"""Which operation a REST request is, and its parameters, by the service's own model of methods and addresses."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs

from botocore.model import OperationModel, Shape

from sandbox.service_models import REST_SERVICES, service_model

_LABEL = re.compile(r"\{(\w+)\+?\}")


def read_rest(service: str, environ: dict[str, Any], body: dict[str, Any]) -> tuple[str, dict[str, Any]] | None:
    """None where the model has no such address."""
    if service not in REST_SERVICES:
        return None
    path = environ.get("PATH_INFO", "/")
    for method, pattern, model in _routes(service):
        found = pattern.fullmatch(path)
        if method == environ["REQUEST_METHOD"] and found:
            return model.name, _parameters(model, found.groupdict(), environ.get("QUERY_STRING", ""), body)
    return None


@lru_cache
def _routes(service: str) -> list[tuple[str, re.Pattern[str], OperationModel]]:
    """Addresses with fewer labels first: /analyzer is not an analyzer without a name."""
    model = service_model(service)
    operations = [model.operation_model(name) for name in model.operation_names]
    routes = [(one.http["method"], _pattern(one.http["requestUri"]), one) for one in operations]
    return sorted(routes, key=lambda route: len(route[1].groupindex))


def _pattern(address: str) -> re.Pattern[str]:
    """A label at the end may hold slashes: ARNs do."""
    parts = _LABEL.split(address.partition("?")[0])
    names = {index: part for index, part in enumerate(parts) if index % 2}
    last = max(names, default=0)
    text = (
        f"(?P<{part}>{'.+' if index == last and not parts[-1] else '[^/]+'})" if index in names else re.escape(part)
        for index, part in enumerate(parts)
    )
    return re.compile("".join(text))


def _parameters(model: OperationModel, labels: dict[str, str], query: str, body: dict[str, Any]) -> dict[str, Any]:
    asked, found = parse_qs(query), {}
    members = model.input_shape.members if model.input_shape else {}
    for name, shape in members.items():
        where, key = shape.serialization.get("location"), shape.serialization.get("name", name)
        if where == "uri" and key in labels:
            found[name] = labels[key]
        elif where == "querystring" and key in asked:
            found[name] = _from_query(shape, asked[key])
        elif where is None and key in body:
            found[name] = body[key]
    return found


def _from_query(shape: Shape, values: list[str]) -> Any:
    if shape.type_name == "list":
        return values
    return int(values[-1]) if shape.type_name in ("integer", "long") else values[-1]
