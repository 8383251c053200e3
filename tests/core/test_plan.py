"""Plans: their digest, their order, and what an approval covers."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.core.change import Action, Call, ResourceKey
from provisioning.core.plan import Plan, PlannedChange, Risk, closed_over_references, in_safe_order, unapproved


def key(name: str) -> ResourceKey:
    return ResourceKey("fake.thing", name)


def call(name: str, operation: str = "Do") -> Call:
    return Call("fake", operation, {"Name": name}, frozenset({("fake:Do", f"arn:111111111111:{name}")}))


def change(name: str = "a", **fields: Any) -> PlannedChange:
    made = PlannedChange(
        action=Action.UPDATE,
        key=key(name),
        fields=("members",),
        before={"members": ["x"]},
        after={"members": ["y"]},
        calls=(call(name, "Remove"), call(name, "Add")),
        risk=Risk.LOW,
        reasons=(),
    )
    return replace(made, **fields)


def plan(*changes: PlannedChange, account_id: str = "111111111111") -> Plan:
    return Plan(account_id, changes, ("first v1",))


def test_a_stored_plan_is_the_same_plan() -> None:
    made = plan(change("a"), change("b", risk=Risk.HIGH, reasons=("admin_grant",)))
    again = Plan.from_plain(made.to_plain())
    assert again == made and again.digest == made.digest and again.risk is Risk.HIGH


def test_a_plan_of_an_unknown_format_is_refused() -> None:
    with pytest.raises(ValueError, match="look again"):
        Plan.from_plain({**plan(change()).to_plain(), "format": 99})


def test_the_digest_moves_with_every_part_of_a_change() -> None:
    others = [
        change(before={"members": []}),
        change(after={"members": []}),
        change(calls=(call("a"),)),
        change(action=Action.ADOPT),
        change(risk=Risk.HIGH),
    ]
    digests = {plan(change()).digest, *(plan(other).digest for other in others)}
    assert len(digests) == len(others) + 1


def test_equal_plans_of_two_accounts_share_a_fingerprint_and_no_digest() -> None:
    first = plan(change(calls=(call("a"),)))
    params = {"Name": "a"}
    second = plan(
        change(calls=(Call("fake", "Do", params, frozenset({("fake:Do", "arn:222222222222:a")})),)),
        account_id="222222222222",
    )
    assert first.fingerprint == second.fingerprint and first.digest != second.digest


def test_a_fingerprint_is_equal_where_what_is_there_names_the_account() -> None:
    both = [
        plan(replace(change(), calls=(), before={"arn": f"arn:{account_id}"}), account_id=account_id)
        for account_id in ("111111111111", "222222222222")
    ]
    assert both[0].fingerprint == both[1].fingerprint


def test_what_is_referred_to_comes_first() -> None:
    order = in_safe_order([change("a"), change("b"), change("c")], {key("a"): frozenset({key("c")})})
    names = [made.key.name for made in order]
    assert names.index("c") < names.index("a")


def test_references_in_a_circle_are_an_error_that_names_them() -> None:
    circle = {key("a"): frozenset({key("b")}), key("b"): frozenset({key("a")})}
    with pytest.raises(ValueError, match="circle"):
        in_safe_order([change("a"), change("b")], circle)


@given(st.permutations(["a", "b", "c", "d"]))
def test_the_order_does_not_depend_on_the_input_order(names: list[str]) -> None:
    references = {key("a"): frozenset({key("d")}), key("b"): frozenset({key("d")})}
    made = in_safe_order([change(name) for name in names], references)
    assert [one.key.name for one in made] == [
        one.key.name for one in in_safe_order([change(name) for name in "abcd"], references)
    ]


def test_who_refers_to_a_chosen_change_waits_with_it() -> None:
    references = {key("b"): frozenset({key("a")}), key("c"): frozenset({key("b")}), key("d"): frozenset()}
    assert closed_over_references([key("a")], references, [key(n) for n in "abcd"]) == {key("a"), key("b"), key("c")}


def test_an_approval_covers_the_same_change_and_a_part_of_the_plan() -> None:
    approved = plan(change("a"), change("b"))
    assert unapproved([change("a"), change("b")], approved) == ()
    assert unapproved([change("b")], approved) == ()


@pytest.mark.parametrize(
    ("moved", "why"),
    [
        (change("z"), "not in the approved plan"),
        (change("a", after={"members": ["z"]}), "desired state changed"),
        (change("a", before={"members": ["z"]}), "account changed"),
        (change("a", calls=(call("a", "Grant"),)), "other calls"),
    ],
)
def test_an_approval_does_not_cover_what_moved(moved: PlannedChange, why: str) -> None:
    (text,) = unapproved([moved], plan(change("a")))
    assert why in text


def test_a_change_half_made_by_this_plan_goes_on_with_approved_calls_only() -> None:
    half = change("a", before={"members": []}, calls=(call("a", "Add"),))
    approved = plan(change("a"))
    assert unapproved([half], approved, frozenset({key("a")})) == ()
    foreign = replace(half, calls=(call("a", "Add"), call("a", "Grant")))
    assert unapproved([foreign], approved, frozenset({key("a")})) != ()
