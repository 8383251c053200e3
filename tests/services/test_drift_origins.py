"""A drift that a look found names what declares it: over REST as in the stored desired state."""

from provisioning.models import Drift
from tests.api.conftest import As, as_
from tests.services.fleet import AUTHOR, DEV, Fleet, group

__all__ = ["as_"]


def test_drift_of_a_look_is_shown_with_its_origins(fleet: Fleet, as_: As) -> None:
    fleet.register()
    fleet.declare(DEV, group())
    fleet.look()
    answer = as_("viewer").get(f"/api/v1/drift/{Drift.objects.get().pk}")
    assert answer.status_code == 200, answer.content
    (origin,) = answer.json()["origins"]
    assert (origin["baseline"], origin["version"], origin["author"]) == ("first-line", 1, AUTHOR)
