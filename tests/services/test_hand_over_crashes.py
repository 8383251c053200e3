"""A hand-over whose worker dies, or whose call is not answered: nobody is left with a key that nobody holds."""

import os
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now

from history.models import Event
from provisioning.core.errors import FencedError
from provisioning.models import HandOver, Lease, Run
from provisioning.services import hand_over_steps
from provisioning.services.dispatch import take_back_lost
from tests.services.fleet import DEV, Fleet
from tests.services.handing import USER, ask, fresh, made, prepare, read, user_of, work


def lease_ends() -> None:
    """The lease of the account has run out, and whatever waits is due."""
    Lease.objects.update(lease_until=Now() - timedelta(seconds=1))
    HandOver.objects.filter(next_at__isnull=False).update(next_at=Now())
    take_back_lost()
    Run.objects.filter(state__in=Run.WAITING).update(next_at=Now())


@pytest.mark.parametrize("fault", ["timeout", "cut", "cut_after"])
def test_unanswered_key_is_deleted_and_another_one_made(fleet: Fleet, fault: str) -> None:
    prepare(fleet)
    fleet.sandbox.fault(fault, account=DEV, operation="CreateAccessKey", count=1, seconds=3.0)
    row = made(fleet, "access_key")
    assert (row.state, row.reason_code) == ("making", "unknown_outcome")
    lost = set(user_of(fleet)["access_keys"])
    lease_ends()
    work(fleet)
    assert (fresh(row).state, user_of(fleet)["access_keys"]) == ("made", {fresh(row).key_id: "Active"})
    assert fresh(row).key_id not in lost
    deleted = [
        one["removed"] for one in Event.objects.filter(verb="hand_over.orphan_deleted").values_list("detail", flat=True)
    ]
    assert set(deleted) == lost


def test_keys_that_were_there_or_are_used_are_left_alone(fleet: Fleet) -> None:
    prepare(fleet)
    iam = fleet.sandbox.client("iam", DEV)
    old = iam.create_access_key(UserName=USER)["AccessKey"]["AccessKeyId"]
    fleet.sandbox.fault("cut", account=DEV, operation="CreateAccessKey", count=1)
    row = made(fleet, "access_key")
    for key in set(user_of(fleet)["access_keys"]) - {old}:
        iam.delete_access_key(UserName=USER, AccessKeyId=key)
    theirs = iam.create_access_key(UserName=USER)["AccessKey"]
    keys = {"aws_access_key_id": theirs["AccessKeyId"], "aws_secret_access_key": theirs["SecretAccessKey"]}
    fleet.sandbox.client_with("sts", keys).get_caller_identity()
    lease_ends()
    work(fleet)
    assert set(user_of(fleet)["access_keys"]) == {old, theirs["AccessKeyId"]}
    assert fresh(row).reason_code == "too_many_keys"


@pytest.mark.parametrize("fault", ["timeout", "cut"])
def test_unanswered_password_is_replaced(fleet: Fleet, fault: str) -> None:
    prepare(fleet)
    fleet.sandbox.fault(fault, account=DEV, operation="CreateLoginProfile", count=1, seconds=3.0)
    row = made(fleet)
    assert row.state == "making"
    lease_ends()
    work(fleet)
    assert (fresh(row).state, fresh(row).had_profile) == ("made", False)
    assert read(row)


def die(*_: Any, **__: Any) -> None:
    os._exit(9)


@pytest.mark.parametrize("what", ["password", "access_key"])
def test_worker_that_is_killed_between_answer_and_store_leaves_nothing(
    fleet: Fleet, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare(fleet)
    row = ask(what)
    with monkeypatch.context() as dying:
        dying.setattr(hand_over_steps, "_store", die)
        in_a_child(lambda: work(fleet))
    assert fresh(row).state == "making"
    lost = set(user_of(fleet)["access_keys"])
    lease_ends()
    work(fleet)
    assert fresh(row).state == "made"
    assert set(user_of(fleet)["access_keys"]) == ({fresh(row).key_id} if what == "access_key" else set())
    assert not lost & set(user_of(fleet)["access_keys"])


def in_a_child(do: Callable[[], None]) -> None:
    """In a process of its own, which may be killed."""
    from django.db import connections

    connections.close_all()
    child = os.fork()
    if child == 0:
        try:
            do()
        finally:
            os._exit(0)
    os.waitpid(child, 0)


def test_worker_that_lost_its_lease_stores_no_secret(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare(fleet)
    row = ask("access_key")
    real = hand_over_steps._store

    def late(*given: Any) -> None:
        Lease.objects.update(fence=99)
        with pytest.raises(FencedError):
            real(*given)
        raise FencedError("lost")

    with monkeypatch.context() as losing:
        losing.setattr(hand_over_steps, "_store", late)
        work(fleet)
    assert (fresh(row).state, fresh(row).secret) == ("making", None)
