"""Keeping the drift rows of an account in step with what a look found: opened, seen, reopened, resolved."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings

from access.roles import SYSTEM
from history.services.record import record
from provisioning.core.assessment import Assessment, Finding
from provisioning.core.change import ResourceKey
from provisioning.core.diff import DriftType
from provisioning.core.kind import Kind
from provisioning.core.masking import without_addresses
from provisioning.core.verdict import Remedy
from provisioning.models import Drift

Place = tuple[str, str, str]
"""Kind, identity, path: what a drift row is keyed by inside its account."""


@dataclass(frozen=True)
class Look:
    """The look whose findings are recorded. `repairs`: it is an apply's last look, so what is gone, we repaired."""

    account_id: str
    run_id: UUID
    at: datetime
    repairs: bool = False


def reconcile_drift(look: Look, assessment: Assessment, kinds: Mapping[str, Kind[Any]]) -> frozenset[ResourceKey]:
    """Write the differences of one look; rows of kinds it could not read stay as they are.

    Returns the resources that are still settling: all they show is what we have just repaired, and AWS may need a
    while to show that (settle window).
    """
    found = {_place(finding, kinds): finding for finding in assessment.findings}
    rows = {(row.kind, row.identity, row.path): row for row in Drift.objects.filter(account_id=look.account_id)}
    settling = {place for place, finding in found.items() if _settles(rows.get(place), finding, look.at)}
    arns = {item.key: item.arn for item in assessment.items}
    origins = {key: [origin.to_plain() for origin in found] for key, found in assessment.origins.items()}
    for place, finding in found.items():
        if place not in settling:
            more = {"origins": origins.get(finding.key, []), "arn": arns.get(finding.key, finding.arn)}
            _see(look, rows.get(place), place, finding, more)
    for place, row in rows.items():
        if row.state == Drift.State.OPEN and place not in found and assessment.shows(row.kind, row.name, row.path):
            _resolve(look, row)
    busy = {finding.key for place, finding in found.items() if place not in settling}
    return frozenset({found[place].key for place in settling} - busy)


def _place(finding: Finding, kinds: Mapping[str, Kind[Any]]) -> Place:
    kind = kinds.get(finding.key.kind)
    # A check is no kind of resource: its name is ours, and compares as it is.
    identity = kind.identity(finding.key.name) if kind else finding.key.name
    return finding.key.kind, identity, finding.difference.path


def _settles(row: Drift | None, finding: Finding, now: datetime) -> bool:
    return (
        row is not None
        and row.state == Drift.State.RESOLVED
        and row.fingerprint == finding.difference.fingerprint
        and row.resolved_at is not None
        and row.resolved_by_apply
        and row.resolved_at > now - timedelta(seconds=settings.FIRSTLINE.settle_seconds)
    )


def _see(look: Look, row: Drift | None, place: Place, finding: Finding, more: dict[str, Any]) -> None:
    seen = _columns(look, finding) | more
    if row is None:
        kind, identity, path = place
        row = Drift.objects.create(
            account_id=look.account_id, kind=kind, identity=identity, path=path, opened_at=look.at, **seen
        )
        _record(look, row, "drift.opened")
    elif row.state == Drift.State.RESOLVED:
        Drift.objects.filter(pk=row.pk).update(
            state=Drift.State.OPEN, reopened_at=look.at, resolved_at=None, resolved_by_apply=False, **seen
        )
        _record(look, row, "drift.reopened", seen)
    else:
        if row.fingerprint != seen["fingerprint"]:
            _record(look, row, "drift.changed", seen)
        Drift.objects.filter(pk=row.pk).update(**seen)


def _columns(look: Look, finding: Finding) -> dict[str, Any]:
    difference = finding.difference
    return {
        "name": finding.key.name,
        "type": DriftType(difference.type).value,
        "desired": difference.desired,
        "observed": difference.observed,
        "fingerprint": difference.fingerprint,
        "remedy": Remedy(finding.remedy).value,
        "reason": finding.reason,
        "seen_at": look.at,
        "run_id": look.run_id,
    }


def _resolve(look: Look, row: Drift) -> None:
    Drift.objects.filter(pk=row.pk).update(
        state=Drift.State.RESOLVED, resolved_at=look.at, resolved_by_apply=look.repairs, run_id=look.run_id
    )
    _record(look, row, "drift.resolved")


def _record(look: Look, row: Drift, verb: str, seen: dict[str, Any] | None = None) -> None:
    now = seen or {"desired": row.desired, "observed": row.observed}
    resolved = verb == "drift.resolved"
    record(
        actor=SYSTEM.name,
        verb=verb,
        account_id=look.account_id,
        subject=f"{row.kind}/{row.name} {row.path}".strip(),
        run_id=look.run_id,
        before=without_addresses(row.observed) if seen or resolved else None,
        after=None if resolved else without_addresses(now["observed"]),
        detail={"type": row.type if not seen else seen["type"], "desired": without_addresses(now["desired"])},
    )
