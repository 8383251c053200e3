"""Whatever is sent, the answer is a problem that says what to do: never a 500."""

import json
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import Account
from config.parsers import DEPTH
from tests import factories
from tests.api.conftest import As

NEW = '{"account_id": "000000000001", "environment": "dev", "name": %s}'
PROBLEM = "application/problem+json"


@pytest.fixture
def operator(as_: As) -> APIClient:
    return as_("operator")


def post(client: APIClient, body: bytes | str, content_type: str = "application/json", path: str = "accounts") -> Any:
    raw = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
    return client.generic("POST", f"/api/v1/{path}", raw, content_type=content_type)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        pytest.param("", "", id="nothing"),
        pytest.param("{", "not JSON", id="cut off"),
        pytest.param("null", "object or list", id="null"),
        pytest.param('"text"', "object or list", id="a text"),
        pytest.param("7", "object or list", id="a number"),
        pytest.param(NEW % '"\\u0000"', "NUL", id="NUL"),
        pytest.param('{"\\u0000": 1}', "NUL", id="NUL in a key"),
        pytest.param(NEW % '"\\ud800"', "surrogate", id="lone surrogate"),
        pytest.param(NEW % '"\ud800"', "UTF-8", id="raw surrogate"),
        pytest.param(b"\xff\xfe{}", "UTF-8", id="UTF-16"),
        pytest.param(NEW % "NaN", "NaN", id="NaN"),
        pytest.param(NEW % "-Infinity", "Infinity", id="infinity"),
        pytest.param(NEW % "1e400", "too large", id="float beyond all"),
        pytest.param(NEW % ("9" * 5000), "too large", id="huge integer"),
        pytest.param(NEW % str(2**63), "too large", id="integer of 65 bits"),
        pytest.param(NEW % ("[" * 100_000), "deeper", id="deep and cut off"),
        pytest.param(NEW % ("[" * (DEPTH) + "]" * (DEPTH)), "deeper", id="one level too deep"),
        pytest.param('{"name": "a", "name": "b"}', "twice", id="duplicate key"),
        pytest.param('{"tags": {"a": "1", "a": "2"}}', "twice", id="duplicate key inside"),
    ],
)
def test_body_that_is_not_clean_json_is_refused(operator: APIClient, body: bytes | str, told: str) -> None:
    answer = post(operator, body)
    assert (answer.status_code, answer["Content-Type"]) == (400, PROBLEM)
    assert told in answer.json()["detail"]
    assert not Account.objects.exists()


def test_brackets_in_texts_are_no_nesting(operator: APIClient) -> None:
    assert post(operator, NEW % json.dumps('[{"\\' * 20)).status_code == 201


@pytest.mark.parametrize("path", ["accounts", "accounts/bulk", "runs", "fleet/pause"])
@pytest.mark.parametrize(
    "value", [None, 1, 1.5, True, "", "x" * 2000, [], [[]], {}, {"a": {"b": []}}, "\x7f", "🦊", "'; --"]
)
def test_odd_values_in_every_field_are_no_server_error(operator: APIClient, path: str, value: Any) -> None:
    fields = ("account_id", "name", "environment", "ou_path", "tags", "owner_team", "external_id", "kind", "reason")
    for body in (value, [value], *({field: value} for field in fields)):
        answer = post(operator, json.dumps(body), path=path)
        assert answer.status_code in {200, 400}, (body, answer.content)


