"""Any prefix of the calls of a group, role or policy is safe, and the next run gets from there to what is desired.

Worlds are generated: documents that allow or deny letters, AWS policies that allow, own ones that allow or guard.
Documents that do both, and denials that change, are left to the proof over combinations.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from provisioning.core.change import Call
from provisioning.core.diff import differences
from provisioning.core.fields import UNMANAGED, Shared
from provisioning.kinds.iam_group import GroupKind
from provisioning.kinds.iam_policy import PolicyKind
from provisioning.kinds.iam_role import RoleKind
from tests.kinds.iam_model import ACCOUNT, MOST_ATTACHED, Iam
from tests.kinds.reconcile import CONTEXT, calls_for, seen

AWS = "arn:aws:iam::aws:policy/"
OWN = f"arn:aws:iam::{ACCOUNT}:policy/"
LETTERS = "abcdef"
ATTACHABLE = {f"{AWS}Allow{letter}": letter for letter in LETTERS} | {
    f"{AWS}More{number}": LETTERS[number % 6] for number in range(8)
}
GUARDS = {f"{OWN}Guard{letter}": letter for letter in "ab"}
OWN_GRANTS = {f"{OWN}Grant{letter}": letter for letter in "bc"}
BOUNDARIES = {f"{AWS}Bound1": "abc", f"{AWS}Bound2": "cde"}
PEOPLE = ["ann", "ben", "cid", "dan"]


def statement(effect: str, letters: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": [f"s3:{letter}" for letter in sorted(letters)], "Resource": "*"}


def whole(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [*statements]}


def either_way(items: Any) -> Any:
    """Exclusive or shared."""
    return st.one_of(items, items.map(lambda one: {"include": one}))


letters = st.sets(st.sampled_from(LETTERS), min_size=1, max_size=3)
allows = letters.map(lambda chosen: whole(statement("Allow", chosen)))
DENIES = whole(statement("Deny", "ab"))
inlines = st.dictionaries(st.sampled_from(["One", "Two"]), allows).flatmap(
    lambda some: st.sampled_from([some, {**some, "Deny": DENIES}])
)
attachments = st.lists(st.sampled_from([*ATTACHABLE, *GUARDS, *OWN_GRANTS]), max_size=10, unique=True)
attached = either_way(attachments)
inline = either_way(inlines)
members = either_way(st.lists(st.sampled_from(PEOPLE), unique=True))


@st.composite
def trusts(draw: Any) -> dict[str, Any]:
    people = draw(st.sets(st.sampled_from(PEOPLE), min_size=1, max_size=3))
    denied = draw(st.sets(st.sampled_from(PEOPLE), max_size=1))
    return {
        "document": whole(
            *(_trusting("Allow", one) for one in sorted(people)), *(_trusting("Deny", one) for one in denied)
        )
    }


def _trusting(effect: str, person: str) -> dict[str, Any]:
    principal = f"arn:aws:iam::{ACCOUNT}:user/{person}"
    return {"Effect": effect, "Principal": {"AWS": principal}, "Action": "sts:AssumeRole"}


groups = st.fixed_dictionaries(
    {},
    optional={
        "attached_policies": attached,
        "inline_policies": inline,
        "members": members,
        "path": st.sampled_from(["/", "/a/"]),
    },
)
roles = st.fixed_dictionaries(
    {"trust": trusts()},
    optional={
        "attached_policies": attached,
        "inline_policies": inline,
        "boundary": st.sampled_from([None, *BOUNDARIES]),
        "tags": either_way(st.dictionaries(st.sampled_from(["k", "K2"]), st.sampled_from("xy"))),
        "instance_profile": st.booleans(),
        "description": st.sampled_from(["", "x"]),
        "max_session_seconds": st.sampled_from([3600, 7200]),
    },
)
policies = st.fixed_dictionaries({"document": allows}, optional={"keep_versions": st.integers(1, 5)})


def held(iam: Iam) -> set[tuple[str, str]]:
    """Who may do what, by an evaluation of its own."""
    found = set()
    for user in iam.users.values():
        for name in user["groups"]:
            found |= {(user["name"], letter) for letter in _allowed(iam.groups[name.lower()])}
    for row in iam.roles.values():
        takers = _trusted(json.loads(row["trust"])) | {"instances" for _ in row["instance_profiles"]}
        found |= {(taker, letter) for taker in takers for letter in _allowed(row)}
    return found


def _allowed(row: dict[str, Any]) -> set[str]:
    grants = ATTACHABLE | OWN_GRANTS
    allowed = {grants[arn] for arn in row["attached"] if arn in grants}
    denied = {GUARDS[arn] for arn in row["attached"] if arn in GUARDS}
    for text in row["inline"].values():
        for one in json.loads(text)["Statement"]:
            found = {action[-1] for action in one["Action"]}
            allowed, denied = (allowed | found, denied) if one["Effect"] == "Allow" else (allowed, denied | found)
    bound = set(BOUNDARIES[row["boundary"]]) if row.get("boundary") else set(LETTERS)
    return (allowed - denied) & bound


def _trusted(document: dict[str, Any]) -> set[str]:
    named: dict[str, set[str]] = {"Allow": set(), "Deny": set()}
    for one in document["Statement"]:
        named[one["Effect"]].add(one["Principal"]["AWS"])
    return set() if "*" in named["Deny"] else named["Allow"] - named["Deny"]


def account() -> Iam:
    """An account of people and own policies."""
    iam = Iam(PEOPLE)
    for effect, own in (("Deny", GUARDS), ("Allow", OWN_GRANTS)):
        for arn, letter in own.items():
            iam._CreatePolicy(arn.rpartition("/")[2], "/", json.dumps(whole(statement(effect, letter))))
    return iam


def overfull(kind: Any, name: str, desired: Any, iam: Iam) -> bool:
    """Whether others' policies leave no room for ours, which nobody can repair."""
    there = seen(kind, name, iam.snapshot())[1]
    return (
        there is not None
        and isinstance(desired.attached_policies, Shared)
        and len(named(there) | named(desired)) > MOST_ATTACHED
    )


