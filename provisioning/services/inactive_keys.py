"""Since when access keys are known to be inactive: their grace time is counted from there."""

from collections.abc import Mapping
from typing import Any

from access.roles import SYSTEM
from history.services.record import record
from provisioning.core.snapshot import Complete, Section, Snapshot
from provisioning.models import InactiveKey


def inactive_since(account_id: str) -> dict[str, str]:
    """Access key id -> ISO 8601."""
    rows = InactiveKey.objects.filter(account_id=account_id).order_by()
    return {key_id: since.isoformat() for key_id, since in rows.values_list("key_id", "since")}


def note_inactive_keys(snapshot: Snapshot, run_id: Any) -> None:
    """Remember keys that are inactive now and were not before; forget those that are active again or gone.

    Keys of users that were not read for stay as they are remembered.
    """
    keys = snapshot.sections.get(Section.ACCESS_KEYS)
    if not isinstance(keys, Complete):
        return
    holders = {row["name"]: row["keys"] for row in keys.body["access_keys"]}
    inactive = {key["id"]: user for user, held in holders.items() for key in held if key["status"] != "Active"}
    mine = InactiveKey.objects.filter(account_id=snapshot.account_id)
    known = dict(mine.values_list("key_id", "user").order_by())
    mine.filter(user__in=holders, key_id__in=known.keys() - inactive.keys()).delete()
    new = {key_id: user for key_id, user in inactive.items() if key_id not in known}
    _remember(snapshot, keys, new, run_id)


def _remember(snapshot: Snapshot, keys: Complete, new: Mapping[str, str], run_id: Any) -> None:
    InactiveKey.objects.bulk_create(
        [
            InactiveKey(account_id=snapshot.account_id, user=user, key_id=key_id, since=keys.observed_at)
            for key_id, user in new.items()
        ],
        ignore_conflicts=True,
    )
    for key_id, user in sorted(new.items()):
        record(
            actor=SYSTEM.name,
            verb="access_key.seen_inactive",
            account_id=snapshot.account_id,
            subject=f"{user}/{key_id}",
            run_id=run_id,
        )
