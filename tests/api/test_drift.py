"""Drift over REST, and the difference it shows."""

import json
from typing import Any

import pytest
from rest_framework.test import APIClient

from provisioning.serializers.difference import difference
from tests import factories
from tests.api.conftest import As


@pytest.fixture
def viewer(as_: As) -> APIClient:
    return as_("viewer")


def test_drift_shows_both_sides_and_whose_it_is(viewer: APIClient) -> None:
    account = factories.account(owner_team="red")
    drift = factories.drift(account, type="changed", desired={"amount": "10"}, observed={"amount": "99"})
    body = viewer.get(f"/api/v1/drift/{drift.pk}").json()
    assert (body["desired"], body["observed"]) == ({"amount": "10"}, {"amount": "99"})
    assert body["difference"] == [{"pointer": "/amount", "desired": "10", "observed": "99"}]
    assert (body["responsibility"]["who"], body["responsibility"]["owner_team"]) == ("firstline", "red")
    assert body["origins"][0]["author"] == factories.AUTHOR


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("kind=budget", "budget"),
        ("environment=prod", "prod"),
        ("state=resolved", "resolved"),
        ("type=extra", "extra"),
        ("remedy=person", "person"),
        ("account=000000000007&state=open", "account"),
    ],
)
def test_list_is_filtered(viewer: APIClient, query: str, name: str) -> None:
    dev = factories.account()
    factories.drift(dev, name="plain")
    factories.drift(dev, name="budget", kind="budget")
    factories.drift(factories.account(environment="prod"), name="prod")
    factories.drift(dev, name="resolved", state="resolved")
    factories.drift(dev, name="extra", type="extra")
    factories.drift(dev, name="person", remedy="person")
    factories.drift(factories.account("000000000007"), name="account")
    assert [row["name"] for row in viewer.get(f"/api/v1/drift?{query}").json()["results"]] == [name]


@pytest.mark.parametrize("pk", [2**63, 10**30, "9" * 5000])
def test_number_beyond_every_drift_is_not_found(viewer: APIClient, pk: Any) -> None:
    for address in ("drift", "history"):
        assert viewer.get(f"/api/v1/{address}/{pk}").status_code == 404


@pytest.mark.parametrize(
    ("desired", "observed", "expected"),
    [
        pytest.param("a", "a", [], id="equal"),
        pytest.param("a", None, [{"pointer": "", "desired": "a", "observed": None}], id="a value and none"),
        pytest.param([1, 2], [2, 1], [], id="order of a list says nothing"),
        pytest.param([1], [2], [{"pointer": "/0", "desired": 1}, {"pointer": "/0", "observed": 2}], id="elements"),
        pytest.param({"a": 1}, {"b": 2}, [{"pointer": "/a", "desired": 1}, {"pointer": "/b", "observed": 2}], id="key"),
        pytest.param({"a/b": [{}]}, {"a/b": 2}, [{"pointer": "/a~1b", "desired": [{}], "observed": 2}], id="deep"),
        pytest.param(json.dumps({"a": 1}), '{"a": 2}', [{"pointer": "/a", "desired": 1, "observed": 2}], id="texts"),
        pytest.param("{no json", "{", [{"pointer": "", "desired": "{no json", "observed": "{"}], id="no JSON"),
    ],
)  # fmt: skip
def test_difference_names_the_places(desired: Any, observed: Any, expected: list[dict[str, Any]]) -> None:
    assert difference(desired, observed) == expected
