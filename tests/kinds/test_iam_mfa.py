"""MFA: types told by their serial numbers, and who lacks what; nothing is ever called for."""

from datetime import UTC, datetime
from typing import Any

import pytest

from provisioning.core.assess import assess
from provisioning.core.assessment import Inputs
from provisioning.core.desired import DesiredItem, Mode
from provisioning.core.kind import Context
from provisioning.core.snapshot import Complete, Section, Snapshot, Unreadable
from provisioning.core.verdict import Remedy
from provisioning.kinds import all_kinds
from provisioning.kinds.context import context_of
from provisioning.kinds.iam_mfa import MfaKind, device_type
from tests.kinds.iam_model import ACCOUNT
from tests.kinds.reconcile import refusals

KIND = MfaKind()
SEEN = datetime(2026, 6, 1, tzinfo=UTC)
VIRTUAL = f"arn:aws:iam::{ACCOUNT}:mfa/ann"
PASSKEY = f"arn:aws:iam::{ACCOUNT}:u2f/user/ann/phone-ABC"
HARDWARE = "GAHT12345678"
ROOT = "<root_account>"


def snapshot(root: dict[str, Any] | None = None, **users: list[str] | None) -> Snapshot:
    """Users with a password and these devices; None: without a password."""
    rows = [
        {"name": user, "has_password": devices is not None, "devices": devices or []} for user, devices in users.items()
    ]
    sections = {
        Section.IAM_DETAILS: Complete({"users": []}, SEEN),
        Section.USER_MFA: Complete({"user_mfa": rows}, SEEN),
    }
    if root is not None:
        shown = {"enabled": False, "has_password": True, "virtual": [], **root}
        sections[Section.ROOT_MFA] = Complete({"root_mfa": shown}, SEEN)
    return Snapshot(ACCOUNT, "aws", sections)


def found(there: Snapshot, *items: tuple[str, Any]) -> list[tuple[str, str]]:
    """(path, reason) of what is amiss; all of it is a person's, and no change is made of it."""
    declared = tuple(DesiredItem(KIND.name, name, {"required": types}, Mode.ENFORCE, ()) for name, types in items)
    context = context_of([(one.kind, one.name, one.declared) for one in declared], ACCOUNT, "aws")
    assessment = assess(Inputs(declared, (), there, context, {}, all_kinds()))
    assert {one.remedy for one in assessment.findings} <= {Remedy.PERSON}
    assert [one.change for one in assessment.items] == [None] * len(assessment.items)
    return [(one.difference.path, one.reason) for one in assessment.findings]


@pytest.mark.parametrize(
    ("serial", "told"),
    [
        (VIRTUAL, "virtual"),
        (f"arn:aws-cn:iam::{ACCOUNT}:mfa/path/ann", "virtual"),
        (PASSKEY, "passkey"),
        (HARDWARE, "hardware"),
        (f"arn:aws:iam::{ACCOUNT}:sms-mfa/ann", "sms-mfa"),
    ],
)
def test_a_serial_number_tells_the_type(serial: str, told: str) -> None:
    assert device_type(serial) == told


@pytest.mark.parametrize(
    ("required", "devices", "reason"),
    [
        ("any", [], "mfa_not_enrolled"),
        ("any", [VIRTUAL], ""),
        ("any", [HARDWARE], ""),
        ("any", [PASSKEY], ""),
        ("any", [f"arn:aws:iam::{ACCOUNT}:sms-mfa/ann"], "mfa_wrong_type"),
        (["passkey"], [VIRTUAL], "mfa_wrong_type"),
        (["passkey"], [VIRTUAL, PASSKEY], ""),
        (["passkey", "hardware"], [HARDWARE], ""),
        (["hardware"], [], "mfa_not_enrolled"),
    ],
)
def test_a_console_user_needs_one_device_of_a_required_type(required: Any, devices: list[str], reason: str) -> None:
    wanted = [("required[ann]", reason)] if reason else []
    assert found(snapshot(ann=devices), ("ann", required)) == wanted


def test_who_has_no_password_needs_no_device() -> None:
    assert found(snapshot(ann=None), ("ann", "any"), ("*", "any")) == []


def test_the_rule_for_all_names_everybody_but_those_with_an_item_of_their_own() -> None:
    there = snapshot(Ann=[], ben=[], carla=[VIRTUAL])
    assert found(there, ("*", "any"), ("ann", ["passkey"])) == [
        ("required[ben]", "mfa_not_enrolled"),
        ("required[Ann]", "mfa_not_enrolled"),
    ]


@pytest.mark.parametrize(
    ("root", "required", "reason"),
    [
        ({}, "any", "root_without_mfa"),
        ({"enabled": True}, "any", ""),
        ({"enabled": True, "virtual": [VIRTUAL]}, "any", ""),
        ({"enabled": True, "virtual": [VIRTUAL]}, ["virtual"], ""),
        ({"enabled": True, "virtual": [VIRTUAL]}, ["passkey"], "root_mfa_wrong_type"),
        ({"enabled": True}, ["passkey"], "root_mfa_wrong_type"),
        ({"enabled": True}, ["virtual"], "root_mfa_wrong_type"),
        ({"enabled": True}, ["hardware", "passkey"], ""),
        ({"has_password": False}, "any", ""),
    ],
)
def test_of_root_only_what_is_known_counts(root: dict[str, Any], required: Any, reason: str) -> None:
    wanted = [(f"required[{ROOT}]", reason)] if reason else []
    assert found(snapshot(root), (ROOT, required)) == wanted


def test_only_what_is_declared_is_asked_for() -> None:
    context = Context(ACCOUNT)
    assert KIND.asks("Ann", {}, context) == {Section.USER_MFA: {"ann"}}
    assert KIND.asks("*", {}, context) == {Section.USER_MFA: {"*"}}
    assert KIND.asks(ROOT, {}, context) == {Section.ROOT_MFA: {ROOT}}


def test_what_could_not_be_read_is_unread_and_nobody_is_accused() -> None:
    there = snapshot()
    denied = Snapshot(ACCOUNT, "aws", {**there.sections, Section.USER_MFA: Unreadable("denied")})
    item = DesiredItem(KIND.name, "*", {"required": "any"}, Mode.ENFORCE, ())
    assessment = assess(Inputs((item,), (), denied, Context(ACCOUNT), {}, all_kinds()))
    assert (assessment.unread, assessment.findings) == ({"iam.mfa": "denied"}, ())


def test_a_user_that_does_not_exist_is_told_of() -> None:
    assert found(snapshot(ben=None), ("ann", "any")) == [("", "user_does_not_exist")]


@pytest.mark.parametrize(
    "declared", [{"required": "yes"}, {"required": ["sms"]}, {"required": True}, {"required": None}]
)
def test_anything_but_types_or_any_is_refused(declared: dict[str, Any]) -> None:
    assert all(pointer.startswith("/required") for pointer in refusals(KIND, "ann", declared))
