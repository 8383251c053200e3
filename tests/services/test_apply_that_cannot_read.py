"""An apply whose own look meets trouble that will pass."""

import pytest

from provisioning.models import Ownership, PlanRecord, Run
from tests.services.fleet import DEV, Fleet, group

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("fault", ["throttle", "server_error", "cut"])
def test_trouble_while_reading_puts_the_apply_off_and_keeps_the_approval(fleet: Fleet, fault: str) -> None:
    fleet.register()
    fleet.declare(DEV, group())
    fleet.look()
    fleet.sandbox.fault(fault, account=DEV, operation="GetAccountAuthorizationDetails")
    (run,) = fleet.apply_all()
    assert (run.state, PlanRecord.objects.get().state) == ("retry_wait", "approved")
    fleet.sandbox.clear_faults()
    Run.objects.filter(pk=run.pk).update(next_at="2026-01-01T00:00Z")
    assert fleet.apply(run).state == "done"


def test_a_kind_that_may_not_be_read_makes_the_plan_stale(fleet: Fleet) -> None:
    fleet.register()
    fleet.declare(DEV, group())
    fleet.look()
    fleet.sandbox.fault("denied", account=DEV, operation="GetAccountAuthorizationDetails")
    (run,) = fleet.apply_all()
    assert (run.state, run.reason_code) == ("stale", "stale")
    assert "could not be read" in run.message and fleet.writes() == []


def test_a_write_that_was_never_sent_is_recorded_as_such(fleet: Fleet) -> None:
    fleet.register()
    fleet.declare(DEV, group())
    fleet.look()
    fleet.sandbox.fault("throttle", account=DEV, operation="GetGroup")
    (run,) = fleet.apply_all()
    assert (run.state, run.reason_code) == ("retry_wait", "throttled")
    assert list(run.writes.values_list("outcome", "aws_code")) == [("error", "not_sent")] and fleet.writes() == []


def test_a_verification_that_could_not_read_is_done_again(fleet: Fleet) -> None:
    fleet.register()
    fleet.declare(DEV, group())
    fleet.look()
    fleet.sandbox.fault("throttle", account=DEV, operation="GetAccountAuthorizationDetails", nth=2)
    (run,) = fleet.apply_all()
    assert (run.state, PlanRecord.objects.get().state) == ("retry_wait", "approved")
    fleet.sandbox.clear_faults()
    Run.objects.filter(pk=run.pk).update(next_at="2026-01-01T00:00Z")
    assert fleet.apply(run).state == "done"
    assert Ownership.objects.get().declared is not None
    assert fleet.writes() == ["CreateGroup", "AttachGroupPolicy"]
