"""Billing access: observed in what people attest, compared like anything else, and never changed by a call."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from provisioning.core.assess import assess
from provisioning.core.assessment import Assessment, Inputs
from provisioning.core.desired import DesiredItem, Mode
from provisioning.core.diff import DriftType
from provisioning.core.kind import Context
from provisioning.core.snapshot import Complete, Section, Snapshot, Unreadable
from provisioning.core.verdict import Remedy
from provisioning.kinds import all_kinds
from provisioning.kinds.billing_access import BillingAccessKind
from tests.kinds.iam_model import ACCOUNT
from tests.kinds.reconcile import refusals

KIND = BillingAccessKind()
SEEN = datetime(2026, 3, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def attested(*values: bool) -> Snapshot:
    """What a look finds when somebody attested this, or nobody anything."""
    row = {"name": "account", "at": SEEN.isoformat()}
    rows = [{**row, "kind": "billing_access", "value": {"activated": value}} for value in values]
    others = [{**row, "kind": "something_else", "value": {"x": 1}}]
    return turned(Snapshot(ACCOUNT, "aws", {Section.ATTESTATIONS: Complete({"attested": [*others, *rows]}, SEEN)}))


def turned(snapshot: Snapshot, *at: datetime) -> Snapshot:
    """The same, where CloudTrail tells that somebody turned the switch then."""
    events = [{"id": str(one), "name": "SetIAMAccessPreference", "at": one.isoformat(), "by": "root"} for one in at]
    body = Complete({"events": events}, SEEN)
    return replace(snapshot, sections={**snapshot.sections, Section.BILLING_EVENTS: body})


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


def test_what_was_turned_after_it_was_attested_holds_no_more_whichever_way_it_was_turned() -> None:
    assert found(assessed(turned(attested(True), SEEN - HOUR))) == []
    told = [("", DriftType.MISSING, Remedy.PERSON, "turned_after_attested")]
    assert found(assessed(turned(attested(True), SEEN - HOUR, SEEN + HOUR))) == told


def test_without_cloudtrail_it_is_unread_whatever_was_attested() -> None:
    snapshot = attested(True)
    rest = {Section.ATTESTATIONS: snapshot.sections[Section.ATTESTATIONS], Section.BILLING_EVENTS: Unreadable("denied")}
    assert assessed(replace(snapshot, sections=rest)).unread == {"billing_access": "denied"}


@pytest.mark.parametrize("snapshot", [attested(), attested(False), attested(True)])
def test_no_change_is_ever_planned(snapshot: Snapshot) -> None:
    assert [item.change for item in assessed(snapshot).items] == [None]


def test_without_the_section_it_is_unread_and_never_missing() -> None:
    assessment = assessed(Snapshot(ACCOUNT, "aws", {}))
    assert (assessment.unread, assessment.findings) == ({"billing_access": "not_read"}, ())


@pytest.mark.parametrize("declared", [{}, {"activated": "yes"}, {"activated": None}, {"activated": 1}])
def test_anything_but_true_or_false_is_refused(declared: dict[str, Any]) -> None:
    assert set(refusals(KIND, "account", declared)) == {"/activated"}
