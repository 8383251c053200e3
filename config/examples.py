"""Examples of what the API takes and gives, made from its schemas, so that every operation has one that is right."""

from collections.abc import Mapping
from typing import Any

ACCOUNT_ID = "111122223333"
PLAN_DIGEST = "3f1c0b6a9d2e4f5868a1b7c3d9e0f2a4b6c8d0e1f3a5b7c9d1e3f5a7b9c1d3e5"
BY_NAME: Mapping[str, Any] = {
    "account_id": ACCOUNT_ID,
    "actor": "paula",
    "after_hash": PLAN_DIGEST,
    "approved_for_production_by": "paula",
    "author": "ann",
    "aws_calls": 17,
    "baseline": "first-line-of-defense",
    "before_hash": PLAN_DIGEST,
    "by": "paula",
    "cause": "request",
    "code": "drifted",
    "comment": "Reviewed with the payments team.",
    "created_by": "ann",
    "description": "What the workshop teaches, for every account.",
    "detail": "Use one of sandbox, dev, test, staging, prod.",
    "digest": PLAN_DIGEST,
    "ended_by": "paula",
    "environment": "prod",
    "evidence": "https://wiki.example.com/billing/2026-11",
    "external_id": "7c9e6679-7425-40de-944b-e07fc1f90ae7",
    "fingerprint": PLAN_DIGEST,
    "granted_by": "olga",
    "kind": "iam.group",
    "name": "payments-prod",
    "operation": "AttachGroupPolicy",
    "ou": "/workloads",
    "ou_path": "/workloads/prod",
    "owner_team": "payments",
    "parameter": "limit",
    "partition": "aws",
    "pointer": "/environment",
    "published_by": "ann",
    "reason": "Incident 4711: nothing is changed until it is over.",
    "registered_by": "otto",
    "request_id": "5f2b8c1e9a7d4f03b6c5d4e3f2a1b0c9",
    "requested_by": "otto",
    "role": "operator",
    "scope": "ou:/workloads",
    "selector": "ou",
    "service": "iam",
    "source": "resources:\n  iam.group:\n    Developers: {attached_policies: [ReadOnlyAccess]}\n",
    "statement": "IAM access to billing is switched on.",
    "tag": "data-class=internal",
    "title": "Bad Request",
    "user": "olga",
    "username": "olga",
    "value": "/workloads",
    "verb": "plan.approved",
    "version": 3,
}
BY_FORMAT: Mapping[str, Any] = {
    "uuid": "6d5a1bf3-2f70-4c8e-9d2b-d6fe9d4550c9",
    "date-time": "2026-11-24T09:30:00Z",
    "date": "2027-05-31",
    "decimal": "120.50",
    "uri": "https://firstline.example.com/api/v1/accounts?cursor=cD0x",
    "email": "cloud-costs@example.com",
}
BY_PATTERN: Mapping[str, str] = {
    "^[0-9]{12}$": ACCOUNT_ID,
    "^[0-9a-f]{64}$": PLAN_DIGEST,
    "^[A-Z0-9]{16,128}$": "AKIAIOSFODNN7EXAMPLE",
}
BY_SCHEMA: Mapping[str, Any] = {"Selector": {"ou": "/workloads", "environment": "prod"}}
"""What a schema can't say: `all` stands alone."""
BY_TYPE: Mapping[str, Any] = {"string": "text", "integer": 1, "number": 1.5, "boolean": True, "null": None}
DEEPEST = 8


def add_examples(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Give each request body, and each answer that has one, an example."""
    schemas = result["components"]["schemas"]
    for operations in result["paths"].values():
        for operation in operations.values():
            for content in _contents(operation):
                content.setdefault("example", example_of(content.get("schema", {}), schemas))
    return result


def _contents(operation: Mapping[str, Any]) -> list[dict[str, Any]]:
    bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
    contents = [content for body in bodies for content in body.get("content", {}).values()]
    return [content for content in contents if not {"example", "examples"} & content.keys()]


def example_of(schema: Mapping[str, Any], schemas: Mapping[str, Any], name: str = "", depth: int = 0) -> Any:
    """A value that this schema takes; fields by what they are called, where the schema takes that."""
    if (known := BY_SCHEMA.get(schema.get("$ref", "").rpartition("/")[2])) is not None:
        return known
    schema = _resolved(schema, schemas)
    if "example" in schema or schema.get("examples"):
        return schema.get("example", next(iter(schema.get("examples", [])), None))
    if "const" in schema or "enum" in schema:
        wanted = BY_NAME.get(name)
        return schema["const"] if "const" in schema else _first(schema["enum"], wanted)
    kind = _type(schema)
    if kind == "object":
        return _object(schema, schemas, depth)
    if kind == "array":
        item = example_of(schema.get("items", {}), schemas, name, depth + 1)
        return [item] if depth < DEEPEST else []
    return _scalar(schema, kind, name)


def _resolved(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in schema or any(part in schema for part in ("allOf", "oneOf", "anyOf")):
        if "$ref" in schema:
            schema = schemas[schema["$ref"].rpartition("/")[2]]
        else:
            part = next(part for part in ("allOf", "oneOf", "anyOf") if part in schema)
            schema = {**{key: value for key, value in schema.items() if key != part}, **schema[part][0]}
    return schema


def _first(values: list[Any], wanted: Any) -> Any:
    return wanted if wanted in values else next((value for value in values if value not in ("", None)), None)


def _type(schema: Mapping[str, Any]) -> str:
    kind = schema.get("type", "object" if {"properties", "additionalProperties"} & schema.keys() else "")
    return next((one for one in kind if one != "null"), "null") if isinstance(kind, list) else str(kind)


def _object(schema: Mapping[str, Any], schemas: Mapping[str, Any], depth: int) -> dict[str, Any]:
    if depth >= DEEPEST:
        return {}
    fields = schema.get("properties", {})
    made = {name: example_of(field, schemas, name, depth + 1) for name, field in fields.items()}
    more = schema.get("additionalProperties")
    if not fields and isinstance(more, dict) and more:
        made["data-class"] = "internal" if _type(more) == "string" else example_of(more, schemas, "", depth + 1)
    return made


def _scalar(schema: Mapping[str, Any], kind: str, name: str) -> Any:
    if schema.get("format") in BY_FORMAT:
        return BY_FORMAT[schema["format"]]
    if schema.get("pattern") in BY_PATTERN:
        return BY_PATTERN[schema["pattern"]]
    known = BY_NAME.get(name)
    if known is not None and isinstance(known, str) == (kind in ("string", "")):
        return known
    value = BY_TYPE.get(kind, {})
    return max(value, schema.get("minimum", value)) if kind in ("integer", "number") else value
