"""Recording: in the same transaction as what it records, so that nothing happens unrecorded."""

from typing import Any
from uuid import UUID

from history.context import present
from history.models import Event


def record(
    *,
    actor: str,
    verb: str,
    subject: str = "",
    account_id: str = "",
    run_id: UUID | None = None,
    plan_id: UUID | None = None,
    before: Any = None,
    after: Any = None,
    detail: dict[str, Any] | None = None,
) -> Event:
    """Append one event. `verb` is `noun.past_tense`, e.g. `plan.approved`; never pass a secret.

    The request it came from and its cause are those of the present work (history/context.py).
    """
    context = present()
    return Event.objects.create(
        actor=actor,
        verb=verb,
        subject=subject,
        account_id=account_id,
        run_id=run_id,
        plan_id=plan_id,
        before=before,
        after=after,
        detail=detail or {},
        request_id=context.request_id,
        cause=context.cause,
    )
