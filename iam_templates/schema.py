"""The published JSON Schema of a declaration, made from the models and from what each kind says of its fields. Pure."""

from collections.abc import Mapping
from typing import Any

from iam_templates.declaration import Declaration, Kinds
from provisioning.core.kind import Kind

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_PLACEHOLDER = {"type": "string", "pattern": r"\{\{\s*[a-z][a-z0-9_]*\s*\}\}", "title": "A placeholder"}
_MAPS = {"properties", "patternProperties"}
_PARTS = {"items", "additionalProperties"}


def schema(kinds: Kinds) -> dict[str, Any]:
    """JSON Schema (2020-12). Anywhere inside an item a placeholder may stand for the value."""
    whole = Declaration.model_json_schema()
    definitions = whole["$defs"]
    definitions["Placeholder"] = _PLACEHOLDER
    resources = {name: _items(kind, definitions) for name, kind in kinds.items()}
    whole["$schema"] = DIALECT
    whole["properties"]["resources"] = {"type": "object", "properties": resources, "additionalProperties": False}
    closable = [name for name, kind in kinds.items() if not kind.only]
    whole["properties"]["closed"]["propertyNames"] = {"enum": closable}
    return whole


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
