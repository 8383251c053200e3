"""An apply whose plan is about something that is no longer declared."""

import pytest

from provisioning.models import PlanRecord
from tests.services.fleet import DEV, Fleet, group

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("left", [(), (group("Others"),)])
def test_a_plan_for_what_is_no_longer_declared_is_stale_and_never_counts_as_applied(
    fleet: Fleet, left: tuple[object, ...]
) -> None:
    fleet.register()
    fleet.declare(DEV, group())
    fleet.look()
    fleet.declare(DEV, *left)  # type: ignore[arg-type]
    (run,) = fleet.apply_all()
    assert (run.state, PlanRecord.objects.get().state) == ("stale", "stale")
    assert "iam.group/Developers" in run.message and "declared" in run.message
    assert fleet.writes() == []
