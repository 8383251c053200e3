"""The published JSON Schema of a declaration, made from the models and from what each kind says of its fields. Pure."""

import json
from collections.abc import Mapping
from typing import Any, get_args

from iam_templates.declaration import MAX_NAME, Declaration, Kinds
from iam_templates.parameters import MAX_NAMES, MAX_TEXT, Type
from provisioning.core.kind import Kind

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_PLACEHOLDER = {"type": "string", "pattern": r"\{\{\s*[a-z][a-z0-9_]*\s*\}\}", "title": "A placeholder"}
VALUES: Mapping[str, Mapping[str, Any]] = {
    "integer": {"type": "integer"},
    "boolean": {"type": "boolean"},
    "decimal": {"type": "string", "pattern": r"^-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,9})?$"},
    "account_id": {"type": "string", "pattern": "^[0-9]{12}$"},
    "names": {
        "type": "array",
        "maxItems": MAX_NAMES,
        "items": {"type": "string", "pattern": r"^[A-Za-z0-9_+=,.@*?-]{1,64}$"},
    },
}
"""Values of a parameter by its type; those of any other type are text."""
_NOT_EMPTY = [
    {"required": ["closed"], "properties": {"closed": {"minProperties": 1}}},
    {"required": ["checks"], "properties": {"checks": {"minItems": 1}}},
    {"required": ["resources"], "properties": {"resources": {"not": {"additionalProperties": {"maxProperties": 0}}}}},
]
_OPTIONAL = {"required": {"const": False}}
_ONE_SOURCE = {
    "anyOf": [
        {
            "required": ["required"],
            "properties": {
                "required": {"const": True},
                "default": {"type": "null"},
                "by_environment": {"maxProperties": 0},
            },
        },
        {"required": ["default"], "properties": {**_OPTIONAL, "default": {"not": {"type": "null"}}}},
        {"required": ["by_environment"], "properties": {**_OPTIONAL, "by_environment": {"minProperties": 1}}},
    ]
}
_WILDCARDS = {
    "if": {"required": ["allow_wildcards"], "properties": {"allow_wildcards": {"const": True}}},
    "then": {"properties": {"type": {"enum": ["string", "arn", "names"]}}},
}
_MAPS = {"properties", "patternProperties"}
_PARTS = {"items", "additionalProperties"}


def schema(kinds: Kinds) -> dict[str, Any]:
    """JSON Schema (2020-12). Anywhere inside an item a placeholder may stand for the value."""
    whole = Declaration.model_json_schema()
    definitions = whole["$defs"]
    definitions["Placeholder"] = _PLACEHOLDER
    resources = {name: _items(kind, definitions) for name, kind in kinds.items()}
    whole["$schema"] = DIALECT
    whole["title"] = "Firstline baseline, version 1"
    whole["anyOf"] = _NOT_EMPTY
    whole["properties"]["parameters"]["additionalProperties"] = False
    definitions["Parameter"]["allOf"] = [_ONE_SOURCE, _WILDCARDS, *_values_of_types()]
    whole["properties"]["resources"] |= {"properties": resources, "additionalProperties": False}
    closable = [name for name, kind in kinds.items() if not kind.only and not kind.is_rule]
    whole["properties"]["closed"]["propertyNames"] = {"enum": closable}
    return whole


def written(kinds: Kinds) -> str:
    """The schema as its file in the repository has it."""
    return json.dumps(schema(kinds), indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def _values_of_types() -> list[dict[str, Any]]:
    """Per type of a parameter: the shape of every value that the baseline itself gives."""
    return [_values_of(name, VALUES.get(name, {"type": "string", "maxLength": MAX_TEXT})) for name in get_args(Type)]


def _values_of(name: str, value: Mapping[str, Any]) -> dict[str, Any]:
    or_none = {"anyOf": [value, {"type": "null"}]}
    given = {"default": or_none, "example": or_none, "by_environment": {"additionalProperties": value}}
    return {"if": {"required": ["type"], "properties": {"type": {"const": name}}}, "then": {"properties": given}}


def _items(kind: Kind[Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """The items of a kind by name, or the fields of an account's only one.

    Its definitions move to the whole's, where its references then point.
    """
    own = dict(kind.schema())
    inner = own.pop("$defs", {})
    definitions.update({f"{kind.name}.{name}": _inside(part, kind.name) for name, part in inner.items()})
    if kind.only:
        return {**_inside(own, kind.name), "description": f"The {kind.name} of the account."}
    return {
        "type": "object",
        "description": f"Resources of kind {kind.name} by name.",
        "propertyNames": {"minLength": 1, "maxLength": MAX_NAME},
        "additionalProperties": _inside(own, kind.name),
    }


def _inside(part: Any, prefix: str) -> Any:
    if isinstance(part, list | tuple):
        return [_inside(value, prefix) for value in part]
    if not isinstance(part, Mapping):
        return part
    return {key: _member(key, value, prefix) for key, value in part.items()}


def _member(key: str, value: Any, prefix: str) -> Any:
    if key == "$ref":
        return value.replace("#/$defs/", f"#/$defs/{prefix}.")
    if key in _MAPS:
        return {name: _or_placeholder(inner, prefix) for name, inner in value.items()}
    if key in _PARTS and isinstance(value, Mapping):
        return _or_placeholder(value, prefix)
    return _inside(value, prefix)


def _or_placeholder(value: Any, prefix: str) -> dict[str, Any]:
    return {"anyOf": [_inside(value, prefix), {"$ref": "#/$defs/Placeholder"}]}
