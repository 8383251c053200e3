"""Merging: what several declarations want of one account, or who can't agree with whom."""

from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.core.desired import ClosedScope, DesiredAccount, DesiredItem, Mode, Origin
from provisioning.core.merge import MergeConflictError, is_shared, merge, weakest
from provisioning.core.plain import canonical
from provisioning.core.policy_document import equivalent

A = Origin("alpha", 1, "a1", "ann")
B = Origin("beta", 3, "b1", "ben")
C = Origin("gamma", 2, "c1", "cem")


def identity(kind: str, name: str) -> str:
    return name.lower() if kind.startswith("iam.") else name


def item(
    origin: Origin, name: str = "Admins", kind: str = "iam.group", mode: Mode = Mode.ENFORCE, **declared: Any
) -> DesiredItem:
    return DesiredItem(kind, name, declared, mode, (origin,))


def account(*items: DesiredItem, closed: tuple[ClosedScope, ...] = ()) -> DesiredAccount:
    return DesiredAccount(items, closed)


def merged(*accounts: DesiredAccount) -> DesiredAccount:
    return merge(accounts, identity)


def pointers(*accounts: DesiredAccount) -> dict[str, str]:
    with pytest.raises(MergeConflictError) as refused:
        merged(*accounts)
    return {reason.pointer: reason.message for reason in refused.value.reasons}


def test_nothing_declared_merges_to_an_empty_account() -> None:
    assert merged() == DesiredAccount(())


def test_items_of_different_names_stand_side_by_side() -> None:
    found = merged(account(item(A, "One", path="/")), account(item(B, "Two", path="/")))
    assert [(part.name, part.origins) for part in found.items] == [("One", (A,)), ("Two", (B,))]


def test_fields_of_one_item_come_together_from_several_declarations() -> None:
    (found,) = merged(account(item(A, path="/")), account(item(B, members=["ann"]))).items
    assert found.declared == {"path": "/", "members": ["ann"]}
    assert found.origins == (A, B)


def test_equal_values_agree() -> None:
    value = {"limit": {"amount": "10", "unit": "USD"}}
    (found,) = merged(account(item(A, **value)), account(item(B, **value))).items
    assert found.declared == value


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        pytest.param("/", "/x/", id="text"),
        pytest.param(1, True, id="a number is not a truth"),
        pytest.param(["ann"], ["ann", "ben"], id="two whole lists"),
        pytest.param(["ann"], {"include": ["ann"]}, id="a whole list beside a shared one"),
        pytest.param({"include": ["ann"]}, {"include": {"ann": 1}}, id="a shared list beside a shared map"),
        pytest.param({"amount": "1"}, {"amount": "2"}, id="maps are compared as a whole"),
    ],
)
def test_different_values_are_a_conflict_that_names_both(ours: Any, theirs: Any) -> None:
    ((where, message),) = pointers(account(item(A, f=ours)), account(item(B, f=theirs))).items()
    assert where.startswith("/resources/iam.group/Admins/f")
    assert "alpha v1" in message
    assert "beta v3" in message