def test_body_over_the_limit_is_too_large(operator: APIClient) -> None:
    answer = post(operator, NEW % json.dumps("x" * 1_048_576))
    assert (answer.status_code, answer["Content-Type"]) == (413, PROBLEM)


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml", ""],
)
def test_other_content_types_are_refused(operator: APIClient, content_type: str) -> None:
    answer = post(operator, "name=a", content_type)
    assert (answer.status_code, answer["Content-Type"]) == (415, PROBLEM)


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("enviroment=dev", "enviroment"),
        ("environment=moon", "environment"),
        ("environment=", "environment"),
        ("environment=dev&environment=prod", "environment"),
        ("paused=yes", "paused"),
        ("ou=%00", "ou"),
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=1000000000", "limit"),
        ("limit=" + "9" * 5000, "limit"),
        ("limit=-1", "limit"),
        ("limit=٣", "limit"),
        ("cursor=garbage", "cursor"),
        ("cursor=cD0lMDA=", "cursor"),
        ("ordering=a__b", "ordering"),
        ("format=xml", "format"),
        ("registered_by__contains=a", "registered_by__contains"),
        ("%00=1", "\x00"),
    ],
)
def test_wrong_query_parameter_is_named(operator: APIClient, query: str, parameter: str) -> None:
    answer = operator.get(f"/api/v1/accounts?{query}")
    assert (answer.status_code, answer["Content-Type"]) == (400, PROBLEM)
    assert [error["parameter"] for error in answer.json()["errors"]] == [parameter]


@pytest.mark.parametrize(
    "query",
    ["run=1", "plan=%00", "since=yesterday", "until=9999999-01-01", "cursor=cD1ub3QtYS1udW1iZXI=", "account=%00"],
)
def test_wrong_history_filter_is_named(operator: APIClient, query: str) -> None:
    answer = operator.get(f"/api/v1/history?{query}")
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (400, query.partition("=")[0])


@pytest.mark.parametrize("address", ["runs", "plans"])
def test_cursor_of_another_list_is_refused(operator: APIClient, address: str) -> None:
    answer = operator.get(f"/api/v1/{address}?cursor=cD0wMDAwMDAwMDAwMDE=")
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (400, "cursor")


def test_detail_takes_no_parameters(operator: APIClient) -> None:
    factories.account("000000000001")
    assert post(operator, "{}", path="accounts/000000000001/looks?force=1").status_code == 400
    for address in ("accounts/000000000001", "accounts/000000000001/desired-state", "fleet"):
        assert operator.get(f"/api/v1/{address}?verbose=1").status_code == 400, address


@pytest.mark.parametrize(
    "address",
    [
        "/api",
        "/api/",
        "/api/v1/",
        "/api/v2/accounts",
        "/api/v1/accounts/",
        "/api/v1/runs/1",
        "/api/v1/%00",
        "/api/v1/%ff",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_unknown_address_is_a_problem_not_a_page(db: None, address: str, method: str) -> None:
    answer = APIClient().generic(method, address)
    assert (answer.status_code, answer["Content-Type"]) == (404, PROBLEM)


def test_wrong_host_is_a_problem(db: None) -> None:
    answer = APIClient().get("/api/v1/accounts", HTTP_HOST="evil.example")
    assert (answer.status_code, answer["Content-Type"]) == (400, PROBLEM)


def test_error_inside_says_nothing_of_it(as_: As, monkeypatch: pytest.MonkeyPatch) -> None:
    from provisioning.views import fleet

    monkeypatch.setattr(fleet, "verdicts_of", lambda ids: 1 / 0)
    viewer = as_("viewer")
    viewer.raise_request_exception = False
    answer = viewer.get("/api/v1/fleet")
    assert (answer.status_code, answer["Content-Type"]) == (500, PROBLEM)
    assert "division" not in answer.content.decode()


def test_pages_are_followed_to_the_end_and_back(operator: APIClient) -> None:
    for number in range(1, 6):
        factories.account(f"{number:012d}")
    first = operator.get("/api/v1/accounts?limit=2").json()
    second = operator.get(first["next"]).json()
    third = operator.get(second["next"]).json()
    seen = [row["account_id"].lstrip("0") for page in (first, second, third) for row in page["results"]]
    assert (seen, third["next"]) == (["1", "2", "3", "4", "5"], None)
    assert operator.get(third["previous"]).json()["results"] == second["results"]
