"""Console access of users: expected or forbidden, and first passwords that are still in force."""

from typing import Any

import pytest

from provisioning.core.assess import assess
from provisioning.core.assessment import Applied, Assessment, Inputs
from provisioning.core.change import ResourceKey
from provisioning.core.desired import DesiredItem, Mode
from provisioning.core.kind import Context
from provisioning.core.snapshot import Complete, Section, Snapshot
from provisioning.core.verdict import Remedy
from provisioning.kinds import all_kinds
from provisioning.kinds.iam_user import UserKind
from tests.kinds.iam_model import ACCOUNT, SEEN, Iam
from tests.kinds.reconcile import refusals

KIND = UserKind()
MADE, BEFORE, AFTER = (f"2026-02-0{day}T00:00:00+00:00" for day in (2, 1, 3))


def snapshot(has_password: bool, reset_required: bool = False, used: str | None = "") -> Snapshot:
    """Ann, and how she signs in; `used` None: not read."""
    row = {"name": "ann", "has_password": has_password, "reset_required": reset_required, "created_at": MADE}
    use = {} if used is None else {"ann": used}
    there = Iam(["ann"]).snapshot()
    return Snapshot(
        ACCOUNT,
        "aws",
        {
            **there.sections,
            Section.LOGIN_PROFILES: Complete({"login_profiles": [row]}, SEEN),
            Section.PASSWORD_USE: Complete({"password_use": []}, SEEN, use),
        },
    )


def assessed(there: Snapshot, **declared: Any) -> Assessment:
    item = DesiredItem(KIND.name, "ann", declared, Mode.ENFORCE, ())
    owned = {ResourceKey(KIND.name, "ann"): Applied(None)}
    return assess(Inputs((item,), (), there, Context(ACCOUNT), owned, all_kinds()))


def told(there: Snapshot, **declared: Any) -> list[tuple[str, Remedy, str]]:
    found = assessed(there, **declared).findings
    return [(one.difference.path, one.remedy, one.reason) for one in found]


@pytest.mark.parametrize(
    ("has_password", "access", "wanted"),
    [
        (True, "expected", []),
        (False, "forbidden", []),
        (False, "expected", [("console_access", Remedy.PERSON, "first_password")]),
        (True, "forbidden", [("console_access", Remedy.AUTO, "")]),
    ],
)
def test_console_access_is_compared_with_whether_there_is_a_password(
    has_password: bool, access: str, wanted: list[Any]
) -> None:
    assert told(snapshot(has_password), console_access=access) == wanted


def test_a_password_that_must_not_be_is_deleted_first_and_by_a_high_risk_change() -> None:
    change = assessed(snapshot(True), console_access="forbidden", path="/people/").items[0].change
    assert change is not None
    assert [call.operation for call in change.calls] == ["DeleteLoginProfile", "UpdateUser"]
    assert change.calls[0].actions == {("iam:DeleteLoginProfile", f"arn:aws:iam::{ACCOUNT}:user/ann")}
    assert "removes_password" in change.reasons


def test_no_change_ever_makes_a_password() -> None:
    assert assessed(snapshot(False), console_access="expected", password_reset_required=True).items[0].change is None


@pytest.mark.parametrize(
    ("has_password", "reset_required", "used", "is_broken"),
    [
        (True, False, "", True),
        (True, False, BEFORE, True),
        (True, False, AFTER, False),
        (True, True, "", False),
        (False, False, "", False),
        (True, False, None, False),
    ],
)
def test_a_password_that_was_handed_over_and_never_changed_is_a_persons_drift(
    has_password: bool, reset_required: bool, used: str | None, is_broken: bool
) -> None:
    wanted = [("password_reset_required", Remedy.PERSON, "first_password_in_force")] if is_broken else []
    there = snapshot(has_password, reset_required, used)
    assert told(there, password_reset_required=True) == wanted
    assert told(there, password_reset_required=False) == []


def test_login_is_read_only_for_users_that_declare_something_of_it() -> None:
    context = Context(ACCOUNT)
    assert KIND.asks("Ann", {"tags": {}}, context) == {}
    assert KIND.asks("Ann", {"console_access": "expected"}, context) == {Section.LOGIN_PROFILES: {"ann"}}
    assert KIND.asks("Ann", {"password_reset_required": True}, context) == {
        Section.LOGIN_PROFILES: {"ann"},
        Section.PASSWORD_USE: {"ann"},
    }


def test_a_user_whose_login_was_not_read_is_unread_where_it_is_declared() -> None:
    assert assessed(Iam(["ann"]).snapshot(), console_access="forbidden").unread == {"iam.user": "not_read"}
    assert assessed(Iam(["ann"]).snapshot(), path="/").unread == {}


def test_a_user_that_says_nothing_of_its_login_keeps_it() -> None:
    assert told(snapshot(True), path="/") == []


@pytest.mark.parametrize(
    ("declared", "pointer"),
    [
        ({"console_access": "maybe"}, "/console_access"),
        ({"password_reset_required": "yes"}, "/password_reset_required"),
    ],
)
def test_other_words_are_refused(declared: dict[str, Any], pointer: str) -> None:
    assert set(refusals(KIND, "ann", declared)) == {pointer}
