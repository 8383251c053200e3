"""Session policies hold exactly what their calls need, in as few sessions as fit."""

import json
from collections.abc import Iterable
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.core.change import Call
from provisioning.core.session_policy import (
    LONGEST,
    LOOK_POLICY,
    SessionPolicyTooLongError,
    session_policies,
    session_policy,
)

ROLE = "arn:aws:iam::111111111111:role/"


def call(*grants: tuple[str, str]) -> Call:
    return Call("iam", "Anything", {}, frozenset(grants))


def as_list(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def granted(policy: str) -> set[tuple[str, str]]:
    """What the policy allows: each statement's actions on each of its ARNs."""
    found: set[tuple[str, str]] = set()
    for statement in json.loads(policy)["Statement"]:
        found |= set(product(as_list(statement["Action"]), as_list(statement["Resource"])))
    return found


grants = st.sets(
    st.tuples(st.sampled_from(["iam:A", "iam:B", "iam:C"]), st.sampled_from([f"{ROLE}{name}" for name in "xyz"])),
    min_size=1,
)


@given(grants)
def test_policy_is_exactly_its_grants(wanted: set[tuple[str, str]]) -> None:
    assert granted(session_policy(wanted)) == wanted


@given(st.lists(grants, max_size=40), st.integers(0, 60))
def test_slices_cover_every_call_once_in_order_and_no_more(wanted: list[set[tuple[str, str]]], padding: int) -> None:
    longer = [{(action, arn + "-" * padding + str(n)) for action, arn in one} for n, one in enumerate(wanted)]
    calls = [call(*one) for one in longer]
    slices = session_policies(calls)
    assert [one for _, part in slices for one in calls[part]] == calls
    for policy, part in slices:
        assert len(policy) <= LONGEST
        assert granted(policy) == union(one.actions for one in calls[part])


def union(sets: Iterable[Iterable[tuple[str, str]]]) -> set[tuple[str, str]]:
    return {grant for one in sets for grant in one}


def test_actions_on_the_same_resources_share_a_statement() -> None:
    policy = session_policy([("iam:B", "arn:1"), ("iam:A", "arn:1"), ("iam:C", "*")])
    assert json.loads(policy)["Statement"] == [
        {"Effect": "Allow", "Action": "iam:C", "Resource": "*"},
        {"Effect": "Allow", "Action": ["iam:A", "iam:B"], "Resource": "arn:1"},
    ]


def test_nothing_to_do_needs_no_session() -> None:
    assert session_policies([]) == ()


def test_call_that_can_not_fit_is_refused_by_name() -> None:
    with pytest.raises(SessionPolicyTooLongError, match="iam Anything needs a session policy of"):
        session_policies([call(*((f"iam:{n}", ROLE + "y" * 500 + str(n)) for n in range(5)))])


def test_stars_in_a_budgets_name_are_no_wildcards() -> None:
    policy = session_policy([("budgets:ModifyBudget", "arn:aws:budgets::111111111111:budget/all*of?$")])
    assert json.loads(policy)["Statement"][0]["Resource"] == "arn:aws:budgets::111111111111:budget/all${*}of${?}${$}"


def test_policy_is_what_sts_takes_whatever_the_names() -> None:
    policy = session_policy([("budgets:ModifyBudget", "arn:aws:budgets::1:budget/予算")])
    assert policy.isascii() and "予算" in json.loads(policy)["Statement"][0]["Resource"]


def test_looking_is_allowed_no_write() -> None:
    (statement,) = json.loads(LOOK_POLICY)["Statement"]
    assert len(LOOK_POLICY) <= LONGEST
    verbs = ("Get", "List", "Lookup", "View", "Describe")
    assert all(action.partition(":")[2].startswith(verbs) for action in statement["Action"])
