"""Any two sets of notifications: the calls lead from one to the other, from wherever they stop, and break nothing on
the way."""

from collections.abc import Mapping
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from provisioning.core.change import Call
from provisioning.core.fields import FrozenMap, Shared
from provisioning.core.plain import canonical
from provisioning.kinds.budget.spec import BudgetSpec
from tests.kinds.budget_model import CONTEXT, KIND, Account, NotificationRow, drift, planned

Declared = dict[str, Any]
EMAILS = [{"email": f"n{number:02}@example.com"} for number in range(13)]
TOPICS = [{"sns": f"us-east-1:topic-{letter}"} for letter in "ab"]


@st.composite
def subscribers(draw: st.DrawFn) -> list[dict[str, str]]:
    emails = draw(st.lists(st.sampled_from(EMAILS), unique_by=str, max_size=10))
    topics = draw(st.lists(st.sampled_from(TOPICS), max_size=1))
    return [*emails, *topics] or EMAILS[:1]


# A few lists that come up again and again, so that thresholds move in place; and thresholds from a short list, so
# that the same notification is often on both sides.
FEW_LISTS = st.sampled_from([EMAILS[:1], EMAILS[:10], [*EMAILS[3:], TOPICS[0]], [EMAILS[5], TOPICS[1]]])
ALERTS = st.fixed_dictionaries(
    {
        "when": st.sampled_from(["actual", "actual", "forecasted"]),
        "above": st.sampled_from([0.1, 1, 2, 50, 70, 70.5, 80, 90, 100]),
        "unit": st.sampled_from(["percent", "absolute"]),
        "subscribers": FEW_LISTS | subscribers(),
    }
)


@st.composite
def budgets(draw: st.DrawFn, shared: bool = False) -> Declared:
    period = draw(st.sampled_from(["monthly", "daily", "quarterly"]))
    alerts = draw(st.lists(ALERTS, max_size=5 if shared else 10, unique_by=lambda alert: canonical(_identity(alert))))
    fit = [alert for alert in alerts if period != "daily" or alert["when"] == "actual"]
    return {
        "type": "cost",
        "limit": {"amount": draw(st.sampled_from(["10", "10.0", "12000000"])), "unit": "USD"},
        "period": period,
        "notifications": {"include": fit} if shared else fit,
    }


def _identity(alert: Mapping[str, Any]) -> list[Any]:
    return [alert["when"], alert["above"], alert["unit"]]


def _account(declared: Declared) -> Account:
    account = Account()
    for call in planned("it", KIND.parse("it", declared, CONTEXT), account.snapshot()):
        account.send(call)
    account.bodies["it"] |= {"Unknown": {"Member": 1}, "CalculatedSpend": {"ActualSpend": {}}}
    return account


def _calls(account: Account, desired: BudgetSpec) -> tuple[Call, ...]:
    return planned("it", desired, account.snapshot())


@settings(deadline=None, max_examples=150)
@given(before=budgets(), after=budgets())
def test_every_prefix_converges_with_calls_that_were_approved(before: Declared, after: Declared) -> None:
    desired = KIND.parse("it", after, CONTEXT)
    account = _account(before)
    kept = account.told["it"].keys() & _account(after).told["it"].keys()
    approved = _calls(account, desired)
    for left in range(len(approved), 0, -1):
        replanned = _calls(account, desired)
        assert len(replanned) == left
        assert set(replanned) <= set(approved)
        account.send(replanned[0])
        assert kept <= account.told["it"].keys(), "a notification that is on both sides went away"
    assert drift("it", desired, account.snapshot()) == {}
    assert _calls(account, desired) == ()
    assert account.bodies["it"]["Unknown"] == {"Member": 1}


@settings(deadline=None, max_examples=75)
@given(before=budgets(), after=budgets())
def test_nobody_who_is_told_before_and_after_is_left_untold_on_the_way(before: Declared, after: Declared) -> None:
    account = _account(before)
    kept = _told(account.told["it"]) & _told(_account(after).told["it"])
    for call in _calls(account, KIND.parse("it", after, CONTEXT)):
        account.send(call)
        assert kept <= _told(account.told["it"])


@settings(deadline=None, max_examples=75)
@given(before=budgets(shared=True), after=budgets(shared=True))
def test_notifications_of_others_stay_as_they_are(before: Declared, after: Declared) -> None:
    after["period"] = before["period"] = "monthly"
    account, desired = _account(before), KIND.parse("it", after, CONTEXT)
    assert isinstance(desired.notifications, Shared)
    ours = _account(after).told["it"].keys()
    theirs = {row: list(told) for row, told in account.told["it"].items() if row not in ours}
    for call in _calls(account, desired):
        account.send(call)
    assert drift("it", desired, account.snapshot()) == {}
    assert {row: told for row, told in account.told["it"].items() if row not in ours} == theirs


@settings(deadline=None, max_examples=75)
@given(declared=budgets())
def test_what_was_created_is_what_was_declared_and_reads_the_same_in_any_order(declared: Declared) -> None:
    account, desired = _account(declared), KIND.parse("it", declared, CONTEXT)
    for rows in account.told.values():
        for told in rows.values():
            told.reverse()
    assert drift("it", desired, account.snapshot()) == {}
    observed = KIND.observed(account.snapshot())["it"]
    assert isinstance(observed.notifications, type(desired.notifications))
    assert isinstance(observed.notifications.items, FrozenMap)
    assert canonical(observed.notifications) == canonical(desired.notifications)


def _told(rows: Mapping[NotificationRow, Any]) -> set[tuple[NotificationRow, Any]]:
    return {(row, subscriber) for row, told in rows.items() for subscriber in told}
