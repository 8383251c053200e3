"""The settle window: what AWS goes on showing for a while after a repair is not drift again."""

import pytest
from django.conf import LazySettings
from django.utils import timezone

from accounts.models import Account
from history.models import Event
from provisioning.models import PlanRecord
from tests.services.fleet import DEV, Fleet, group, item

pytestmark = pytest.mark.django_db(transaction=True)
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"


def settle(settings: LazySettings, seconds: float) -> None:
    settings.FIRSTLINE = settings.FIRSTLINE.model_copy(update={"settle_seconds": seconds})


def test_the_drift_that_was_just_repaired_is_not_reopened_until_the_window_is_over(
    fleet: Fleet, settings: LazySettings
) -> None:
    fleet.register()
    fleet.declare(DEV, group())
    fleet.converge()
    _undo(fleet)
    settle(settings, 600)
    fleet.look()
    assert fleet.drift() == {} and not PlanRecord.objects.exclude(state="applied").exists()
    due = Account.objects.get(pk=DEV).next_due_at
    assert due is not None and (due - timezone.now()).total_seconds() < 601
    settle(settings, 0)
    fleet.look()
    assert fleet.drift() == {"iam.group/Developers": "missing"}


def _undo(fleet: Fleet) -> None:
    iam = fleet.sandbox.client("iam", DEV)
    iam.detach_group_policy(GroupName="Developers", PolicyArn=READ_ONLY)
    iam.delete_group(GroupName="Developers")


def test_something_else_than_what_was_repaired_is_drift_at_once(fleet: Fleet, settings: LazySettings) -> None:
    fleet.register()
    fleet.declare(DEV, group())
    fleet.converge()
    settle(settings, 600)
    fleet.sandbox.client("iam", DEV).detach_group_policy(GroupName="Developers", PolicyArn=READ_ONLY)
    fleet.look()
    assert fleet.drift() == {f"iam.group/Developers attached_policies[{READ_ONLY}]": "missing"}


def test_peoples_addresses_are_in_the_drift_and_not_in_the_history(fleet: Fleet) -> None:
    alert = {"when": "actual", "above": 70, "unit": "percent", "subscribers": [{"email": "zoe@example.com"}]}
    limit = {"amount": "10", "unit": "USD"}
    fleet.register()
    fleet.declare(
        DEV, item("budget", "b", {"type": "cost", "limit": limit, "period": "monthly", "notifications": [alert]})
    )
    fleet.converge()
    events = [[event.before, event.after, event.detail] for event in Event.objects.all()]
    assert "…@example.com" in str(events) and "zoe" not in str(events)
