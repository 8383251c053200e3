"""A plan that AWS refuses is not tried again and again: only as often as looks are due, or when a person asks."""

import pytest

from provisioning.models import Run
from provisioning.services.look_accounts import look_accounts
from provisioning.services.request_look import open_run
from tests.services.fleet import DEV, Fleet, group

pytestmark = pytest.mark.django_db(transaction=True)


def scheduled_look(fleet: Fleet) -> None:
    open_run(account_id=DEV, kind=Run.Kind.LOOK, by="firstline", cause="schedule")
    fleet.work_as("look", look_accounts)


def applies() -> list[str]:
    return list(Run.objects.filter(kind="apply").order_by("created_at").values_list("state", flat=True))


def test_a_refused_plan_waits_for_the_next_interval_or_for_a_person(fleet: Fleet) -> None:
    fleet.register()
    fleet.declare(DEV, group())
    fleet.sandbox.fault("denied", account=DEV, operation="CreateGroup")
    scheduled_look(fleet)
    fleet.apply_all()
    scheduled_look(fleet)
    assert applies() == ["blocked"] and fleet.drift() == {"iam.group/Developers": "missing"}
    fleet.sandbox.clear_faults()
    fleet.look()
    fleet.apply_all()
    assert applies() == ["blocked", "done"] and fleet.drift() == {}


def test_another_plan_is_tried_at_once(fleet: Fleet) -> None:
    fleet.register()
    fleet.declare(DEV, group())
    fleet.sandbox.fault("denied", account=DEV, operation="CreateGroup", count=1)
    scheduled_look(fleet)
    fleet.apply_all()
    fleet.declare(DEV, group(members=["ben"]))
    scheduled_look(fleet)
    fleet.apply_all()
    assert applies() == ["blocked", "done"]
