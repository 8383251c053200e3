"""Versions over REST: drafted in YAML or JSON, published, approved by somebody else."""

import json
from typing import Any

import pytest
from rest_framework.test import APIClient

from iam_templates.models import Baseline, BaselineVersion
from tests.api.conftest import As
from tests.iam_templates.cast import ROOT, draft, group, published, source

VERSIONS = "/api/v1/baselines/first/versions"


@pytest.fixture
def author(as_: As) -> APIClient:
    Baseline.objects.create(name="first", created_by="olga")
    return as_("baseline_author", "olga")


def send(
    client: APIClient, text: str, content_type: str = "application/yaml", method: str = "POST", **more: Any
) -> Any:
    return client.generic(method, more.get("to", VERSIONS), text, content_type=content_type)


def test_a_version_is_drafted_in_yaml_or_json_or_as_text_inside(author: APIClient) -> None:
    answers = [
        send(author, source()),
        send(author, json.dumps(group()), "application/json"),
        author.post(VERSIONS, {"source": source()}),
        author.post(VERSIONS, {"source": json.dumps(group()), "content_type": "json"}),
    ]
    for number, answer in enumerate(answers, 1):
        assert (answer.status_code, answer["Location"]) == (201, f"{VERSIONS}/{number}"), answer.content
        body = author.get(answer["Location"]).json()
        assert (body["content"], body["state"], body["author"]) == (group(), "draft", "olga")
    assert author.get(f"{VERSIONS}/1").json()["source"] == source()


def test_lists_are_newest_first_and_leave_the_declaration_out(author: APIClient) -> None:
    for _ in range(3):
        send(author, source())
    rows = author.get(VERSIONS).json()["results"]
    assert [row["number"] for row in rows] == [3, 2, 1]
    assert "source" not in rows[0]


def test_nothing_is_stored_of_a_declaration_with_errors(author: APIClient) -> None:
    answer = send(author, source(group("Bad/Name", attached_policies=["Nope"])))
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_declaration")
    found = {error["pointer"] for error in answer.json()["errors"]}
    assert "/resources/iam.group/Bad~1Name/attached_policies/0" in found
    assert not BaselineVersion.objects.exists()


def test_duplicate_keys_of_a_json_declaration_are_told_with_pointers(author: APIClient) -> None:
    answer = send(author, '{"resources": {"iam.group": {"A": {}, "A": {}}}}', "application/json")
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/resources/iam.group/A"]


def test_a_draft_is_replaced_by_its_author_alone(author: APIClient, as_: As) -> None:
    send(author, source())
    to = f"{VERSIONS}/1"
    assert send(author, source(group("Test")), method="PATCH", to=to).json()["content"] == group("Test")
    other = send(as_("baseline_author", "oskar"), source(), method="PATCH", to=to)
    assert (other.status_code, other.json()["code"]) == (403, "not_allowed")


def test_a_published_version_never_changes(author: APIClient) -> None:
    send(author, source())
    answer = author.post(f"{VERSIONS}/1/publish", HTTP_IF_MATCH="*")
    assert (answer.status_code, answer.json()["state"], len(answer.json()["digest"])) == (200, "published", 64)
    for again in (
        author.post(f"{VERSIONS}/1/publish", HTTP_IF_MATCH="*"),
        send(author, source(), method="PATCH", to=f"{VERSIONS}/1"),
    ):
        assert (again.status_code, again.json()["code"]) == (409, "already_published")


def test_another_person_approves_for_production(author: APIClient, as_: As) -> None:
    send(author, source())
    author.post(f"{VERSIONS}/1/publish", HTTP_IF_MATCH="*")
    assert author.post(f"{VERSIONS}/1/approve-production", HTTP_IF_MATCH="*").status_code == 403
    own = as_("security_admin", "olga").post(f"{VERSIONS}/1/approve-production", HTTP_IF_MATCH="*")
    assert (own.status_code, own.json()["code"]) == (403, "not_allowed")
    answer = as_("security_admin", "ada").post(f"{VERSIONS}/1/approve-production", HTTP_IF_MATCH="*")
    assert (answer.status_code, answer.json()["approved_for_production_by"]) == (200, "ada")


def test_a_draft_is_not_approved(author: APIClient, as_: As) -> None:
    send(author, source())
    answer = as_("security_admin").post(f"{VERSIONS}/1/approve-production", HTTP_IF_MATCH="*")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_published")


def test_a_superuser_may_not_approve_what_they_wrote(as_: As, django_user_model: Any) -> None:
    published(by=ROOT)
    client = APIClient()
    client.force_login(django_user_model.objects.create_superuser("root"))
    assert client.post(f"{VERSIONS}/1/approve-production", HTTP_IF_MATCH="*").status_code == 403


def test_actions_take_no_fields(author: APIClient) -> None:
    draft()
    answer = author.post(f"{VERSIONS}/1/publish", {"force": True})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/force")


@pytest.mark.parametrize(
    "address",
    [
        "baselines/nobody/versions",
        "baselines/first/versions/9",
        "baselines/first/versions/x",
        "baselines/first/versions/99999999999999999999",
    ],
)
def test_what_is_not_there_is_not_found(author: APIClient, address: str) -> None:
    assert author.get(f"/api/v1/{address}").status_code == 404


def test_writing_to_what_is_not_there_is_not_found(author: APIClient) -> None:
    for answer in (
        send(author, source(), to="/api/v1/baselines/nobody/versions"),
        send(author, source(), method="PATCH", to=f"{VERSIONS}/7"),
        author.post(f"{VERSIONS}/7/publish", HTTP_IF_MATCH="*"),
        author.post(f"{VERSIONS}/99999999999999999999/publish", HTTP_IF_MATCH="*"),
    ):
        assert answer.status_code == 404


def test_the_authors_html_stays_text(author: APIClient) -> None:
    content = group() | {"description": "<script>alert(1)</script>"}
    answer = send(author, source(content))
    assert answer["Content-Type"] == "application/json"
    assert answer.json()["content"]["description"] == "<script>alert(1)</script>"
