"""Plans that looks proposed, and what people decided about them."""

import uuid
from typing import Any

from django.db import models

from accounts.models import Account


class PlanRecord(models.Model):
    """A plan with a life of its own: proposed → approved | rejected | expired | superseded → applied | stale.

    `data` is core's Plan as canonical JSON, never changed. `lane` says how it may go ahead: `auto` (approved by rule),
    `approval` (a person decides), `observe` (shown only; nobody can approve it).
    """

    class State(models.TextChoices):
        PROPOSED = "proposed"
        APPROVED = "approved"
        REJECTED = "rejected"
        EXPIRED = "expired"
        SUPERSEDED = "superseded"
        APPLIED = "applied"
        STALE = "stale"

    class Lane(models.TextChoices):
        AUTO = "auto"
        APPROVAL = "approval"
        OBSERVE = "observe"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="plans")
    lane = models.CharField(max_length=8, choices=Lane)
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    data = models.JSONField()
    digest = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64, db_index=True)
    risk = models.CharField(max_length=4)
    reasons = models.JSONField(default=list, help_text="Why it waits for a person.")
    checks = models.JSONField(default=list, blank=True, help_text="What would be true of each check after it.")
    generation = models.PositiveIntegerField()
    look_id = models.UUIDField(help_text="The look that proposed it.")
    requested_by = models.CharField(max_length=150)
    authors = models.JSONField(default=list, help_text="Who wrote or assigned what is behind it.")
    created_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()

    objects: Any = models.Manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "lane"], condition=models.Q(state="proposed"), name="one_proposed_plan_per_lane"
            )
        ]

    def __str__(self) -> str:
        return f"plan for {self.account_id}: {self.state}"


class Decision(models.Model):
    """Who approved or rejected which digest, and why."""

    class Verb(models.TextChoices):
        APPROVED = "approved"
        REJECTED = "rejected"

    plan = models.ForeignKey(PlanRecord, on_delete=models.CASCADE, related_name="decisions")
    verb = models.CharField(max_length=8, choices=Verb)
    digest = models.CharField(max_length=64)
    by = models.CharField(max_length=150)
    comment = models.CharField(max_length=500, blank=True, default="")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["at"]
        constraints = [models.CheckConstraint(condition=~models.Q(digest=""), name="decision_names_a_digest")]

    def __str__(self) -> str:
        return f"{self.by} {self.verb} {self.digest[:12]}"
