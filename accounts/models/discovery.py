"""Discoveries: one reading of the whole organisation each."""

import uuid
from typing import Any

from django.db import models
from django.db.models.functions import Now


class Discovery(models.Model):
    """One reading of AWS Organizations, in slices that any worker may take up, and what came of it.

    queued → reading → waiting … → settling → done, or failed. What it read stands in rows of its own
    (`OrganisationalUnit`, `DiscoveredAccount`, `ServiceControlPolicy`) and changes nothing until all was read.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        READING = "reading"
        WAITING = "waiting"
        SETTLING = "settling"
        DONE = "done"
        FAILED = "failed"

    OPEN = (State.QUEUED, State.READING, State.WAITING, State.SETTLING)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    requested_by = models.CharField(max_length=150)
    cause = models.CharField(max_length=10, default="schedule")
    request_id = models.CharField(max_length=64, blank=True, default="")
    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(db_default=Now())
    hinted_at = models.DateTimeField(null=True)
    fence = models.PositiveBigIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0, help_text="Slices in a row that read nothing new.")
    aws_calls = models.PositiveIntegerField(default=0)
    organisation = models.JSONField(default=dict, help_text="Its id and its management account.")
    policies_read = models.BooleanField(default=False)
    counts = models.JSONField(default=dict)
    told = models.JSONField(default=dict, help_text="Accounts that somebody should look at, by why.")
    reason_code = models.CharField(max_length=40, blank=True, default="")
    message = models.CharField(max_length=1000, blank=True, default="")
    causes = models.JSONField(default=list)

    objects: Any = models.Manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name_plural = "discoveries"
        constraints = [
            models.UniqueConstraint(
                models.Value(1),
                condition=models.Q(state__in=["queued", "reading", "waiting", "settling"]),
                name="one_open_discovery",
            )
        ]

    def __str__(self) -> str:
        return f"discovery asked for by {self.requested_by}"
