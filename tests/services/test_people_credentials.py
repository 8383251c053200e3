"""Looks at people's credentials: what a quiet account stores and costs, and since when a key is seen inactive."""

from typing import Any

import pytest

from history.models import Event
from provisioning.models import AccountFacts, InactiveKey, SnapshotRecord
from sandbox.client import Sandbox
from tests.services.fleet import DEV, Fleet, group, item

pytestmark = pytest.mark.django_db(transaction=True)
RULES: dict[str, Any] = {"max_age_days": 90, "max_unused_days": 45, "grace_days": 14}
KEYS = item("iam.access_keys", "ann", RULES)
MFA = item("iam.mfa", "*", {"required": "any"})


def new_key(sandbox: Sandbox) -> str:
    return str(sandbox.client("iam", DEV).create_access_key(UserName="ann")["AccessKey"]["AccessKeyId"])


def status(sandbox: Sandbox, key: str, to: str) -> None:
    sandbox.client("iam", DEV).update_access_key(UserName="ann", AccessKeyId=key, Status=to)


def test_a_key_that_is_used_stores_no_snapshot_and_changes_the_facts(fleet: Fleet) -> None:
    key = new_key(fleet.sandbox)
    fleet.register()
    fleet.declare(DEV, KEYS, MFA)
    fleet.look()
    fleet.sandbox.age_key(DEV, key, last_used_at="2026-11-01T00:00:00+00:00")
    fleet.look()
    assert SnapshotRecord.objects.count() == 1
    assert AccountFacts.objects.get(pk=DEV).data["iam.access_key_use"] == {key: "2026-11-01T00:00:00+00:00"}
    assert (fleet.drift(), fleet.writes()) == ({}, [])


def test_an_account_that_declares_nothing_of_it_makes_none_of_its_calls(fleet: Fleet) -> None:
    new_key(fleet.sandbox)
    fleet.register()
    fleet.declare(DEV, group(), item("iam.user", "ann", {"path": "/"}))
    fleet.look()
    made = {call["operation"] for call in fleet.sandbox.calls(DEV)}
    of_people = {"GetLoginProfile", "ListAccessKeys", "GetAccessKeyLastUsed", "ListMFADevices", "ListVirtualMFADevices"}
    assert not made & of_people


def test_grace_is_counted_from_the_look_that_first_saw_a_key_inactive_and_anew_after_it_was_active(
    fleet: Fleet,
) -> None:
    key = new_key(fleet.sandbox)
    fleet.register()
    fleet.declare(DEV, KEYS)
    status(fleet.sandbox, key, "Inactive")
    fleet.look()
    first = InactiveKey.objects.get(account_id=DEV, user="ann", key_id=key).since
    fleet.look()
    assert InactiveKey.objects.get(key_id=key).since == first
    assert Event.objects.filter(verb="access_key.seen_inactive", subject=f"ann/{key}").count() == 1
    status(fleet.sandbox, key, "Active")
    fleet.look()
    assert not InactiveKey.objects.exists()
    status(fleet.sandbox, key, "Inactive")
    fleet.look()
    assert InactiveKey.objects.get(key_id=key).since > first


def test_a_look_that_could_not_read_keys_forgets_nothing(fleet: Fleet) -> None:
    key = new_key(fleet.sandbox)
    fleet.register()
    fleet.declare(DEV, KEYS)
    status(fleet.sandbox, key, "Inactive")
    fleet.look()
    fleet.sandbox.fault("error", account=DEV, operation="ListAccessKeys", code="AccessDenied", status=403)
    fleet.look()
    assert InactiveKey.objects.filter(key_id=key).exists() and fleet.drift() == {}


def test_a_key_that_is_gone_is_forgotten(fleet: Fleet) -> None:
    key = new_key(fleet.sandbox)
    fleet.register()
    fleet.declare(DEV, KEYS)
    status(fleet.sandbox, key, "Inactive")
    fleet.look()
    fleet.sandbox.client("iam", DEV).delete_access_key(UserName="ann", AccessKeyId=key)
    fleet.look()
    assert not InactiveKey.objects.exists() and fleet.drift() == {}


def test_a_key_that_the_user_switched_on_again_after_the_approval_is_not_deleted(fleet: Fleet) -> None:
    key = new_key(fleet.sandbox)
    fleet.register()
    fleet.declare(DEV, item("iam.access_keys", "ann", {"grace_days": 14}))
    status(fleet.sandbox, key, "Inactive")
    fleet.look()
    InactiveKey.objects.update(since="2026-01-01T00:00:00+00:00")
    fleet.look()
    assert fleet.drift() == {f"iam.access_keys/ann grace_days[ann/{key}]": "changed"}
    fleet.approve()
    status(fleet.sandbox, key, "Active")
    fleet.apply_all()
    assert fleet.writes() == []


def test_nothing_of_an_access_key_but_its_id_is_stored(fleet: Fleet) -> None:
    made = fleet.sandbox.client("iam", DEV).create_access_key(UserName="ann")["AccessKey"]
    fleet.register()
    fleet.declare(DEV, item("iam.access_keys", "ann", {"allowed": False}))
    fleet.look()
    told = [str(row) for model in (Event, AccountFacts) for row in model.objects.values()]  # type: ignore[attr-defined]
    assert not any(made["SecretAccessKey"] in text for text in told)
