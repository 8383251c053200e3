"""Lists show what was asked for, and refuse what they don't understand."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from iam_templates.models import Baseline, BaselineVersion
from tests import factories
from tests.api.conftest import As


def found(client: APIClient, address: str, field: str) -> list[Any]:
    answer = client.get(f"/api/v1/{address}")
    assert answer.status_code == 200, answer.content
    return [row[field] for row in answer.json()["results"]]


def version(baseline: Baseline, number: int, author: str) -> None:
    BaselineVersion.objects.create(baseline=baseline, number=number, author=author, source="", content={}, digest="")


def test_accounts_are_found_by_a_part_of_their_name_or_id(as_: As) -> None:
    factories.account("000000000123", name="Payments 100%")
    factories.account("000000000456", name="Search")
    viewer = as_("viewer")
    assert found(viewer, "accounts?q=payments", "name") == ["Payments 100%"]
    assert found(viewer, "accounts?q=0456", "name") == ["Search"]
    assert found(viewer, "accounts?q=%25", "name") == ["Payments 100%"]
    assert found(viewer, "accounts?q=nothing", "name") == []


def test_baselines_are_found_by_a_part_of_their_name_or_description(as_: As) -> None:
    for name, description in (("first", "Groups of people"), ("second", "Budgets")):
        Baseline.objects.create(name=name, description=description, created_by="ann")
    viewer = as_("viewer")
    assert found(viewer, "baselines?q=IRS", "name") == ["first"]
    assert found(viewer, "baselines?q=budget", "name") == ["second"]


def test_versions_are_found_by_author_and_state(as_: As) -> None:
    baseline = Baseline.objects.create(name="first", created_by="ann")
    version(baseline, 1, "ann")
    version(baseline, 2, "bob")
    viewer = as_("viewer")
    assert found(viewer, "baselines/first/versions?author=ann", "number") == [1]
    assert found(viewer, "baselines/first/versions?state=draft", "number") == [2, 1]
    assert found(viewer, "baselines/first/versions?state=published", "number") == []


@pytest.mark.parametrize(
    ("address", "parameter"),
    [
        ("accounts?q=", "q"),
        ("accounts?q=%00", "q"),
        ("accounts?name=a", "name"),
        ("baselines?author=ann", "author"),
        ("baselines/first/versions?state=old", "state"),
        ("assignments?live=maybe", "live"),
    ],
)
def test_a_filter_that_is_not_understood_is_named(as_: As, address: str, parameter: str) -> None:
    Baseline.objects.create(name="first", created_by="ann")
    answer = as_("viewer").get(f"/api/v1/{address}")
    assert (answer.status_code, [error["parameter"] for error in answer.json()["errors"]]) == (400, [parameter])
