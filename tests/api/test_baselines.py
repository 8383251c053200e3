"""Baselines over REST, and declarations that are checked without being stored."""

from typing import Any

import pytest

from iam_templates.models import Baseline, BaselineVersion
from tests.api.conftest import As
from tests.iam_templates.cast import draft, group, published, source

PROBLEM = "application/problem+json"


def pointers(answer: Any, status: int = 422) -> list[str]:
    assert (answer.status_code, answer["Content-Type"]) == (status, PROBLEM), answer.content
    return [error["pointer"] for error in answer.json()["errors"]]


def test_a_baseline_is_made_and_found_by_its_name(as_: As) -> None:
    author = as_("baseline_author")
    answer = author.post("/api/v1/baselines", {"name": "first", "description": "d"})
    assert (answer.status_code, answer["Location"]) == (201, "/api/v1/baselines/first")
    found = author.get(answer["Location"])
    assert found.json() == answer.json()
    assert (found.json()["name"], found.json()["published"], found.json()["created_by"]) == (
        "first",
        None,
        "baseline_author",
    )


def test_a_taken_name_is_a_conflict(as_: As) -> None:
    author = as_("baseline_author")
    author.post("/api/v1/baselines", {"name": "first"})
    answer = author.post("/api/v1/baselines", {"name": "first"})
    assert (answer.status_code, answer.json()["code"]) == (409, "already_exists")


@pytest.mark.parametrize(
    ("body", "status", "wanted"),
    [
        ({}, 400, ["/name"]),
        ({"name": "first", "colour": 1, "created_by": "x"}, 400, ["/colour", "/created_by"]),
        ({"name": None}, 400, ["/name"]),
        ({"name": ["first"]}, 400, ["/name"]),
        ([], 400, [""]),
        ({"name": "First"}, 422, ["/name"]),
        ({"name": "validate"}, 422, ["/name"]),
        ({"name": "../x"}, 422, ["/name"]),
    ],
)
def test_bad_input_is_refused_with_pointers(as_: As, body: Any, status: int, wanted: list[str]) -> None:
    assert pointers(as_("baseline_author").post("/api/v1/baselines", body), status) == wanted
    assert not Baseline.objects.exists()


def test_baselines_are_listed_by_name_with_their_newest_published_version(as_: As) -> None:
    published("beta")
    published("beta")
    draft("beta")
    draft("alpha")
    answer = as_("viewer").get("/api/v1/baselines")
    assert [(row["name"], row["published"]) for row in answer.json()["results"]] == [("alpha", None), ("beta", 2)]


def test_lists_are_cut_into_pages(as_: As) -> None:
    for name in ("alpha", "beta", "gamma"):
        draft(name)
    viewer = as_("viewer")
    first = viewer.get("/api/v1/baselines?limit=2").json()
    second = viewer.get(first["next"]).json()
    assert [row["name"] for page in (first, second) for row in page["results"]] == ["alpha", "beta", "gamma"]
    assert viewer.get("/api/v1/baselines?limit=1000").status_code == 400
    assert viewer.get("/api/v1/baselines?colour=red").status_code == 400


@pytest.mark.django_db
@pytest.mark.parametrize("content_type", ["application/yaml", "application/json"])
def test_a_viewer_checks_a_declaration_without_storing_it(as_: As, content_type: str) -> None:
    text = source() if content_type == "application/yaml" else '{"resources": {"iam.group": {"Developers": {}}}}'
    answer = as_("viewer").post("/api/v1/baselines/validate", text, content_type=content_type)
    assert answer.status_code == 200, answer.content
    assert answer.json()["resources"] == {"iam.group": ["Developers"]}
    assert not BaselineVersion.objects.exists()


def test_the_digest_told_is_the_one_a_version_then_has(as_: As) -> None:
    answer = as_("viewer").post("/api/v1/baselines/validate", {"source": source()})
    assert answer.json()["digest"] == published().digest


def test_every_error_of_a_declaration_is_told_at_once(as_: As) -> None:
    content = group(membres=["ann"], path="x") | {"absent": {}, "parameters": {"p": {"type": "cat"}}}
    found = pointers(as_("viewer").post("/api/v1/baselines/validate", {"source": source(content)}))
    assert {"/absent", "/parameters/p/type"} <= set(found)
    content = group(membres=["ann"], path="x")
    found = pointers(as_("viewer").post("/api/v1/baselines/validate", {"source": source(content)}))
    assert set(found) == {"/resources/iam.group/Developers/membres", "/resources/iam.group/Developers/path"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: [", "not YAML"),
        ("a: &x 1\nb: *x", "aliases"),
        ("a: 1\na: 2", "twice"),
        ("a: !!python/none x", "tags"),
        ("a: " + "[" * 5000, "deeper"),
        ("a: .nan", "number"),
        (" ", "empty"),
        ("- a", "map"),
    ],
)
def test_text_that_is_not_clean_yaml_is_refused(as_: As, text: str, told: str) -> None:
    answer = as_("viewer").generic("POST", "/api/v1/baselines/validate", text, content_type="application/yaml")
    assert answer.status_code == 422
    assert told in str(answer.json()["errors"])


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b"null",
        b'{"a": 1, "a": 2}',
        b'{"source": "a: 1", "source": "a: 2"}',
        b'{"source": 3}',
        b'{"source": null}',
        b'{"source": "a: 1", "colour": 1}',
        b'{"source": "a: 1", "content_type": "xml"}',
        b'{"source": "\\u0000"}',
        b'{"source": "\\ud800"}',
        b"\xff",
        b'{"a":' * 5000,
    ],
)
def test_no_body_makes_a_500(as_: As, body: bytes) -> None:
    answer = as_("viewer").generic("POST", "/api/v1/baselines/validate", body, content_type="application/json")
    assert answer.status_code in {400, 422}
    assert answer["Content-Type"] == PROBLEM


def test_a_body_that_is_too_large_is_refused_before_it_is_read(as_: As) -> None:
    text = "a: " + "x" * 1_100_000
    for content_type in ("application/yaml", "application/json"):
        answer = as_("viewer").generic("POST", "/api/v1/baselines/validate", text, content_type=content_type)
        assert answer.status_code == 413
    answer = as_("viewer").generic(
        "POST", "/api/v1/baselines/validate", text[:600_000], content_type="application/yaml"
    )
    assert answer.status_code == 422


def test_another_content_type_is_refused(as_: As) -> None:
    answer = as_("viewer").post("/api/v1/baselines/validate", "a=1", content_type="text/plain")
    assert answer.status_code == 415


def test_the_schema_of_declarations_is_served(as_: As) -> None:
    answer = as_("viewer").get("/api/v1/schemas/baseline.v1.json")
    assert {"iam.group", "iam.role", "iam.policy", "budget"} <= set(
        answer.json()["properties"]["resources"]["properties"]
    )
