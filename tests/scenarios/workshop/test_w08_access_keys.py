"""W8: access keys. Which may be, how many, how old, how long unused: `TestHygiene`.

Rotation on request, with the secret shown once: tests/scenarios/test_hand_over_rotation.py.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from provisioning.models import InactiveKey
from tests.scenarios.firstline import Firstline
from tests.services.fleet import DEV

pytestmark = pytest.mark.django_db(transaction=True)
BASELINE = """
resources:
  iam.user:
    ann: {}
  iam.access_keys:
    "*": {at_most: 1, max_age_days: 90, max_unused_days: 45, grace_days: 14}
    ben: {allowed: false, grace_days: 14}
    carla: {max_unused_days: 45}
"""


class TestHygiene:
    """A key that breaks a rule is switched off by an approved plan, and deleted only after the grace time."""

    def test_neglected_keys_are_deactivated_and_deleted_after_the_grace_time(self, firstline: Firstline) -> None:
        old, bens = makes_key(firstline, "ann", age=200, used=1), makes_key(firstline, "ben")
        carlas = makes_key(firstline, "carla", age=300, used=10)
        firstline.managed()
        firstline.keep("keys", BASELINE)
        plan = firstline.waiting_plan(DEV)
        assert "deactivates_access_key" in plan["reasons"] and plan["risk"] == "high"
        assert tells_why(firstline) == {f"max_age_days[ann/{old}]", f"allowed[ben/{bens}]"}
        assert firstline.writes(DEV) == []
        firstline.decide("paula", plan)
        firstline.until_in_sync(DEV)
        assert keys(firstline) == {old: "Inactive", bens: "Inactive", carlas: "Active"}
        assert firstline.writes(DEV) == ["UpdateAccessKey", "UpdateAccessKey"]
        is_deleted_only_when_the_grace_time_is_over(firstline, old, bens, carlas)

    def test_time_alone_makes_drift(self, firstline: Firstline) -> None:
        key = makes_key(firstline, "carla", age=300, used=10)
        firstline.managed()
        firstline.keep("keys", BASELINE.replace("    ann: {}", "    dora: {}"))
        firstline.until_in_sync(DEV)
        firstline.sandbox.age_key(DEV, key, last_used_at=days_ago(60))
        firstline.look(DEV)
        assert tells_why(firstline) == {f"max_unused_days[carla/{key}]"}
        firstline.sandbox.age_key(DEV, key, last_used_at=days_ago(0))
        firstline.look(DEV)
        assert firstline.verdict(DEV) == ("in_sync", "") and keys(firstline) == {key: "Active"}

    def test_a_key_that_went_or_came_back_into_use_after_the_approval_is_left_alone(self, firstline: Firstline) -> None:
        key = makes_key(firstline, "carla", age=300, used=60)
        firstline.managed()
        firstline.keep("keys", "resources: {iam.access_keys: {carla: {max_unused_days: 45}}}")
        plan = firstline.waiting_plan(DEV)
        firstline.sandbox.age_key(DEV, key, last_used_at=days_ago(0))
        firstline.decide("paula", plan)
        firstline.until_in_sync(DEV)
        assert keys(firstline) == {key: "Active"} and firstline.writes(DEV) == []

    def test_keys_that_can_not_be_read_are_unknown_and_not_absent(self, firstline: Firstline) -> None:
        makes_key(firstline, "carla", age=300, used=60)
        firstline.managed()
        firstline.sandbox.fault(
            "error", account=DEV, service="iam", operation="GetAccessKeyLastUsed", code="AccessDenied"
        )
        firstline.keep("keys", "resources: {iam.access_keys: {carla: {max_unused_days: 45}}}")
        firstline.until(lambda: firstline.verdict(DEV) == ("unknown", "denied"), "a look that could not see")
        assert firstline.rows("plans", account=DEV) == []


def is_deleted_only_when_the_grace_time_is_over(firstline: Firstline, old: str, bens: str, carlas: str) -> None:
    firstline.look(DEV)
    assert firstline.verdict(DEV) == ("in_sync", "")
    # Ben switches his on again; both would be due now.
    firstline.sandbox.client("iam", DEV).update_access_key(UserName="ben", AccessKeyId=bens, Status="Active")
    assert InactiveKey.objects.filter(account_id=DEV).update(since=datetime.now(UTC) - timedelta(days=15)) == 2
    firstline.look(DEV)
    assert tells_why(firstline) == {f"grace_days[ann/{old}]", f"allowed[ben/{bens}]"}
    plan = firstline.waiting_plan(DEV)
    assert plan["reasons"] == ["deactivates_access_key", "deletes_access_key"]
    firstline.decide("paula", plan)
    firstline.until_in_sync(DEV)
    assert keys(firstline) == {bens: "Inactive", carlas: "Active"}


def tells_why(firstline: Firstline) -> set[str]:
    """The paths of what is open of access keys; all of it Firstline can repair."""
    rows = [row for row in firstline.rows("drift", account=DEV, state="open") if row["kind"] == "iam.access_keys"]
    assert {row["remedy"] for row in rows} <= {"auto"}
    return {row["path"] for row in rows}


def makes_key(firstline: Firstline, user: str, age: int = 0, used: int | None = None) -> str:
    """A user makes a key, that many days ago, and last used it that many days ago."""
    made: Any = firstline.sandbox.client("iam", DEV).create_access_key(UserName=user)
    key_id = str(made["AccessKey"]["AccessKeyId"])
    last_used_at = "" if used is None else days_ago(used)
    firstline.sandbox.age_key(DEV, key_id, created_at=days_ago(age), last_used_at=last_used_at)
    return key_id


def keys(firstline: Firstline) -> dict[str, str]:
    """Every key of the account, with its status."""
    users = firstline.sandbox.state(DEV)["users"].values()
    return {key: status for user in users for key, status in user["access_keys"].items()}


def days_ago(days: int) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="seconds")
