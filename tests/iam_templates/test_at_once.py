"""Changes of assignments and renderings at the same moment: none misses the other."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from django.db import connection, transaction

from iam_templates.models import Assignment
from iam_templates.services.assign import assign
from iam_templates.services.render_account import render_account
from provisioning.core.merge import MergeConflictError
from provisioning.models import DesiredHead
from tests.factories import account
from tests.iam_templates.cast import OLGA, assigned, group, published

pytestmark = pytest.mark.django_db(transaction=True)


def in_thread(pool: ThreadPoolExecutor, work: Callable[[], Any]) -> Future[Any]:
    def closing() -> Any:
        try:
            return work()
        finally:
            connection.close()

    return pool.submit(closing)


def names(account_id: str) -> list[str]:
    return [item["name"] for item in DesiredHead.objects.get(pk=account_id).current.data["items"]]


def test_an_account_registered_while_a_baseline_is_assigned_gets_it() -> None:
    published()
    started, free = Event(), Event()

    def slow_assignment() -> None:
        with transaction.atomic():
            assign(baseline="first", version=1, selector="environment", value="dev", actor=OLGA)
            started.set()
            assert free.wait(20)

    def registration() -> None:
        with transaction.atomic():
            one = account("000000000001")
            free.set()
            render_account(account_id=one.pk, by="olga")

    with ThreadPoolExecutor(2) as pool:
        first = in_thread(pool, slow_assignment)
        assert started.wait(20)
        second = in_thread(pool, registration)
        first.result(timeout=30)
        second.result(timeout=30)
    assert names("000000000001") == ["Developers"]


def test_two_conflicting_assignments_at_once_are_one_assignment_and_one_refusal() -> None:
    account("000000000001")
    for name in ("first", "second"):
        published(name, group(path=f"/{name}/"))
    with ThreadPoolExecutor(2) as pool:
        attempts = [
            in_thread(pool, lambda name=name: assigned_now(name))  # type: ignore[misc]
            for name in ("first", "second")
        ]
        faults = [attempt.exception(timeout=30) for attempt in attempts]
    assert [type(fault) for fault in faults if fault] == [MergeConflictError]
    assert Assignment.objects.count() == 1


def assigned_now(name: str) -> Assignment:
    return assign(baseline=name, version=1, selector="ou", value="/", actor=OLGA)


def test_many_renderings_of_one_account_at_once_end_in_the_same_state() -> None:
    one = account("000000000001")
    assigned(published())
    with ThreadPoolExecutor(4) as pool:
        work = [in_thread(pool, lambda: render_account(account_id=one.pk, by="olga")) for _ in range(8)]
        assert all(attempt.exception(timeout=30) is None for attempt in work)
    assert DesiredHead.objects.get(pk=one.pk).current.generation == 1
