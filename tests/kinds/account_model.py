"""Snapshots of the account-level sections, and what an item's change would send."""

from datetime import UTC, datetime
from typing import Any

from provisioning.core.assess import assess
from provisioning.core.assessment import Applied, Assessment, Inputs
from provisioning.core.change import ResourceKey
from provisioning.core.desired import DesiredItem, Mode
from provisioning.core.kind import Context
from provisioning.core.snapshot import Complete, Section, Snapshot
from provisioning.kinds import all_kinds
from tests.kinds.iam_model import ACCOUNT

SEEN = datetime(2026, 3, 1, tzinfo=UTC)
Declared = dict[str, Any]


def snapshot(**bodies: Declared) -> Snapshot:
    """A look that read these sections, by the names of Section's members."""
    return Snapshot(ACCOUNT, "aws", {Section[name.upper()]: Complete(body, SEEN) for name, body in bodies.items()})


def assessed(
    kind: str, name: str, declared: Declared, there: Snapshot, applied: Declared | None = None, owned: bool = False
) -> Assessment:
    """One declared item beside what is there. `applied`: what was last applied to it, which makes it owned."""
    item = DesiredItem(kind, name, declared, Mode.ENFORCE, ())
    ledger = {ResourceKey(kind, name): Applied(applied)} if owned or applied else {}
    return assess(Inputs((item,), (), there, Context(ACCOUNT), ledger, all_kinds()))


def change(assessment: Assessment) -> tuple[str, list[tuple[str, Any]], tuple[str, ...]]:
    """What is done, the calls with their parameters, and why it is high risk."""
    (item,) = assessment.items
    assert item.change is not None
    calls = [(call.operation, call.params) for call in item.change.calls]
    return item.change.action.value, calls, item.change.reasons


def paths(assessment: Assessment) -> dict[str, str]:
    """Where it differs -> who repairs it, and why a person must."""
    found = assessment.findings
    return {one.difference.path: f"{one.remedy.value} {one.reason}".strip() for one in found}
