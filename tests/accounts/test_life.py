"""The life of an account: one table of steps, and a conditional update for each."""

import pytest

from accounts.life import CHECKED, LOOKED_AT, MOVES, SET_ASIDE, Step, after
from accounts.models import Account
from accounts.services.move_account import move_account
from history.models import Event
from tests import factories

State = Account.State


def test_the_way_from_registered_to_managed() -> None:
    assert after(State.REGISTERED, Step.REFUSED) == State.AWAITING_ROLE
    assert after(State.AWAITING_ROLE, Step.ENTERED) == after(State.REGISTERED, Step.ENTERED) == State.PROVEN
    assert after(State.PROVEN, Step.LOOKED_AT) == State.MANAGED


def test_nobody_is_managed_without_having_been_proven() -> None:
    reaching = {source for sources, target in MOVES.values() if target == State.MANAGED for source in sources}
    assert reaching == {State.PROVEN}


def test_a_refusal_takes_nothing_from_an_account_that_is_managed() -> None:
    assert after(State.MANAGED, Step.REFUSED) is None


@pytest.mark.parametrize("state", sorted(SET_ASIDE))
def test_what_was_set_aside_moves_only_by_returning_and_is_proven_anew(state: State) -> None:
    moves = {step for step in Step if after(state, step) is not None}
    assert moves - {Step.LEFT} == {Step.RETURNED} and after(state, Step.RETURNED) == State.REGISTERED


def test_every_state_is_either_checked_or_set_aside() -> None:
    assert set(State) == CHECKED | SET_ASIDE and not CHECKED & SET_ASIDE and LOOKED_AT < CHECKED


@pytest.mark.django_db
def test_a_step_is_recorded_with_both_states_and_its_reason() -> None:
    account = factories.account(state=State.REGISTERED)
    assert (
        move_account(account_id=account.pk, step=Step.REFUSED, by="firstline", reason="cannot_enter") == "awaiting_role"
    )
    account.refresh_from_db()
    assert (account.state, account.state_reason) == ("awaiting_role", "cannot_enter")
    event = Event.objects.get(verb="account.awaiting_role")
    assert (event.before, event.after, event.detail) == (
        {"state": "registered"},
        {"state": "awaiting_role"},
        {"reason": "cannot_enter"},
    )


@pytest.mark.django_db
def test_a_refusal_again_brings_its_reason_up_to_date_and_no_second_event() -> None:
    account = factories.account(state=State.AWAITING_ROLE, state_reason="cannot_enter")
    move_account(account_id=account.pk, step=Step.REFUSED, by="firstline", reason="external_id_not_required")
    account.refresh_from_db()
    assert account.state_reason == "external_id_not_required" and not Event.objects.exists()


@pytest.mark.django_db
def test_a_step_from_another_state_changes_nothing() -> None:
    account = factories.account(state=State.LEFT)
    assert move_account(account_id=account.pk, step=Step.SUSPENDED, by="otto") is None
    assert move_account(account_id="999999999999", step=Step.LEFT, by="otto") is None
    account.refresh_from_db()
    assert account.state == "left" and not Event.objects.exists()
