"""An account whose declarations can't be put together: the last good desired state stays in force."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from history.services.record import record
from provisioning.core.errors import Reason
from provisioning.core.plain import plain
from provisioning.services.set_desired_state import head_for_update


@transaction.atomic
def mark_not_renderable(*, account_id: str, reasons: Sequence[Reason], by: str) -> None:
    """Keep why the rendering failed (verdict `unknown`, reason `not_renderable`); recorded when it is news."""
    head = head_for_update(account_id)
    failure = plain(sorted(reasons))
    if head.failure != failure:
        generation = head.current.generation if head.current else None
        record(
            actor=by,
            verb="desired_state.not_renderable",
            account_id=account_id,
            detail={"reasons": failure, "kept_generation": generation},
        )
    head.failure = failure
    head.rendered_at = timezone.now()
    head.save()
