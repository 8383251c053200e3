"""Billing access: observed in what people attest, compared like anything else, and never changed by a call."""

from datetime import UTC, datetime
from typing import Any

import pytest

from provisioning.core.assess import Assessment, Inputs, assess
from provisioning.core.desired import DesiredItem, Mode
from provisioning.core.diff import DriftType
from provisioning.core.kind import Context
from provisioning.core.snapshot import Complete, Section, Snapshot
from provisioning.core.verdict import Remedy
from provisioning.kinds import all_kinds
from provisioning.kinds.billing_access import BillingAccessKind
from tests.kinds.iam_model import ACCOUNT
from tests.kinds.reconcile import refusals

KIND = BillingAccessKind()
SEEN = datetime(2026, 3, 1, tzinfo=UTC)


def attested(*values: bool) -> Snapshot:
    """What a look finds when somebody attested this, or nobody anything."""
    rows = [{"kind": "billing_access", "name": "account", "value": {"activated": value}} for value in values]
    others = [{"kind": "something_else", "name": "account", "value": {"x": 1}}]
    return Snapshot(ACCOUNT, "aws", {Section.ATTESTATIONS: Complete({"attested": [*others, *rows]}, SEEN)})


def assessed(snapshot: Snapshot, activated: bool = True) -> Assessment:
    item = DesiredItem("billing_access", "account", {"activated": activated}, Mode.ENFORCE, ())
    return assess(Inputs((item,), (), snapshot, Context(ACCOUNT), {}, all_kinds()))


def found(assessment: Assessment) -> list[tuple[str, DriftType, Remedy, str]]:
    return [(one.difference.path, one.difference.type, one.remedy, one.reason) for one in assessment.findings]


@pytest.mark.parametrize("activated", [True, False])
def test_what_is_attested_as_declared_is_no_drift(activated: bool) -> None:
    assert found(assessed(attested(activated), activated)) == []


def test_nobodys_word_is_missing_and_left_to_a_person() -> None:
    assert found(assessed(attested())) == [("", DriftType.MISSING, Remedy.PERSON, "not_attested")]


def test_another_value_than_the_declared_one_is_left_to_a_person() -> None:
    assert found(assessed(attested(False))) == [
        ("activated", DriftType.CHANGED, Remedy.PERSON, "attested_otherwise"),
    ]


@pytest.mark.parametrize("snapshot", [attested(), attested(False), attested(True)])
def test_no_change_is_ever_planned(snapshot: Snapshot) -> None:
    assert [item.change for item in assessed(snapshot).items] == [None]


def test_without_the_section_it_is_unread_and_never_missing() -> None:
    assessment = assessed(Snapshot(ACCOUNT, "aws", {}))
    assert (assessment.unread, assessment.findings) == ({"billing_access": "not_read"}, ())


@pytest.mark.parametrize("declared", [{}, {"activated": "yes"}, {"activated": None}, {"activated": 1}])
def test_anything_but_true_or_false_is_refused(declared: dict[str, Any]) -> None:
    assert set(refusals(KIND, "account", declared)) == {"/activated"}
