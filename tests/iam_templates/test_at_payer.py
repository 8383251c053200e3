"""Budgets of members that the payer keeps: rendered into its desired state, with the member as their origin."""

import json
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.roles import Role, actor
from access.scopes import Scope, ScopeKind
from accounts.models import Account
from accounts.services.update_account import update_account
from iam_templates.services.assign import assign
from iam_templates.services.end_assignment import end_assignment
from iam_templates.services.move_assignment import move_assignment
from iam_templates.services.render_account import render_account
from iam_templates.services.render_stale import render_stale
from provisioning.core.desired import DesiredAccount, Mode
from provisioning.core.errors import DeclarationError
from provisioning.models import DesiredHead, DesiredState, PayerItem
from provisioning.services.set_aside import leave_account
from tests.factories import account
from tests.iam_templates.cast import OLGA, assigned, published

pytestmark = pytest.mark.django_db
PAYER, ONE, TWO = "777766665555", "111111111111", "222222222222"
TOLD = {"when": "actual", "above": 70, "subscribers": [{"sns": "us-east-1:costs"}]}
FIELDS: dict[str, Any] = {"type": "cost", "limit": {"amount": "{{ amount }}", "unit": "USD"}, "period": "monthly"}
AMOUNT = {"amount": {"type": "decimal", "default": "10"}}


def budgets(parameters: dict[str, Any] | None = None, **items: dict[str, Any]) -> dict[str, Any]:
    # Copied, for YAML would write what is the same twice as an alias.
    written: dict[str, Any] = json.loads(
        json.dumps({"parameters": AMOUNT if parameters is None else parameters, "resources": {"budget": items}})
    )
    return written


def kept(**fields: Any) -> dict[str, Any]:
    return budgets(monthly=FIELDS | {"at": "payer", "notifications": [TOLD]} | fields)


@pytest.fixture
def payer() -> Account:
    return account(PAYER, environment="prod", ou_path="/", is_management_account=True)


def desired(account_id: str) -> DesiredAccount:
    state = DesiredHead.objects.get(pk=account_id).current
    assert state is not None
    return DesiredAccount.from_plain(state.data)


def settled() -> None:
    """As the dispatcher does, until nothing is due."""
    render_stale()
    render_stale()


def reasons(content: dict[str, Any]) -> dict[str, str]:
    version = published(content=content)
    with pytest.raises(DeclarationError) as refused:
        assign(baseline="first", version=version.number, selector="environment", value="dev", actor=OLGA)
    return {reason.pointer: reason.message for reason in refused.value.reasons}


def test_the_payer_keeps_it_under_the_members_number_and_counts_that_member_only(payer: Account) -> None:
    account(ONE)
    row = assigned(published(content=kept()), mode={"default": "enforce"})
    settled()
    (item,) = desired(PAYER).items
    assert (item.name, item.mode) == (f"{ONE}-monthly", Mode.ENFORCE)
    assert item.declared["filter"] == {"linked_account": [ONE]} and "at" not in item.declared
    assert [(origin.member, origin.assignment) for origin in item.origins] == [(ONE, str(row.id))]
    assert desired(ONE).items == () and desired(ONE).at_payer == (item,)
    assert DesiredHead.objects.get(pk=PAYER).failure is None


def test_its_filter_stays_and_is_narrowed_to_the_member(payer: Account) -> None:
    account(ONE)
    expression = {"or": [{"tag": "team", "values": ["a"]}, {"dimension": "region", "values": ["x"]}]}
    items = {
        "s3": FIELDS | {"at": "payer", "filter": {"service": ["Amazon S3"]}},
        "wide": FIELDS | {"at": "payer", "filter_expression": expression, "metric": "unblended_cost"},
        "zero": {"template": "zero_spend", "at": "payer", "subscribers": [{"email": "costs@example.com"}]},
        "own": FIELDS | {"at": "member"},
    }
    assigned(published(content=budgets(**items)))
    settled()
    found = {item.name: item.declared for item in desired(PAYER).items}
    assert found[f"{ONE}-s3"]["filter"] == {"service": ["Amazon S3"], "linked_account": [ONE]}
    own = {"dimension": "linked_account", "values": [ONE]}
    assert found[f"{ONE}-wide"]["filter_expression"] == {"and": [expression, own]}
    assert found[f"{ONE}-zero"]["filter"] == {"linked_account": [ONE]} and "template" not in found[f"{ONE}-zero"]
    assert [item.name for item in desired(ONE).items] == ["own"]


def test_two_members_never_collide(payer: Account) -> None:
    account(ONE)
    account(TWO)
    assigned(published(content=kept()))
    settled()
    assert {item.name for item in desired(PAYER).items} == {f"{ONE}-monthly", f"{TWO}-monthly"}


def test_an_edit_of_one_member_touches_its_own_row_and_makes_one_new_state_of_the_payer(payer: Account) -> None:
    for account_id in (ONE, TWO):
        account(account_id)
    version = published(content=kept())
    rows = {one: assigned(version, "account", one) for one in (ONE, TWO)}
    settled()
    before = {row.member_id: row.data for row in PayerItem.objects.all()}
    move_assignment(assignment_id=rows[ONE].id, parameters={"amount": "25"}, actor=OLGA)
    assert list(PayerItem.objects.filter(is_new=True).values_list("member_id", flat=True)) == [ONE]
    assert desired(PAYER).items[0].declared["limit"]["amount"] == "10"
    settled()
    limits = {item.name: item.declared["limit"]["amount"] for item in desired(PAYER).items}
    assert limits == {f"{ONE}-monthly": "25", f"{TWO}-monthly": "10"}
    assert PayerItem.objects.get(member_id=TWO).data == before[TWO]
    assert not PayerItem.objects.filter(is_new=True).exists()
    assert DesiredState.objects.filter(account_id=PAYER).count() == 2


