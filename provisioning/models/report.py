"""Reports by e-mail: what is sent to whom and when. Recipients are people: they are in no history and no log."""

import uuid
from typing import Any

from django.db import models

from access.scopes import Scope, ScopeKind


class ReportQuerySet(models.QuerySet["Report"]):
    """Questions about reports."""

    def standing(self) -> "ReportQuerySet":
        """Those that have not ended."""
        return self.filter(ended_at=None)


class Report(models.Model):
    """How the budgets of a part of the fleet stand, sent daily, weekly or monthly; at most 50 recipients.

    `pending`: who did not get the issue that is being sent yet. `claim` counts the tries of dispatchers to send it, and
    `sending_until` ends the present one's turn.
    """

    class Every(models.TextChoices):
        DAILY = "daily"
        WEEKLY = "weekly"
        MONTHLY = "monthly"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=100)
    every = models.CharField(max_length=8, choices=Every)
    day = models.PositiveSmallIntegerField(null=True, help_text="Weekly: 1 Monday to 7 Sunday; monthly: 1 to 28.")
    hour = models.PositiveSmallIntegerField(help_text="Of the day, UTC.")
    recipients = models.JSONField(default=list)
    scope_kind = models.CharField(max_length=12, choices=ScopeKind)
    scope_value = models.CharField(max_length=512, blank=True, default="")
    created_by = models.CharField(max_length=150)
    created_at = models.DateTimeField(auto_now_add=True)
    next_at = models.DateTimeField(null=True)
    last_sent_at = models.DateTimeField(null=True)
    last_failure = models.CharField(max_length=300, blank=True, default="")
    last_failed_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    pending = models.JSONField(default=list)
    claim = models.PositiveIntegerField(default=0)
    sending_until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=150, blank=True, default="")

    objects: Any = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["next_at"], condition=models.Q(ended_at=None), name="report_due")]

    def __str__(self) -> str:
        return self.name

    @property
    def scope(self) -> Scope:
        """The part of the fleet that it is about."""
        return Scope(ScopeKind(self.scope_kind), self.scope_value)

    @property
    def state(self) -> str:
        """How it stands: `ended`, `failed` (the last try, and nothing was sent since), or `scheduled`."""
        if self.ended_at is not None:
            return "ended"
        return "failed" if self.last_failure else "scheduled"