def named(spec: Any) -> frozenset[Any]:
    """The attached policies of a spec."""
    return frozenset() if spec.attached_policies is UNMANAGED else spec.attached_policies.items


def prefixes(iam: Iam, calls: tuple[Call, ...]) -> Iterator[tuple[Iam, tuple[Call, ...]]]:
    """The account after each number of calls, with the calls that were left."""
    for done in range(len(calls) + 1):
        yield iam.copy().send(calls[:done]), calls[done:]


def check(kind: Any, name: str, before: dict[str, Any] | None, after: dict[str, Any]) -> None:
    iam = account()
    if before is not None:
        iam.send(calls_for(kind, name, kind.parse(name, before, CONTEXT), iam.snapshot()))
    desired = kind.parse(name, after, CONTEXT)
    calls = calls_for(kind, name, desired, iam.snapshot())
    assume(not overfull(kind, name, desired, iam))
    old, new = held(iam), held(iam.copy().send(calls))
    for there, left in prefixes(iam, calls):
        assert held(there) <= old | new, [call.operation for call in calls]
        again = calls_for(kind, name, desired, there.snapshot())
        assert set(again) <= set(calls), "a call that nobody approved"
        assert set(again) <= set(left) | {call for call in calls if call.operation == "CreateInstanceProfile"}
        observed = seen(kind, name, there.send(again).snapshot())[1]
        assert {found.field for found in differences(desired, observed)} <= kind.immutable


@given(st.none() | groups, groups)
@settings(max_examples=300, deadline=None)
def test_any_prefix_of_a_groups_change_is_safe_and_goes_on_to_the_end(before, after):
    check(GroupKind(), "Team", before, after)


@given(st.none() | roles, roles)
@settings(max_examples=300, deadline=None)
def test_any_prefix_of_a_roles_change_is_safe_and_goes_on_to_the_end(before, after):
    check(RoleKind(), "App", before, after)


@given(policies, st.lists(policies, min_size=1, max_size=6))
@settings(max_examples=100, deadline=None)
def test_any_prefix_of_a_policys_change_goes_on_to_the_end(first, later):
    kind, iam = PolicyKind(), Iam()
    for declared in (first, *later):
        desired = kind.parse("Own", declared, CONTEXT)
        calls = calls_for(kind, "Own", desired, iam.snapshot())
        for there, left in prefixes(iam, calls):
            again = calls_for(kind, "Own", desired, there.snapshot())
            assert set(again) <= set(left)
            assert not differences(desired, seen(kind, "Own", there.send(again).snapshot())[1])
        iam.send(calls)


@given(st.sampled_from([GroupKind(), RoleKind()]), groups, roles)
@settings(max_examples=100, deadline=None)
def test_whoever_may_do_something_before_and_after_is_never_without(kind, group, role):
    """Where no slot is full and no boundary is swapped, nothing that stays is taken away in between."""
    declared = group if kind.name == "iam.group" else role
    iam = account()
    start = {"trust": role["trust"]} if kind.name == "iam.role" else {"members": PEOPLE}
    iam.send(
        calls_for(
            kind, "It", kind.parse("It", {**start, "attached_policies": [*ATTACHABLE][:4]}, CONTEXT), iam.snapshot()
        )
    )
    desired = kind.parse("It", declared, CONTEXT)
    assume(len(named(desired) | named(seen(kind, "It", iam.snapshot())[1])) <= MOST_ATTACHED)
    calls = calls_for(kind, "It", desired, iam.snapshot())
    kept = held(iam) & held(iam.copy().send(calls))
    for there, _ in prefixes(iam, calls):
        assert kept <= held(there)


@given(st.sampled_from([GroupKind(), RoleKind(), PolicyKind()]), groups, roles, policies)
@settings(max_examples=50, deadline=None)
def test_nothing_declared_means_nothing_managed(kind, group, role, policy):
    declared = {"iam.group": group, "iam.role": role, "iam.policy": policy}[kind.name]
    iam, spec = Iam(PEOPLE), kind.parse("It", declared, CONTEXT)
    iam.send(calls_for(kind, "It", spec, iam.snapshot()))
    nothing = replace(spec, **dict.fromkeys(vars(spec), UNMANAGED))
    assert differences(nothing, seen(kind, "It", iam.snapshot())[1]) == ()
