"""What the history is told of a hand-over: persons, ids of keys and times, never a secret."""

from typing import Any
from uuid import UUID

from history.services.record import record
from provisioning.models import HandOver


def tell(row: HandOver, verb: str, by: str, *, run_id: UUID | None = None, **more: Any) -> None:
    """Record `hand_over.<verb>`."""
    known = {"key_id": row.key_id, "replaces": row.replaces}
    told = {"id": str(row.pk), "what": row.what, "reader": row.reader, "requested_by": row.requested_by}
    record(
        actor=by,
        verb=f"hand_over.{verb}",
        account_id=row.account_id,
        subject=f"iam.user/{row.user_name}",
        run_id=run_id,
        detail={**told, **{name: value for name, value in known.items() if value}, **more},
    )