def document(action: Any, **more: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*", **more}]}


@pytest.mark.parametrize("wrap", [lambda d: d, lambda d: {"include": {"P": d}}, lambda d: {"P": d, "Q": d}])
def test_policy_documents_agree_by_meaning(wrap: Any) -> None:
    ours, theirs = wrap(document("s3:Get*", Sid="A")), wrap(document(["S3:Get*", "s3:GetObject"]))
    found = [
        merged(account(item(A, f=one)), account(item(B, f=other))).items[0].declared
        for one, other in ((ours, theirs), (theirs, ours))
    ]
    assert found[0] == found[1]
    assert found[0]["f"] in (ours, theirs)
    assert pointers(account(item(A, f=ours)), account(item(B, f=wrap(document("s3:*")))))


def test_shared_lists_unite() -> None:
    ours, theirs = {"include": ["ben", "ann"]}, {"include": ["cem", "ann"]}
    (found,) = merged(account(item(A, members=ours)), account(item(B, members=theirs))).items
    assert found.declared == {"members": {"include": ["ann", "ben", "cem"]}}


def test_shared_maps_unite() -> None:
    ours, theirs = {"include": {"a": 1, "b": 2}}, {"include": {"b": 2, "c": 3}}
    (found,) = merged(account(item(A, tags=ours)), account(item(B, tags=theirs))).items
    assert found.declared == {"tags": {"include": {"a": 1, "b": 2, "c": 3}}}


def test_one_key_with_two_values_in_shared_maps_is_a_conflict() -> None:
    ours, theirs = {"include": {"a/b": 1}}, {"include": {"a/b": 2}}
    assert list(pointers(account(item(A, tags=ours)), account(item(B, tags=theirs)))) == [
        "/resources/iam.group/Admins/tags/include/a~1b"
    ]


def test_every_conflict_is_named_at_once() -> None:
    found = pointers(
        account(item(A, path="/a/", members=["ann"]), item(A, "Other", path="/")),
        account(item(B, path="/b/", members=["ben"]), item(B, "Other", path="/o/")),
    )
    assert set(found) == {
        "/resources/iam.group/Admins/path",
        "/resources/iam.group/Admins/members",
        "/resources/iam.group/Other/path",
    }


def test_two_spellings_of_one_aws_name_are_a_conflict() -> None:
    assert "/resources/iam.group/Admins" in pointers(account(item(A, "Admins")), account(item(B, "admins")))


def test_names_that_aws_tells_apart_are_two_items() -> None:
    found = merged(account(item(A, "x", kind="budget")), account(item(B, "X", kind="budget")))
    assert len(found.items) == 2


def test_the_weakest_mode_wins() -> None:
    found = merged(account(item(A, mode=Mode.ENFORCE)), account(item(B, mode=Mode.OBSERVE)))
    assert found.items[0].mode == Mode.OBSERVE
    assert weakest([Mode.ENFORCE]) == Mode.ENFORCE


def test_closed_scopes_unite() -> None:
    found = merged(
        account(closed=(ClosedScope("iam.role", "/", (A,)),)),
        account(closed=(ClosedScope("iam.role", "/", (B,)), ClosedScope("iam.group", "/x/", (B,)))),
    )
    assert found.closed == (ClosedScope("iam.group", "/x/", (B,)), ClosedScope("iam.role", "/", (A, B)))


def test_a_scope_inside_another_says_nothing_more() -> None:
    found = merged(
        account(closed=(ClosedScope("iam.role", "/team/", (A,)), ClosedScope("iam.role", "/teams/", (A,)))),
        account(closed=(ClosedScope("iam.role", "/team/a/", (B,)),)),
    )
    assert found.closed == (ClosedScope("iam.role", "/team/", (A, B)), ClosedScope("iam.role", "/teams/", (A,)))


def test_a_conflict_of_three_names_all_three() -> None:
    parts = [account(item(origin, path=f"/{origin.baseline}/")) for origin in (A, B, C)]
    (message,) = pointers(*parts).values()
    assert all(origin.baseline in message for origin in (A, B, C))


# -- properties ------------------------------------------------------------------------------------------------------

scalars = st.sampled_from(["x", "y", 1, True, None])
shared_lists = st.lists(st.sampled_from(["ann", "ben", {"email": "c"}]), max_size=3).map(lambda v: {"include": v})
shared_maps = st.dictionaries(st.sampled_from("kl"), st.sampled_from([1, 2]), max_size=2).map(lambda v: {"include": v})
documents = st.sampled_from(["s3:*", ["s3:*"], ["s3:*", "s3:GetObject"]]).map(lambda action: document(action))
values = st.one_of(scalars, shared_lists, shared_maps, st.just(["ann"]), documents)
fields = st.dictionaries(st.sampled_from("fgh"), values, max_size=3)
scopes = st.lists(st.sampled_from(["/", "/a/", "/a/b/", "/c/"]), max_size=2, unique=True)


@st.composite
def contributions(draw: st.DrawFn, origin: Origin) -> DesiredAccount:
    names = draw(st.lists(st.sampled_from(["One", "one", "Two"]), unique_by=str.lower, max_size=2))
    modes = st.sampled_from(Mode)
    items = tuple(item(origin, name, mode=draw(modes), **draw(fields)) for name in names)
    return account(*items, closed=tuple(ClosedScope("iam.role", path, (origin,)) for path in draw(scopes)))


three = st.tuples(contributions(A), contributions(B), contributions(C))


def outcome(*accounts: DesiredAccount) -> str:
    try:
        return canonical(merged(*accounts))
    except MergeConflictError as error:
        return f"conflict: {sorted(reason.pointer for reason in error.reasons)}"


@given(three)
def test_the_order_of_contributions_never_matters(parts: tuple[DesiredAccount, ...]) -> None:
    assert len({outcome(*order) for order in permutations(parts)}) == 1


@given(three)
def test_merging_twice_changes_nothing(parts: tuple[DesiredAccount, ...]) -> None:
    for part in parts:
        once = merged(part)
        assert merged(once) == once
        assert merged(once, once) == once
        assert merged(part, part) == once


@given(three)
def test_where_it_is_defined_grouping_never_matters(parts: tuple[DesiredAccount, ...]) -> None:
    a, b, c = parts
    whole = outcome(a, b, c)
    if whole.startswith("conflict"):
        return
    assert canonical(merged(merged(a, b), c)) == whole
    assert canonical(merged(a, merged(b, c))) == whole


@given(contributions(A), contributions(B))
def test_no_contribution_loses_anything(one: DesiredAccount, two: DesiredAccount) -> None:
    if outcome(one, two).startswith("conflict"):
        return
    found = {part.name.lower(): part for part in merged(one, two).items}
    for part in (*one.items, *two.items):
        whole = found[part.name.lower()]
        assert set(part.origins) <= set(whole.origins)
        assert whole.mode.strength <= part.mode.strength
        alone = merged(account(replace(part, origins=(A,)))).items[0].declared
        assert all(_holds(whole.declared[field], value) for field, value in alone.items())


def _holds(whole: Any, part: Any) -> bool:
    if is_shared(part):
        return all(element in whole["include"] for element in part["include"])
    if isinstance(part, dict):
        return equivalent(whole, part)
    return canonical(whole) == canonical(part)
