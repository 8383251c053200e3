"""Discoveries and the tree of units over REST, and the admin's preview of a selector."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import Discovery, OrganisationalUnit
from tests import factories
from tests.api.conftest import As
from tests.people import person, token

pytestmark = pytest.mark.django_db


@pytest.fixture
def discovery() -> Discovery:
    """Read a moment ago: /, /shop and /shop/dev, and an empty /spare."""
    made: Discovery = Discovery.objects.create(state="done", requested_by="otto", finished_at=timezone.now())
    for number, path in enumerate(("/", "/shop", "/shop/dev", "/spare")):
        OrganisationalUnit.objects.create(discovery=made, unit_id=f"ou-{number}", name=path, path=path)
    factories.account("111111111111", ou_path="/shop/dev", environment="dev", owner_team="shop")
    factories.account("222222222222", ou_path="/shop", environment="", owner_team="other")
    factories.account("333333333333", ou_path="/shop", environment="dev", state="left")
    return made


def test_tree_counts_accounts_in_and_below_each_unit(as_: As, discovery: Discovery) -> None:
    found = as_("viewer").get("/api/v1/organisational-units").json()
    assert found["discovered_at"] is not None
    told = [(unit["path"], unit["unit_id"], unit["accounts"], unit["accounts_below"]) for unit in found["units"]]
    assert told == [("/", "ou-0", 0, 2), ("/shop", "ou-1", 1, 2), ("/shop/dev", "ou-2", 1, 1), ("/spare", "ou-3", 0, 0)]
    assert found["units"][1]["by_environment"] == {"": 1, "dev": 1}
    below = as_("viewer").get("/api/v1/organisational-units", {"below": "/shop/dev"}).json()["units"]
    assert [unit["path"] for unit in below] == ["/shop/dev"]


def test_who_sees_a_part_of_the_fleet_sees_the_units_of_that_part(discovery: Discovery) -> None:
    person("tess", "viewer", scope="team:shop")
    client = APIClient(headers={"Authorization": f"Bearer {token('tess', 'viewer', scope='team:shop')}"})
    units = client.get("/api/v1/organisational-units").json()["units"]
    assert [(unit["path"], unit["accounts_below"]) for unit in units] == [("/", 1), ("/shop", 1), ("/shop/dev", 1)]
    assert client.get("/api/v1/discoveries").status_code == 403


def test_a_path_that_is_none_is_told(as_: As) -> None:
    answer = as_("viewer").get("/api/v1/organisational-units", {"below": "shop"})
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (400, "below")


def test_discovery_that_is_off_is_refused_with_what_to_set(as_: As) -> None:
    answer = as_("operator").post("/api/v1/discoveries")
    assert (answer.status_code, answer.json()["code"]) == (409, "discovery_not_configured")


def test_accounts_whose_environment_nobody_decided_can_be_listed(as_: As, discovery: Discovery) -> None:
    found = as_("viewer").get("/api/v1/accounts", {"decided": "false"}).json()["results"]
    assert [(one["account_id"], one["environment"]) for one in found] == [("222222222222", "")]


def test_admin_previews_whom_a_selector_reaches_before_anything_is_assigned(
    client: Client, discovery: Discovery
) -> None:
    client.force_login(person("vera", "viewer"))
    assert (
        reverse("admin:selector_preview")
        in client.get(reverse("admin:iam_templates_assignment_changelist")).content.decode()
    )
    shown = client.get(reverse("admin:selector_preview"), {"selector": "ou", "value": "/shop"}).content.decode()
    assert "2 accounts that you may see" in shown and "undecided 1" in shown and "222222222222" in shown
    wrong = client.get(reverse("admin:selector_preview"), {"selector": "ou", "value": "shop"}).content.decode()
    assert "/value" in wrong
    tree = client.get(reverse("admin:organisational_units")).content.decode()
    assert "/spare" in tree and "ou-3" in tree
