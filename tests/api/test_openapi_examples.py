"""Every operation shows what it takes and gives by an example that its schema takes."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import jsonschema
import pytest
import yaml
from django.conf import settings

READ: dict[str, Any] = yaml.safe_load((settings.BASE_DIR / "schemas" / "openapi.yaml").read_text())
SERVED_AS_FILES = {"/api/v1/schema"}


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in READ["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def contents(operation: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for media, content in operation.get("requestBody", {}).get("content", {}).items():
        yield f"request {media}", content
    for status, answer in operation["responses"].items():
        for media, content in answer.get("content", {}).items():
            yield f"{status} {media}", content


@pytest.mark.parametrize(("name", "operation"), operations(), ids=[name for name, _ in operations()])
def test_every_operation_has_an_example_that_is_right(name: str, operation: dict[str, Any]) -> None:
    shown = dict(contents(operation))
    assert shown, name
    for where, content in shown.items():
        examples = (
            [content["example"]] if "example" in content else [one["value"] for one in content["examples"].values()]
        )
        assert examples, where
        schema = {**content.get("schema", {}), "components": READ["components"]}
        for example in examples:
            jsonschema.Draft202012Validator(schema).validate(example)


@pytest.mark.parametrize(("name", "operation"), [*operations()], ids=[name for name, _ in operations()])
def test_a_refusal_is_shown_as_it_would_look(name: str, operation: dict[str, Any]) -> None:
    for status, answer in operation["responses"].items():
        shown = answer.get("content", {}).get("application/problem+json", {}).get("example")
        if shown is not None:
            assert (str(shown["status"]), shown["title"]) == (status, HTTPStatus(int(status)).phrase)
            assert shown["type"] == f"urn:firstline:problem:{shown['code'].replace('_', '-')}"
