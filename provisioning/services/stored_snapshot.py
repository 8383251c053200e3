"""What the newest look of an account saw, put together again from its stored bodies."""

from collections.abc import Iterable

from accounts.models import Account
from provisioning.core.snapshot import Complete, Section, Snapshot, Unreadable
from provisioning.models import SectionBody, SnapshotRecord
from provisioning.services.record_snapshot import load_body


def newest_snapshot(account: Account, sections: Iterable[Section]) -> tuple[SnapshotRecord, Snapshot] | None:
    """The record and these sections of it, as far as they were read; None when nothing was ever seen."""
    record = SnapshotRecord.objects.filter(account=account).first()
    if record is None:
        return None
    there = {section: record.manifest[section.value] for section in sections if section.value in record.manifest}
    readings = {section: _reading(record, entry) for section, entry in there.items()}
    return record, Snapshot(account.pk, account.partition, readings)


def _reading(record: SnapshotRecord, entry: dict[str, str]) -> Complete | Unreadable:
    if "unreadable" in entry:
        return Unreadable(entry["unreadable"])
    try:
        return Complete(load_body(entry["hash"]), record.last_seen_at)
    except SectionBody.DoesNotExist:
        return Unreadable("not_kept")
