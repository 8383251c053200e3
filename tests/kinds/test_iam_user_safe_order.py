"""Any prefix of the calls of a user is safe, groups among them, and the next run gets from there to what is desired.

Documents that do both, and denials that change, are left to the proof over combinations, as for groups and roles.
"""

import json
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from provisioning.core.diff import differences
from provisioning.kinds.iam_user import UserKind
from tests.kinds.iam_model import MOST_ATTACHED, Iam
from tests.kinds.reconcile import CONTEXT, calls_for, seen
from tests.kinds.test_iam_safe_order import (
    ATTACHABLE,
    BOUNDARIES,
    GUARDS,
    LETTERS,
    OWN_GRANTS,
    account,
    attached,
    either_way,
    inline,
    named,
    overfull,
    prefixes,
    statement,
    whole,
)

KIND = UserKind()
GROUPS = {"Readers": ("Allow", "ab"), "Writers": ("Allow", "cd"), "Fence": ("Deny", "a"), "Wall": ("Deny", "cd")}

users = st.fixed_dictionaries(
    {},
    optional={
        "path": st.sampled_from(["/", "/a/"]),
        "groups": either_way(st.lists(st.sampled_from([*GROUPS]), unique=True)),
        "attached_policies": attached,
        "inline_policies": inline,
        "boundary": st.sampled_from([None, *BOUNDARIES]),
        "tags": either_way(st.dictionaries(st.sampled_from(["k", "K2"]), st.sampled_from("xy"))),
    },
)


def world() -> Iam:
    """An account of people and own policies, with groups that grant and groups that deny."""
    iam = account()
    for name, (effect, letters) in GROUPS.items():
        iam._CreateGroup(name, "/")
        iam._PutGroupPolicy(name, "Only", json.dumps(whole(statement(effect, letters))))
    return iam


def held(iam: Iam) -> set[str]:
    """What zoe may do, by an evaluation of its own: all that anything allows, less what anything denies."""
    row = iam.users.get("zoe")
    if row is None:
        return set()
    holders: list[dict[str, Any]] = [row, *(iam.groups[name.lower()] for name in row["groups"])]
    allowed: set[str] = set()
    denied: set[str] = set()
    for one in holders:
        allowed |= {(ATTACHABLE | OWN_GRANTS)[arn] for arn in one["attached"] if arn not in GUARDS}
        denied |= {GUARDS[arn] for arn in one["attached"] if arn in GUARDS}
        for said in (said for text in one["inline"].values() for said in json.loads(text)["Statement"]):
            (allowed if said["Effect"] == "Allow" else denied).update(action[-1] for action in said["Action"])
    bound = set(BOUNDARIES[row["boundary"]]) if row["boundary"] else set(LETTERS)
    return (allowed - denied) & bound


def made(declared: dict[str, Any] | None) -> Iam:
    iam = world()
    if declared is not None:
        iam.send(calls_for(KIND, "zoe", KIND.parse("zoe", declared, CONTEXT), iam.snapshot()))
    return iam


@given(st.none() | users, users)
@settings(max_examples=400, deadline=None)
def test_any_prefix_of_a_users_change_is_safe_and_goes_on_to_the_end(before, after):
    iam, desired = made(before), KIND.parse("zoe", after, CONTEXT)
    calls = calls_for(KIND, "zoe", desired, iam.snapshot())
    assume(not overfull(KIND, "zoe", desired, iam))
    old, new = held(iam), held(iam.copy().send(calls))
    for there, left in prefixes(iam, calls):
        assert held(there) <= old | new, [call.operation for call in calls]
        again = calls_for(KIND, "zoe", desired, there.snapshot())
        assert set(again) <= set(left), "a call that nobody approved"
        assert differences(desired, seen(KIND, "zoe", there.send(again).snapshot())[1]) == ()


@given(users)
@settings(max_examples=200, deadline=None)
def test_a_user_is_never_without_its_desired_boundary_once_it_is_made(after):
    desired, iam = KIND.parse("zoe", after, CONTEXT), world()
    for there, _ in prefixes(iam, calls_for(KIND, "zoe", desired, iam.snapshot())):
        if "zoe" in there.users:
            assert there.users["zoe"]["boundary"] == after.get("boundary")


def gives_up(before: dict[str, Any], after: dict[str, Any]) -> int:
    """How many inline documents stay, and grant less of something than they did."""
    old, new = (one.get("inline_policies", {}) for one in (before, after))
    old, new = (one.get("include", one) for one in (old, new))
    return sum(bool(allows(old[name]) - allows(new[name])) for name in old.keys() & new.keys())


def allows(document: dict[str, Any]) -> set[str]:
    said = (one for one in document.get("Statement", ()) if one["Effect"] == "Allow")
    return {action for one in said for action in one["Action"]}


@given(users, users)
@settings(max_examples=200, deadline=None)
def test_whoever_may_do_something_before_and_after_is_never_without(before, after):
    """Where no slot is full and no boundary is swapped, nothing that stays is taken away in between.

    Two documents that swap what they give leave a gap whichever is first, unless something else gives it meanwhile.
    """
    assume(gives_up(before, after) <= 1)
    before, after = ({key: part for key, part in one.items() if key != "boundary"} for one in (before, after))
    iam, desired = made(before), KIND.parse("zoe", after, CONTEXT)
    assume(len(named(desired) | named(seen(KIND, "zoe", iam.snapshot())[1])) <= MOST_ATTACHED)
    calls = calls_for(KIND, "zoe", desired, iam.snapshot())
    kept = held(iam) & held(iam.copy().send(calls))
    for there, _ in prefixes(iam, calls):
        assert kept <= held(there)
