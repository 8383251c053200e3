"""How often AWS said "too fast" is kept with the run that was told so."""

import pytest

from tests.services.fleet import DEV, Fleet, group
from tests.services.test_apply_patience import due, queued

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("provisioning.aws.retry._FIRST_PAUSE", 0.01)


def test_throttled_reads_of_a_look_are_counted(fleet: Fleet) -> None:
    fleet.register()
    fleet.declare(DEV, group())
    fleet.sandbox.fault("throttle", account=DEV, operation="GetAccountAuthorizationDetails", count=2)
    run = fleet.look()
    assert (run.state, run.aws_throttles) == ("done", 2)


def test_quiet_look_has_none(fleet: Fleet) -> None:
    fleet.register()
    assert fleet.look().aws_throttles == 0


def test_throttles_of_every_attempt_of_an_apply_add_up(fleet: Fleet) -> None:
    run = queued(fleet)
    fleet.sandbox.fault("throttle", account=DEV, operation="CreateGroup", count=4)
    run = fleet.apply(run)
    assert (run.state, run.aws_throttles) == ("retry_wait", 3)
    run = fleet.apply(due(run))
    assert (run.state, run.aws_throttles) == ("done", 4)
