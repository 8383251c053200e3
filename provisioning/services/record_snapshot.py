"""Storing what a look saw: each body once per hash; a quiet account stores nothing new."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

import zstandard

from provisioning.core.plain import canonical
from provisioning.core.snapshot import Complete, Snapshot
from provisioning.models import AccountFacts, SectionBody, SnapshotRecord


def record_snapshot(*, snapshot: Snapshot, facts: dict[str, Any], run_id: UUID, at: datetime) -> bool:
    """Store a snapshot's manifest and what bodies are new, and put the volatile facts in place of the last ones.

    Answers whether it differs from the last one.
    """
    manifest = {section.value: _entry(reading) for section, reading in sorted(snapshot.sections.items())}
    newest = SnapshotRecord.objects.filter(account_id=snapshot.account_id).values("pk")[:1]
    is_new = not SnapshotRecord.objects.filter(pk=newest, manifest=manifest).update(last_seen_at=at)
    if is_new:
        _store_bodies(snapshot)
        SnapshotRecord.objects.create(
            account_id=snapshot.account_id, manifest=manifest, run_id=run_id, first_seen_at=at, last_seen_at=at
        )
    AccountFacts.objects.bulk_create(
        [AccountFacts(account_id=snapshot.account_id, data=facts, observed_at=at)],
        update_conflicts=True,
        unique_fields=["account"],
        update_fields=["data", "observed_at"],
    )
    return is_new


def load_body(body_hash: str) -> dict[str, Any]:
    """The body of one section as it was seen."""
    row = SectionBody.objects.get(pk=body_hash)
    body: dict[str, Any] = json.loads(zstandard.decompress(bytes(row.body)))
    return body


def _entry(reading: Any) -> dict[str, str]:
    return {"hash": reading.hash} if isinstance(reading, Complete) else {"unreadable": reading.reason}


def _store_bodies(snapshot: Snapshot) -> None:
    bodies = {reading.hash: reading.body for reading in snapshot.sections.values() if isinstance(reading, Complete)}
    known = set(SectionBody.objects.filter(pk__in=bodies).values_list("pk", flat=True))
    SectionBody.objects.bulk_create(
        [_packed(body_hash, body) for body_hash, body in bodies.items() if body_hash not in known],
        ignore_conflicts=True,
    )


def _packed(body_hash: str, body: Any) -> SectionBody:
    text = canonical(body).encode()
    return SectionBody(hash=body_hash, body=zstandard.compress(text), size=len(text))
