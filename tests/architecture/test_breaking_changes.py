"""The API stays what clients of the last release rely on; what a breaking change is, is tested here too."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from django.conf import settings

from tools.breaking_changes import breaking_changes

SCHEMAS = settings.BASE_DIR / "schemas"

OLD: dict[str, Any] = {
    "paths": {
        "/things": {
            "post": {
                "parameters": [{"in": "query", "name": "wait", "schema": {"enum": ["a", "b"]}}],
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/New"}}}},
                "responses": {
                    "201": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}},
                    "400": {},
                },
            }
        }
    },
    "components": {
        "schemas": {
            "New": {
                "type": "object",
                "required": ["name"],
                "properties": {
                    "name": {"type": "string", "maxLength": 100},
                    "size": {"type": ["integer", "null"]},
                    "mode": {"enum": ["observe", "enforce"]},
                },
            },
            "Thing": {
                "type": "object",
                "required": ["id", "tags"],
                "properties": {
                    "id": {"type": "string"},
                    "tags": {"type": "array", "items": {"type": "object", "properties": {"key": {"type": "string"}}}},
                },
            },
        }
    },
}
POST = ("paths", "/things", "post")
NEW, THING = ("components", "schemas", "New"), ("components", "schemas", "Thing")
TAG = (*THING, "properties", "tags", "items", "properties")


def at(document: dict[str, Any], *keys: str) -> Any:
    for key in keys:
        document = document[key]
    return document


Change = Callable[[dict[str, Any]], Any]
BREAKING: dict[str, Change] = {
    "POST /things: removed": lambda new: new["paths"].clear(),
    "parameter wait (query) removed": lambda new: at(new, *POST, "parameters").clear(),
    "parameter wait no longer takes b": lambda new: at(new, *POST, "parameters")[0]["schema"]["enum"].remove("b"),
    "parameter who (query) is now required": lambda new: at(new, *POST, "parameters").append(
        {"in": "query", "name": "who", "required": True}
    ),
    "the body may no longer be application/json": lambda new: at(new, *POST, "requestBody")["content"].clear(),
    "a body is now required": lambda new: at(new, *POST, "requestBody").update(required=True),
    "body/size is no longer taken": lambda new: at(new, *NEW, "properties").pop("size"),
    "body/mode is now required": lambda new: at(new, *NEW, "required").append("mode"),
    "body/size no longer takes null": lambda new: at(new, *NEW, "properties", "size").update(type="integer"),
    "body/mode no longer takes observe": lambda new: at(new, *NEW, "properties", "mode", "enum").remove("observe"),
    "body/name no longer takes any other value": lambda new: at(new, *NEW, "properties", "name").update(enum=["a"]),
    "body/name has a tighter maxLength: 10": lambda new: at(new, *NEW, "properties", "name").update(maxLength=10),
    "answer 201 removed": lambda new: at(new, *POST, "responses").pop("201"),
    "answer 201/id removed": lambda new: at(new, *THING, "properties").pop("id"),
    "answer 201/id may now be missing": lambda new: at(new, *THING, "required").remove("id"),
    "answer 201/id may now be null": lambda new: at(new, *THING, "properties", "id").update(type=["string", "null"]),
    "answer 201/tags/*/key removed": lambda new: at(new, *TAG).pop("key"),
}
HARMLESS: dict[str, Change] = {
    "another operation": lambda new: new["paths"].update({"/others": {"get": {"responses": {}}}}),
    "another parameter": lambda new: at(new, *POST, "parameters").append({"in": "query", "name": "who"}),
    "another field is taken": lambda new: at(new, *NEW, "properties").update(note={"type": "string"}),
    "a field is no longer required": lambda new: at(new, *NEW, "required").clear(),
    "more is taken": lambda new: at(new, *NEW, "properties", "mode", "enum").append("prune"),
    "a wider limit": lambda new: at(new, *NEW, "properties", "name").update(maxLength=200),
    "another field is given": lambda new: at(new, *THING, "properties").update(at={"type": "string"}),
    "a refusal less": lambda new: at(new, *POST, "responses").pop("400"),
}


@pytest.mark.parametrize("told", BREAKING)
def test_what_breaks_clients_is_named(told: str) -> None:
    new = copy.deepcopy(OLD)
    BREAKING[told](new)
    assert any(line.endswith(told) for line in breaking_changes(OLD, new)), breaking_changes(OLD, new)


@pytest.mark.parametrize("change", HARMLESS)
def test_what_only_adds_breaks_nobody(change: str) -> None:
    new = copy.deepcopy(OLD)
    HARMLESS[change](new)
    assert breaking_changes(OLD, new) == []


def test_the_api_breaks_no_client_of_the_last_release() -> None:
    released, now = (yaml.safe_load((SCHEMAS / name).read_text()) for name in ("openapi.released.yaml", "openapi.yaml"))
    assert breaking_changes(released, now) == [], "keep it, or release another major version of the API"
