"""The stored desired state: a generation per real change, and the last good one kept when rendering fails."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Account
from history.models import Event
from provisioning.core.desired import DesiredAccount, DesiredItem, Mode
from provisioning.core.errors import Reason
from provisioning.models import DesiredHead, DesiredState
from provisioning.services.mark_not_renderable import mark_not_renderable
from provisioning.services.set_desired_state import set_desired_state
from tests import factories

ITEM = DesiredItem("iam.group", "Developers", {"members": ["ann"]}, Mode.ENFORCE, (factories.origin(),))
DESIRED = DesiredAccount((ITEM,))
BROKEN = [Reason("/resources/x", "two want it differently")]


def store(account: Account, desired: DesiredAccount = DESIRED) -> DesiredState:
    return set_desired_state(account_id=account.pk, desired=desired, by="olga")


@pytest.mark.django_db
def test_the_first_desired_state_is_generation_one() -> None:
    account = factories.account()
    state = store(account)
    assert state.generation == 1
    assert DesiredAccount.from_plain(state.data) == DESIRED
    assert DesiredHead.objects.get(pk=account.pk).current == state


@pytest.mark.django_db
def test_the_same_desire_makes_no_new_generation() -> None:
    account = factories.account()
    assert store(account) == store(account)
    assert Event.objects.filter(verb="desired_state.changed").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changed",
    [
        DesiredAccount((replace(ITEM, mode=Mode.OBSERVE),)),
        DesiredAccount((replace(ITEM, declared={"members": ["ben"]}),)),
        DesiredAccount((replace(ITEM, origins=(factories.origin(approved_for_production=True),)),)),
        DesiredAccount(()),
    ],
    ids=["mode", "fields", "origin", "nothing"],
)
def test_a_different_desire_makes_a_new_generation_and_keeps_the_old(changed: DesiredAccount) -> None:
    account = factories.account()
    store(account)
    assert store(account, changed).generation == 2
    assert DesiredAccount.from_plain(account.desired_states.get(generation=1).data) == DESIRED


@pytest.mark.django_db
def test_a_new_generation_makes_a_look_due_at_once() -> None:
    account = factories.account(next_due_at=None)
    before = timezone.now()
    store(account)
    account.refresh_from_db()
    assert account.next_due_at >= before
    Account.objects.update(next_due_at=None)
    store(account)
    account.refresh_from_db()
    assert account.next_due_at is None


@pytest.mark.django_db
def test_the_history_says_which_generation_followed_which() -> None:
    account = factories.account()
    store(account)
    store(account, DesiredAccount(()))
    first, second = Event.objects.filter(verb="desired_state.changed").order_by("id")
    assert (first.before, first.after["generation"]) == (None, 1)
    assert (second.before["generation"], second.after["generation"], second.actor) == (1, 2, "olga")


@pytest.mark.django_db
def test_a_failed_rendering_keeps_the_last_good_state() -> None:
    account = factories.account()
    state = store(account)
    mark_not_renderable(account_id=account.pk, reasons=BROKEN, by="olga")
    head = DesiredHead.objects.get(pk=account.pk)
    assert head.current == state
    assert head.failure == [{"pointer": "/resources/x", "message": "two want it differently"}]


@pytest.mark.django_db
def test_a_failed_rendering_is_recorded_when_it_is_news() -> None:
    account = factories.account()
    for _ in range(2):
        mark_not_renderable(account_id=account.pk, reasons=BROKEN, by="olga")
    event = Event.objects.get(verb="desired_state.not_renderable")
    assert event.detail["kept_generation"] is None
    assert DesiredHead.objects.get(pk=account.pk).current is None


@pytest.mark.django_db
def test_a_good_rendering_clears_the_failure() -> None:
    account = factories.account()
    state = store(account)
    mark_not_renderable(account_id=account.pk, reasons=BROKEN, by="olga")
    assert store(account) == state
    assert DesiredHead.objects.get(pk=account.pk).failure is None


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_two_generations_and_no_error() -> None:
    account = factories.account()

    def work(members: list[str]) -> None:
        try:
            with transaction.atomic():
                store(account, DesiredAccount((replace(ITEM, declared={"members": members}),)))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, (["ann"], ["ben"])))
    assert sorted(account.desired_states.values_list("generation", flat=True)) == [1, 2]
