"""Access keys: rules judged at the moment of reading, and the calls that keep them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from provisioning.core.assess import asked_names, assess
from provisioning.core.assessment import Assessment, Inputs
from provisioning.core.change import ResourceKey, Update
from provisioning.core.desired import DesiredItem, Mode
from provisioning.core.diff import differences
from provisioning.core.guard import Limits, guard
from provisioning.core.kind import Context
from provisioning.core.plan import Plan, Risk
from provisioning.core.snapshot import Complete, Section, Snapshot, Unreadable, overlay
from provisioning.core.verdict import Remedy
from provisioning.kinds import all_kinds
from provisioning.kinds.context import context_of
from provisioning.kinds.iam_access_keys import AccessKeysKind
from tests.kinds.iam_model import ACCOUNT
from tests.kinds.reconcile import refusals

KIND = AccessKeysKind()
NOW = datetime(2026, 6, 1, tzinfo=UTC)
Keys = dict[str, dict[str, Any]]


def ago(days: float) -> str:
    return (NOW - timedelta(days=days)).isoformat()


def key(age: float = 1, used: float | None = None, inactive: float | None = None, status: str = "") -> dict[str, Any]:
    """A key made, last used and deactivated that many days ago."""
    return {"age": age, "used": used, "inactive": inactive, "status": status}


def snapshot(at: datetime = NOW, **users: Keys) -> Snapshot:
    """What a look saw of these users: id of a key -> key()."""
    rows = [
        {
            "name": user,
            "keys": [
                {
                    "id": name,
                    "status": one["status"] or ("Active" if one["inactive"] is None else "Inactive"),
                    "created_at": ago(one["age"]),
                }
                for name, one in keys.items()
            ],
        }
        for user, keys in users.items()
    ]
    every = {name: one for keys in users.values() for name, one in keys.items()}
    since = {name: ago(one["inactive"]) for name, one in every.items() if one["inactive"] is not None}
    used = {name: "" if one["used"] is None else ago(one["used"]) for name, one in every.items()}
    details = {"users": [{"name": user, "arn": f"arn:aws:iam::{ACCOUNT}:user/people/{user}"} for user in users]}
    sections = {
        Section.IAM_DETAILS: Complete(details, at),
        Section.ACCESS_KEYS: Complete({"access_keys": rows}, at, {"inactive_since": since}),
        Section.ACCESS_KEY_USE: Complete({"access_key_use": []}, at, used),
    }
    return Snapshot(ACCOUNT, "aws", sections)


def broken(there: Snapshot, name: str = "ann", context: Context | None = None, **declared: Any) -> list[str]:
    """The paths of what breaks these rules."""
    desired = KIND.parse(name, declared, context or Context(ACCOUNT))
    return [found.path for found in differences(desired, KIND.observed(there)[name])]


def calls(there: Snapshot, name: str = "ann", context: Context | None = None, **declared: Any) -> list[tuple[str, str]]:
    desired = KIND.parse(name, declared, context or Context(ACCOUNT))
    change = Update(ResourceKey(KIND.name, name), KIND.observed(there)[name], desired, frozenset({"any"}))
    return [(call.operation, call.params["AccessKeyId"]) for call in KIND.calls(change, there)]


def assessed(there: Snapshot, context: Context | None = None, **declared: Any) -> Assessment:
    item = DesiredItem(KIND.name, "ann", declared, Mode.ENFORCE, ())
    return assess(Inputs((item,), (), there, context or Context(ACCOUNT), {}, all_kinds()))


@pytest.mark.parametrize(
    ("declared", "keys", "paths"),
    [
        ({"allowed": False}, {"A": key()}, ["allowed[ann/A]"]),
        ({"allowed": False}, {"A": key(inactive=1)}, []),
        ({"allowed": True}, {"A": key(), "B": key()}, []),
        ({"at_most": 1}, {"A": key(age=9), "B": key(age=2)}, ["at_most[ann/A]"]),
        ({"at_most": 1}, {"A": key(inactive=1), "B": key()}, []),
        ({"at_most": 0}, {"A": key()}, ["at_most[ann/A]"]),
        ({"max_age_days": 90}, {"A": key(age=90)}, []),
        ({"max_age_days": 90}, {"A": key(age=90.1)}, ["max_age_days[ann/A]"]),
        ({"max_unused_days": 30}, {"A": key(age=300, used=30)}, []),
        ({"max_unused_days": 30}, {"A": key(age=300, used=31)}, ["max_unused_days[ann/A]"]),
        ({"max_unused_days": 30}, {"A": key(age=31)}, ["max_unused_days[ann/A]"]),
        ({"max_unused_days": 30}, {"A": key(age=29)}, []),
        ({"grace_days": 14}, {"A": key(inactive=14)}, []),
        ({"grace_days": 14}, {"A": key(inactive=14.1)}, ["grace_days[ann/A]"]),
        ({}, {"A": key(age=3000)}, []),
    ],
)
def test_a_rule_is_broken_by_the_keys_that_are_beyond_it(
    declared: dict[str, Any], keys: Keys, paths: list[str]
) -> None:
    assert broken(snapshot(ann=keys), **declared) == paths


def test_time_alone_breaks_a_rule_and_changes_no_hash_and_no_fingerprint() -> None:
    keys = {"A": key(age=80)}
    early, late, later = (snapshot(NOW + timedelta(days=days), ann=keys) for days in (0, 11, 300))
    assert len({there.sections[Section.ACCESS_KEYS].hash for there in (early, late)}) == 1  # type: ignore[union-attr]
    assert (broken(early, max_age_days=90), broken(late, max_age_days=90)) == ([], ["max_age_days[ann/A]"])
    seen = [assessed(there, max_age_days=90) for there in (late, later)]
    assert len({one.findings[0].difference.fingerprint for one in seen}) == 1
    assert len({one.items[0].change.before_hash for one in seen if one.items[0].change}) == 1


def test_use_is_in_no_hash_because_it_changes_by_itself() -> None:
    used, unused = snapshot(ann={"A": key(used=1)}), snapshot(ann={"A": key()})
    for section in (Section.ACCESS_KEYS, Section.ACCESS_KEY_USE):
        assert used.sections[section].hash == unused.sections[section].hash  # type: ignore[union-attr]


def test_what_was_not_read_breaks_nothing_and_passes_nothing() -> None:
    there = snapshot(ann={"A": key(age=300, inactive=None)})
    no_use = Snapshot(
        ACCOUNT, "aws", {key: part for key, part in there.sections.items() if key is not Section.ACCESS_KEY_USE}
    )
    assert assessed(no_use, max_unused_days=30).unread == {"iam.access_keys": "not_read"}
    denied = Snapshot(ACCOUNT, "aws", {**there.sections, Section.ACCESS_KEYS: Unreadable("denied")})
    found = assessed(denied, allowed=False)
    assert (found.unread, found.findings, found.items) == ({"iam.access_keys": "denied"}, (), ())


def test_an_inactive_key_of_which_nobody_knows_since_when_is_not_deleted() -> None:
    there = snapshot(ann={"A": key(status="Inactive", age=900)})
    assert broken(there, grace_days=1) == [] and calls(there, grace_days=1) == []


def test_a_key_is_deactivated_first_and_only_an_inactive_one_deleted() -> None:
    there = snapshot(ann={"A": key(age=200), "B": key(age=300, inactive=20)})
    assert calls(there, max_age_days=90, grace_days=14) == [("UpdateAccessKey", "A"), ("DeleteAccessKey", "B")]
    assert calls(there, max_age_days=90) == [("UpdateAccessKey", "A")]


@pytest.mark.parametrize("grace", [1, 14, 3650])
def test_no_rule_whatever_it_says_deletes_an_active_key(grace: int) -> None:
    active = {"A": key(age=3000), "B": key(age=2000, used=1000)}
    rules = {"allowed": False, "at_most": 0, "max_age_days": 1, "max_unused_days": 1, "grace_days": grace}
    assert {operation for operation, _ in calls(snapshot(ann=active), **rules)} == {"UpdateAccessKey"}


def test_each_key_is_deactivated_once_however_many_rules_it_breaks() -> None:
    there = snapshot(ann={"A": key(age=200)})
    assert calls(there, allowed=False, at_most=0, max_age_days=1, max_unused_days=1) == [("UpdateAccessKey", "A")]


def test_calls_need_the_right_on_the_user_where_it_lies() -> None:
    there = snapshot(ann={"A": key(age=200)})
    change = assessed(there, max_age_days=90).items[0].change
    assert change is not None
    (call,) = change.calls
    assert call.actions == {("iam:UpdateAccessKey", f"arn:aws:iam::{ACCOUNT}:user/people/ann")}
    assert (call.params["Status"], change.risk, change.reasons) == ("Inactive", Risk.HIGH, ("deactivates_access_key",))


def test_deletion_is_high_risk_each_time_it_is_asked_for() -> None:
    there = snapshot(ann={"A": key(inactive=20)})
    same = KIND.parse("ann", {"grace_days": 14}, Context(ACCOUNT))
    assert KIND.risks("ann", same, same, there) == ("deletes_access_key",)


def test_the_rule_for_every_user_leaves_out_those_with_an_item_of_their_own() -> None:
    items = [
        DesiredItem(KIND.name, "*", {"max_age_days": 90}, Mode.ENFORCE, ()),
        DesiredItem(KIND.name, "Ben", {"allowed": True}, Mode.ENFORCE, ()),
    ]
    rows = [(one.kind, one.name, one.declared) for one in items] + [("iam.user", name, {}) for name in ("ann", "ben")]
    context = context_of(rows, ACCOUNT, "aws")
    assert asked_names(items, context, all_kinds()) == {Section.ACCESS_KEYS: {"ann", "ben"}}
    there = snapshot(ann={"A": key(age=100)}, ben={"B": key(age=100)})
    assert broken(there, "*", context, max_age_days=90) == ["max_age_days[ann/A]"]
    assert calls(there, "*", context, max_age_days=90) == [("UpdateAccessKey", "A")]


def test_use_is_asked_for_only_where_a_rule_needs_it() -> None:
    assert KIND.asks("Ann", {"max_age_days": 9}, Context(ACCOUNT)) == {Section.ACCESS_KEYS: {"ann"}}
    assert KIND.asks("Ann", {"max_unused_days": 9}, Context(ACCOUNT)) == {
        Section.ACCESS_KEYS: {"ann"},
        Section.ACCESS_KEY_USE: {"ann"},
    }


def test_a_break_glass_users_key_is_shown_and_never_called_for() -> None:
    kept = Context(ACCOUNT, users=frozenset({"ann", "ben"}), break_glass=frozenset({"Ann"}))
    there = snapshot(ann={"A": key(age=200)}, ben={"B": key(age=200)})
    assert calls(there, "*", kept, max_age_days=90) == [("UpdateAccessKey", "B")]
    (finding,) = assessed(there, kept, max_age_days=90).findings
    assert (finding.remedy, finding.reason) == (Remedy.PERSON, "protected")
    every = DesiredItem(KIND.name, "*", {"max_age_days": 90}, Mode.ENFORCE, ())
    found = assess(Inputs((every,), (), there, kept, {}, all_kinds())).findings
    assert {one.difference.path: (one.remedy, one.reason) for one in found} == {
        "max_age_days[ann/A]": (Remedy.PERSON, "protected"),
        "max_age_days[ben/B]": (Remedy.AUTO, ""),
    }


def test_a_guard_forbids_to_touch_the_keys_of_the_identity_firstline_works_with() -> None:
    there = snapshot(ann={"A": key(age=200)})
    change = assessed(there, max_age_days=90).items[0].change
    assert change is not None
    ours = frozenset({f"arn:aws:iam::{ACCOUNT}:user/people/ann"})
    assert [found.rule for found in guard(Plan(ACCOUNT, (change,)), Limits(own_access=ours))] == ["own_access_path"]


def test_a_rule_about_a_user_that_is_not_there_waits_for_the_declared_user_or_for_a_person() -> None:
    there = snapshot(ben={})
    (finding,) = assessed(there, allowed=False).findings
    assert (finding.difference.path, finding.remedy, finding.reason) == ("", Remedy.PERSON, "user_does_not_exist")
    (finding,) = assessed(there, Context(ACCOUNT, users=frozenset({"ann"})), allowed=False).findings
    assert (finding.remedy, finding.reason) == (Remedy.AUTO, "")


def test_nothing_is_adopted_and_nothing_is_left_unmanaged() -> None:
    found = assessed(snapshot(ann={"A": key()}, ben={"B": key()}), max_age_days=90)
    assert (found.items[0].change, found.unmanaged) == (None, {"iam.access_keys": 0})


def test_a_re_read_shows_a_key_that_went_and_keeps_since_when_another_is_inactive() -> None:
    before = snapshot(ann={"A": key(age=200), "B": key(inactive=20)})
    rows = before.body(Section.ACCESS_KEYS)["access_keys"]
    fresh = {"access_keys": [{"name": "ann", "keys": [one for one in rows[0]["keys"] if one["id"] == "B"]}]}
    after = overlay(before, Snapshot(ACCOUNT, "aws", {Section.ACCESS_KEYS: Complete(fresh, NOW)}))
    assert calls(after, max_age_days=90, grace_days=14) == [("DeleteAccessKey", "B")]


@pytest.mark.parametrize(
    ("declared", "pointer"),
    [
        ({"at_most": 3}, "/at_most"),
        ({"max_age_days": 0}, "/max_age_days"),
        ({"grace_days": 0}, "/grace_days"),
        ({"allowed": "no"}, "/allowed"),
        ({"max_unused_days": "45"}, "/max_unused_days"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(declared: dict[str, Any], pointer: str) -> None:
    assert set(refusals(KIND, "ann", declared)) == {pointer}


def test_a_name_that_no_user_can_have_is_refused() -> None:
    assert set(refusals(KIND, "<root_account>", {"allowed": False})) == {""}
