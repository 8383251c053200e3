"""Drift: one row per difference of an account, with a life."""

from typing import Any

from django.db import models

from accounts.models import Account


class DriftQuerySet(models.QuerySet["Drift"]):
    """Questions about drift."""

    def open(self) -> "DriftQuerySet":
        """Differences that were there at the last look that could see them."""
        return self.filter(state=Drift.State.OPEN)


class Drift(models.Model):
    """One difference, keyed by account, kind, identity and path: opened, seen, reopened, resolved."""

    class State(models.TextChoices):
        OPEN = "open"
        RESOLVED = "resolved"

    class Type(models.TextChoices):
        MISSING = "missing"
        CHANGED = "changed"
        EXTRA = "extra"

    class Remedy(models.TextChoices):
        AUTO = "auto"
        PERSON = "person"
        NONE = "none"

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="drifts")
    kind = models.CharField(max_length=64)
    identity = models.CharField(max_length=128, help_text="The name as AWS compares it.")
    name = models.CharField(max_length=128)
    arn = models.CharField(max_length=2048, blank=True, default="", db_default="")
    path = models.CharField(max_length=600, blank=True, default="")
    type = models.CharField(max_length=8, choices=Type)
    desired = models.JSONField(null=True)
    observed = models.JSONField(null=True)
    fingerprint = models.CharField(max_length=64)
    remedy = models.CharField(max_length=6, choices=Remedy)
    reason = models.CharField(max_length=64, blank=True, default="")
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    origins = models.JSONField(default=list)
    opened_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    reopened_at = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by_apply = models.BooleanField(default=False)
    run_id = models.UUIDField(help_text="The look that last saw it.")

    objects: Any = DriftQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["account", "kind", "identity", "path"], name="one_drift_per_path")
        ]
        indexes = [
            models.Index(fields=["account", "kind"], condition=models.Q(state="open"), name="drift_open_by_account")
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.kind}/{self.name} {self.path} {self.type}"
