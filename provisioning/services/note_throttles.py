"""Counting what AWS answered with "too fast", on the run that was told so."""

from uuid import UUID

from django.db.models import F

from provisioning.aws.call_context import CallCounter
from provisioning.models import Run


def note_throttles(run_id: UUID, calls: CallCounter) -> None:
    """Add this attempt's throttles to the run. Most have none, which costs nothing. A figure, so no fence is asked."""
    if calls.throttled:
        Run.objects.filter(pk=run_id).update(aws_throttles=F("aws_throttles") + calls.throttled)
