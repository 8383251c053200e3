"""The interval between looks over REST: set for one account, and shown with who sets it."""

import pytest
from django.conf import LazySettings

from accounts.models import LONGEST, SHORTEST
from tests import factories
from tests.api.conftest import As


def test_rest_shows_the_interval_in_force_and_who_sets_it(
    as_: As, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings.FIRSTLINE, "look_intervals", {"prod": 15.0})
    client = as_("operator")
    one = factories.account(environment="prod")
    address = f"/api/v1/accounts/{one.pk}"
    assert client.get(address).json()["look_interval"] == {"minutes": 15.0, "source": "environment"}
    changed = client.patch(address, {"look_interval_minutes": 30})
    assert changed.json()["look_interval"] == {"minutes": 30.0, "source": "account"}
    for wrong in (SHORTEST - 1, LONGEST + 1, "soon", 1.5):
        answer = client.patch(address, {"look_interval_minutes": wrong})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/look_interval_minutes")
    assert client.patch(address, {"look_interval_minutes": None}).json()["look_interval"]["source"] == "environment"
