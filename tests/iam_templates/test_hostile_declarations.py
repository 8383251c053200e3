"""Declarations meant to harm: refused with a pointer, or kept and shown to people as nothing but text."""

import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from iam_templates.models import Baseline, BaselineVersion
from tests.people import person, token

pytestmark = pytest.mark.django_db
VERSIONS = "/api/v1/baselines/first/versions"
PROBLEM = "application/problem+json"
ONE_GROUP = {"resources": {"iam.group": {"Developers": {"members": {"include": ["ann"]}}}}}
IN_YAML = "\nresources: {iam.group: {Developers: {members: {include: [ann]}}}}"
FAMILY = "/resources/iam.group"


@pytest.fixture
def author() -> APIClient:
    Baseline.objects.create(name="first", created_by="olga")
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token('olga', 'baseline_author')}")
    return client


def send(client: APIClient, text: str, content_type: str = "application/yaml") -> Any:
    raw = text.encode("utf-8", "surrogatepass")
    return client.generic("POST", VERSIONS, raw, content_type=content_type)


def refused(answer: Any, status: int = 422) -> set[str]:
    """The pointers told; nothing is stored."""
    assert (answer.status_code, answer["Content-Type"]) == (status, PROBLEM), answer.content[:500]
    assert not BaselineVersion.objects.exists()
    return {error["pointer"] for error in answer.json()["errors"]}


def described(text: str) -> str:
    return json.dumps({"description": text, **ONE_GROUP})


def named(name: str) -> str:
    return json.dumps({"resources": {"iam.group": {name: {"members": {"include": ["ann"]}}}}})


@pytest.mark.parametrize("content_type", ["application/yaml", "application/json"])
def test_ten_megabytes_are_refused_before_they_are_read(author: APIClient, content_type: str) -> None:
    answer = send(author, described("x" * 10_000_000), content_type)
    assert (answer.status_code, answer["Content-Type"]) == (413, PROBLEM)


@pytest.mark.parametrize("content_type", ["application/yaml", "application/json"])
def test_half_a_megabyte_and_more_is_refused_with_its_size(author: APIClient, content_type: str) -> None:
    answer = send(author, described("x" * 600_000), content_type)
    assert refused(answer) == {""}
    assert "at most" in answer.json()["errors"][0]["detail"]


@pytest.mark.parametrize("content_type", ["application/yaml", "application/json"])
@pytest.mark.parametrize("opened", ["[", '{"a":'])
def test_deep_nesting_is_refused(author: APIClient, opened: str, content_type: str) -> None:
    answer = send(author, '{"resources": ' + opened * 50_000, content_type)
    assert refused(answer)


@pytest.mark.parametrize(
    ("text", "pointers"),
    [
        pytest.param("resources: {}\nresources: {}", {"/resources"}, id="key twice"),
        pytest.param("resources: &a {}", {"/resources"}, id="anchor"),
        pytest.param("closed: &a {}\nresources: *a", {"/closed", "/resources"}, id="alias"),
        pytest.param("resources:\n  iam.group:\n    <<: {A: {}}", {f"{FAMILY}/<<"}, id="merge key"),
        pytest.param("description: !!python/object/apply:os.system [id]", {"/description"}, id="Python tag"),
        pytest.param("description: !!binary aGk=", {"/description"}, id="binary tag"),
        pytest.param("resources: {}\n---\nresources: {}", {""}, id="second document"),
        pytest.param("description: [no]", {"/description"}, id="list for text"),
        pytest.param("resources: no", {"/resources"}, id="no for a map"),
        pytest.param("description: 1e999", {"/description"}, id="float beyond all"),
        pytest.param("description: " + "9" * 5000, {"/description"}, id="huge integer"),
        pytest.param("description: .nan", {"/description"}, id="not a number"),
        pytest.param("%YAML 9.9\n---\nresources: {}", {""}, id="unknown YAML"),
        pytest.param("? {a: b}\n: c", {""}, id="map for a key"),
    ],
)
def test_yaml_that_means_more_than_it_shows_is_refused(author: APIClient, text: str, pointers: set[str]) -> None:
    assert pointers <= refused(send(author, text))


@pytest.mark.parametrize("mark", ["\x00", "\x07", "\x1b[2J", "\x7f", "\x85", "\u061c", "\u200f", "\u202e", "\u2066"])
def test_marks_that_deceive_are_refused_in_texts_and_in_names(author: APIClient, mark: str) -> None:
    assert "/description" in refused(send(author, described(f"a{mark}b"), "application/json"))
    assert any(one.startswith(f"{FAMILY}/") for one in refused(send(author, named(f"a{mark}b"), "application/json")))


@pytest.mark.parametrize("mark", ["\\0", "\\u202e", "\\x1b"])
def test_marks_that_deceive_are_refused_when_yaml_escapes_them(author: APIClient, mark: str) -> None:
    assert refused(send(author, f'description: "a{mark}b"{IN_YAML}')) == {"/description"}


def test_text_of_many_lines_stays_allowed(author: APIClient) -> None:
    assert send(author, "description: |\n  one\n  \ttwo" + IN_YAML).status_code == 201


@pytest.mark.parametrize("escaped", ["\\ud800", "\\udfff", "\\udc00\\ud800"])
def test_half_characters_are_refused(author: APIClient, escaped: str) -> None:
    assert refused(send(author, f'{{"description": "{escaped}"}}', "application/json")) == {"/description"}


def test_half_characters_in_the_bytes_are_no_utf_8(author: APIClient) -> None:
    for content_type in ("application/yaml", "application/json"):
        answer = send(author, '{"description": "\ud800"}', content_type)
        assert (answer.status_code, answer["Content-Type"]) == (400, PROBLEM)
        assert "UTF-8" in answer.json()["detail"]


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b", "C:\\x", "<b>x</b>", "=1+1", "@SUM(A1)", "a b", ".", ""])
def test_names_that_are_paths_markup_or_formulas(author: APIClient, name: str) -> None:
    """IAM itself allows = and @ and dots in a name, so those may stay, and must be shown inert."""
    answer = send(author, named(name), "application/json")
    if answer.status_code == 201:
        assert set(name) <= set("=+@.,-_0123456789") | set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
    else:
        assert any(one.startswith(FAMILY) for one in refused(answer))


@pytest.mark.parametrize("word", ["yes", "no", "on", "off", "y", "n", "12:30:45", "190:20:30", "0o14", "0x1F", "1_000"])
def test_words_that_older_yaml_takes_for_something_else_are_text(author: APIClient, word: str) -> None:
    answer = send(author, f"description: {word}{IN_YAML}")
    assert (answer.status_code, BaselineVersion.objects.get().content["description"]) == (201, word)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror="alert(1)">',
        "</pre></textarea><svg/onload=alert(1)>",
        "{{ 7*7 }}{% debug %}",
        "=HYPERLINK(1)",
        "javascript:alert(1)",
    ],
)
def test_what_is_kept_is_shown_as_nothing_but_text(author: APIClient, client: Client, text: str) -> None:
    answer = send(author, described(text), "application/json")
    assert answer.status_code == 201, answer.content
    client.force_login(_viewer())
    page = client.get(reverse("admin:iam_templates_baselineversion_change", args=[BaselineVersion.objects.get().pk]))
    shown = page.content.decode()
    assert (page.status_code, text in shown) == (200, not set(text) & set("<>\"'"))
    assert not [tag for tag in ("<script>alert", "<img src=x", "<svg/onload", 'href="javascript') if tag in shown]


def _viewer() -> User:
    return person("vera", "viewer")
