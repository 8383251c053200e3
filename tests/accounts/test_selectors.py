"""A selector names accounts, and never more than it says."""

import pytest

from accounts.models import Account
from accounts.selectors import SelectorError, accounts_of, parse
from tests import factories


def chosen(**given: object) -> list[str]:
    return [account.account_id for account in accounts_of(parse(given))]


@pytest.fixture
def accounts(db: None) -> None:
    factories.account("100000000001", environment="dev", ou_path="/workloads/dev", tags={"cost": "4711"})
    factories.account("100000000002", environment="prod", ou_path="/workloads", owner_team="payments")
    factories.account("100000000003", environment="prod", ou_path="/work", tags={"cost": "12"})
    factories.account("100000000004", environment="prod", ou_path="/workloads/prod", state=Account.State.LEFT)
    factories.account("100000000005", environment="test", ou_path="/a_b", state=Account.State.SUSPENDED)


@pytest.mark.usefixtures("accounts")
class TestAccountsOf:
    def test_all_reaches_every_account_that_did_not_leave(self) -> None:
        assert chosen(all=True) == [f"10000000000{n}" for n in (1, 2, 3, 5)]

    def test_conditions_narrow_each_other(self) -> None:
        assert chosen(environment="prod", ou="/workloads") == ["100000000002"]

    def test_an_ou_matches_whole_segments_only(self) -> None:
        assert chosen(ou="/work") == ["100000000003"]
        assert chosen(ou="/workloads/") == ["100000000001", "100000000002"]

    def test_an_ou_is_no_pattern(self) -> None:
        factories.account("100000000006", ou_path="/axb/c")

        assert chosen(ou="/a_b") == ["100000000005"]

    def test_the_root_is_above_everything(self) -> None:
        assert chosen(ou="/") == chosen(all=True)

    def test_a_tag_is_asked_for_by_key_and_value_or_by_key_alone(self) -> None:
        assert chosen(tag="cost=4711") == ["100000000001"]
        assert chosen(tag="cost") == ["100000000001", "100000000003"]
        assert chosen(tag="cost=") == []

    def test_a_team_and_ids_choose(self) -> None:
        assert chosen(owner_team="payments") == ["100000000002"]
        assert chosen(account_ids=["100000000003", "999999999999"]) == ["100000000003"]

    def test_those_that_left_are_reached_by_their_state_only(self) -> None:
        assert chosen(state="left") == ["100000000004"]


def test_a_selector_reads_back_as_it_was_written() -> None:
    selector = parse({"ou": "/workloads", "account_ids": ["100000000003"]})

    assert parse(selector.to_plain()) == selector


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({}, {""}),
        ({"all": False}, {"all"}),
        ({"all": True, "ou": "/"}, {"all"}),
        ({"environment": "production", "state": "gone", "colour": "red"}, {"environment", "state", "colour"}),
        ({"ou": "workloads"}, {"ou"}),
        ({"tag": "=x"}, {"tag"}),
        ({"owner_team": ""}, {"owner_team"}),
        ({"owner_team": "a\nb"}, {"owner_team"}),
        ({"owner_team": 7}, {"owner_team"}),
        ({"account_ids": []}, {"account_ids"}),
        ({"account_ids": [123456789012]}, {"account_ids"}),
        ({"account_ids": "123456789012"}, {"account_ids"}),
    ],
)
def test_what_can_not_be_meant_is_refused_all_at_once(given: dict[str, object], wrong: set[str]) -> None:
    with pytest.raises(SelectorError) as error:
        parse(given)

    assert set(error.value.reasons) == wrong
