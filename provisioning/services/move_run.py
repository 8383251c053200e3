"""Changing a run's state: one conditional UPDATE; zero rows means somebody else owns it."""

from typing import Any

from django.db.models.functions import Now

from provisioning.core.errors import FencedError
from provisioning.models import Run
from provisioning.services.leases import Claim

FINAL = {state for state in Run.State.values if state not in {*Run.OPEN}}


def move_run(claim: Claim, old: Run.State, new: Run.State, **fields: Any) -> None:
    """Move a claimed run from `old` to `new`. Raises FencedError when it is not ours, or no longer in `old`."""
    if new in FINAL:
        fields["finished_at"] = Now()
    changed = Run.objects.filter(pk=claim.run_id, state=old, fence=claim.fence).update(state=new, **fields)
    if not changed:
        raise FencedError(f"run {claim.run_id} is not {old} under fence {claim.fence}: stop")
