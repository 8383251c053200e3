"""Many accounts in one CSV file over REST, answered row by row."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import Account
from tests import factories
from tests.api.conftest import As

HEADER = "account_id,name,environment,ou_path,tag:cost,external_id\n"


@pytest.fixture
def operator(as_: As) -> APIClient:
    return as_("operator", "otto")


def send(client: APIClient, text: str, query: str = "", media: str = "text/csv") -> Any:
    return client.post(f"/api/v1/accounts/bulk{query}", text.encode(), content_type=media)


def test_each_row_is_told_with_its_line_and_every_error_with_its_column(operator: APIClient) -> None:
    factories.account("000000000001")
    rows = [
        "000000000001,one,dev,/,,",
        "000000000002,two,dev,/workloads,4711,its-own-id",
        "",
        "3,=cmd,moon,workloads,,",
        "000000000002,two,dev,/,,",
    ]
    body = send(operator, HEADER + "\n".join(rows)).json()
    assert (body["created"], body["exists"], body["refused"], body["dry_run"]) == (1, 1, 3, False)
    told = [(row["line"], row["outcome"], sorted({one["column"] for one in row["errors"]})) for row in body["results"]]
    assert told == [
        (2, "exists", ["account_id"]),
        (3, "created", []),
        (5, "refused", ["account_id", "environment", "name", "ou_path"]),
        (6, "refused", ["account_id"]),
    ]
    assert "line 3" in body["results"][3]["errors"][0]["detail"]
    made = Account.objects.get(pk="000000000002")
    assert (made.tags, made.external_id, made.registered_by) == ({"cost": "4711"}, "its-own-id", "otto")


def test_a_dry_run_answers_the_same_and_stores_nothing(operator: APIClient) -> None:
    text = HEADER + "000000000002,two,dev,/,,\n000000000003,three,mars,/,,\n"
    tried = send(operator, text, "?dry_run=true").json()
    assert not Account.objects.exists() and tried["dry_run"] is True
    done = send(operator, text, "?dry_run=false").json()
    assert [row["outcome"] for row in tried["results"]] == [row["outcome"] for row in done["results"]]
    assert Account.objects.count() == 1


@pytest.mark.parametrize("query", ["?dry_run=yes", "?dry_run=", "?dryrun=true", "?dry_run=true&dry_run=false"])
def test_a_misspelt_parameter_is_refused(operator: APIClient, query: str) -> None:
    assert send(operator, HEADER, query).status_code == 400


def test_an_external_id_is_never_repeated_whatever_column_it_slipped_into(operator: APIClient) -> None:
    secret = "s3cret-external-id"
    rows = [f"000000000002,two,dev,/,,{secret} not allowed", f"{secret},two,{secret},/,,", f"{secret},two"]
    answer = send(operator, HEADER + "\n".join(rows))
    assert answer.json()["refused"] == 3 and secret not in answer.content.decode()


def test_a_file_that_can_not_be_read_is_a_problem_that_says_where(operator: APIClient) -> None:
    answer = operator.post("/api/v1/accounts/bulk", HEADER.encode() + b"1,caf\xe9\n", content_type="text/csv")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert "Line 2 is not UTF-8" in answer.json()["errors"][0]["detail"]


def test_a_file_over_the_limit_is_too_large(operator: APIClient) -> None:
    assert send(operator, HEADER + "x" * 1_100_000).status_code == 413


def test_five_thousand_accounts_fit_into_one_file(operator: APIClient) -> None:
    rows = [
        f"{n:012d},an account of a usual length {n},staging,/workloads/payments/staging,cost-{n},\n"
        for n in range(5000)
    ]
    body = send(operator, HEADER + "".join(rows), "?dry_run=true").json()
    assert (body["created"], len(body["results"])) == (5000, 5000)


def test_other_addresses_take_no_csv(operator: APIClient) -> None:
    assert operator.post("/api/v1/accounts", HEADER, content_type="text/csv").status_code == 415
