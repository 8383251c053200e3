"""The OpenAPI document, its checked-in copy, the page that shows it, and the health addresses."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from rest_framework.test import APIClient

from config.openapi_headers import REQUIRED, TAGGED
from tests.api.conftest import As

FILE = Path(settings.BASE_DIR) / "schemas" / "openapi.yaml"


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Made as the command makes it; fails on any warning."""
    path = tmp_path_factory.mktemp("openapi") / "openapi.yaml"
    call_command("spectacular", "--validate", "--fail-on-warn", file=str(path))
    return path.read_text()


def test_checked_in_document_is_fresh(document: str) -> None:
    assert FILE.read_text() == document, "run: manage.py spectacular --file schemas/openapi.yaml"


def test_document_is_openapi_31_and_every_operation_can_be_refused(document: str) -> None:
    read: dict[str, Any] = yaml.safe_load(document)
    assert read["openapi"].startswith("3.1")
    for path, operations in read["paths"].items():
        for operation in operations.values():
            assert {"401", "403"} <= operation["responses"].keys(), path
            assert operation["summary"], path


def test_schema_is_served_to_anyone_signed_in(as_: As) -> None:
    answer = as_("viewer").get("/api/v1/schema")
    assert (answer.status_code, b"openapi: 3.1" in answer.content) == (200, True)


def test_docs_page_holds_no_inline_script_or_style(as_: As) -> None:
    viewer = as_("viewer")
    page = viewer.get("/api/v1/docs")
    text = page.content.decode()
    assert page.status_code == 200
    assert "default-src 'self'" in page["Content-Security-Policy"]
    assert ("<style" in text, "style=" in text, "http://" in text, "https://" in text) == (False,) * 4
    assert text.count("<script src=") == text.count("<script")
    script = viewer.get("/api/v1/docs?script=")
    assert script["Content-Type"].startswith("application/javascript")
    assert b"SwaggerUIBundle" in script.content


def test_docs_are_not_for_strangers() -> None:
    for address, wanted in (("docs", "text/html"), ("schema", "*/*")):
        answer = APIClient().get(f"/api/v1/{address}", HTTP_ACCEPT=wanted)
        assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")


def test_alive_without_the_database(client: Any) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}


def test_ready_when_migrated_with_the_months_of_history(db: None, client: Any) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, set(answer.json()["checks"].values())) == (200, {"ok"})


def test_not_ready_while_a_month_of_history_is_missing(db: None, client: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relname LIKE 'history_event_2%%' AND relkind = 'r' ORDER BY 1"
        )
        last = cursor.fetchall()[-1][0]
        cursor.execute(f'DROP TABLE "{last}"')
    answer = client.get("/readyz")
    assert (answer.status_code, last in answer.json()["checks"]["history_months"]) == (503, True)


def test_headers_that_guard_a_change_are_told_where_they_are_honoured(document: str) -> None:
    paths = yaml.safe_load(document)["paths"]
    told = {
        (path.removeprefix("/api/v1"), method): _headers(one)
        for path, ways in paths.items()
        for method, one in ways.items()
    }
    assert all(("Idempotency-Key" in found) == (method == "post") for (_, method), found in told.items())
    guarded = {(path, method) for (path, method), found in told.items() if found.keys() & {"If-Match", "If-None-Match"}}
    assert guarded == {(path, method) for path, methods in TAGGED.items() for method in methods}
    assert {path for (path, _), found in told.items() if found.get("If-Match")} == REQUIRED


def _headers(operation: dict[str, Any]) -> dict[str, bool]:
    parameters = operation.get("parameters", [])
    return {one["name"]: one.get("required", False) for one in parameters if one["in"] == "header"}