@pytest.mark.parametrize("end", ["assignment", "member"])
def test_what_a_member_keeps_no_longer_goes_from_the_payer(payer: Account, end: str) -> None:
    account(ONE)
    account(TWO)
    version = published(content=kept())
    row = assigned(version, "account", ONE)
    assigned(version, "account", TWO)
    settled()
    if end == "assignment":
        end_assignment(assignment_id=row.id, actor=OLGA)
    else:
        leave_account(account_id=ONE, actor=OLGA, reason="closed")
    settled()
    assert [item.name for item in desired(PAYER).items] == [f"{TWO}-monthly"]
    assert not PayerItem.objects.filter(member_id=ONE).exists()


def test_queries_of_the_payers_rendering_do_not_grow_with_its_members(payer: Account) -> None:
    version = published(content=kept())

    def queries(members: int) -> int:
        for _ in range(members):
            account()
        render_stale()
        with CaptureQueriesContext(connection) as asked:
            render_account(account_id=PAYER, by="firstline")
        return len(asked)

    account(ONE)
    assigned(version)
    few, many = queries(1), queries(20)
    assert len(desired(PAYER).items) == 22 and few == many


def test_payer_that_is_not_registered_is_missed_where_it_is_asked_for() -> None:
    account(ONE)
    found = reasons(kept())
    assert list(found) == ["/resources/budget/monthly/at"]
    assert "is_management_account" in found["/resources/budget/monthly/at"]


def test_members_that_waited_for_a_payer_are_rendered_once_there_is_one(payer: Account) -> None:
    operator = actor("root", [Role.OPERATOR])
    account(ONE)
    assigned(published(content=kept()))
    update_account(account_id=PAYER, changes={"is_management_account": False}, actor=operator)
    render_account(account_id=ONE, by="olga")
    assert DesiredHead.objects.get(pk=ONE).failure
    update_account(account_id=PAYER, changes={"is_management_account": True}, actor=operator)
    settled()
    assert DesiredHead.objects.get(pk=ONE).failure is None
    assert [item.name for item in desired(PAYER).items] == [f"{ONE}-monthly"]


@pytest.mark.parametrize(
    ("fields", "pointer", "told"),
    [
        ({"filter": {"linked_account": [TWO]}}, "/filter/linked_account", "leave it out"),
        (
            {"notifications": [TOLD | {"subscribers": [{"sns": f"arn:aws:sns:us-east-1:{ONE}:costs"}]}]},
            "/notifications/0/subscribers/0/sns",
            PAYER,
        ),
    ],
)
def test_what_the_payer_cannot_keep_is_refused_where_it_stands(
    payer: Account, fields: dict[str, Any], pointer: str, told: str
) -> None:
    account(ONE)
    found = reasons(kept(**fields))
    assert told in found[f"/resources/budget/monthly{pointer}"]


def test_name_leaves_room_for_the_members_number(payer: Account) -> None:
    account(ONE)
    long = "m" * 88
    assert "87 characters" in reasons(budgets(**{long: FIELDS | {"at": "payer"}}))[f"/resources/budget/{long}"]


def test_collision_with_a_budget_of_the_payers_own_names_both_and_keeps_the_last_good_state(payer: Account) -> None:
    account(ONE)
    assigned(published(content=kept()))
    settled()
    mine = published("payers", budgets(**{f"{ONE}-monthly": FIELDS | {"at": "member"}}))
    assigned(mine, "account", PAYER)
    settled()
    head = DesiredHead.objects.get(pk=PAYER)
    (failure,) = head.failure
    assert failure["pointer"] == f"/resources/budget/{ONE}-monthly"
    assert "payers v1" in failure["message"] and "first v1" in failure["message"] and ONE in failure["message"]
    assert [item.name for item in desired(PAYER).items] == [f"{ONE}-monthly"]


def test_everything_but_budgets_is_only_observed_in_the_management_account(payer: Account) -> None:
    content = budgets(own=FIELDS) | {"parameters": AMOUNT}
    content["resources"]["iam.group"] = {"Developers": {"members": {"include": ["ann"]}}}
    assigned(published(content=content), "account", PAYER, mode={"default": "enforce"})
    assert {item.kind: item.mode for item in desired(PAYER).items} == {
        "budget": Mode.ENFORCE,
        "iam.group": Mode.OBSERVE,
    }


def test_who_operates_a_part_of_the_fleet_says_not_who_pays_for_all(payer: Account) -> None:
    account(ONE)
    otto = actor("otto", [Role.OPERATOR], Scope(ScopeKind.ACCOUNT, ONE))
    with pytest.raises(PermissionDenied):
        update_account(account_id=ONE, changes={"is_management_account": True}, actor=otto)
    update_account(account_id=ONE, changes={"is_management_account": True}, actor=OLGA)
    assert list(Account.objects.filter(is_management_account=True).values_list("pk", flat=True)) == [ONE]
