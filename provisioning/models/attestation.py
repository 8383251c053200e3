"""Attestations: a person's dated word for what no API can read."""

import uuid
from datetime import date
from typing import Any

from django.db import models
from django.utils import timezone

from accounts.models import Account


def today() -> date:
    """The day by UTC: an attestation holds until the end of its review date."""
    return timezone.now().date()


class AttestationQuerySet(models.QuerySet["Attestation"]):
    """Questions about attestations."""

    def standing(self) -> "AttestationQuerySet":
        """Neither superseded nor withdrawn, lapsed ones among them: one per account, kind and name."""
        return self.filter(ended_at=None)

    def in_force(self) -> "AttestationQuerySet":
        """What counts as observed today."""
        return self.standing().filter(models.Q(review_on__gte=today()) | models.Q(review_on=None))

    def lapsed(self) -> "AttestationQuerySet":
        """Those whose review date has passed without a new one."""
        return self.standing().filter(review_on__lt=today())


class Attestation(models.Model):
    """One statement about one item. Never changed but to say how it ended: a newer one superseded it, or a person
    withdrew it. `value` has the fields that a declaration of the kind has.
    """

    class State(models.TextChoices):
        IN_FORCE = "in_force"
        LAPSED = "lapsed"
        SUPERSEDED = "superseded"
        WITHDRAWN = "withdrawn"

    class Source(models.TextChoices):
        """Whose word it is: a person's, or our own of what we sent when the account was made."""

        ATTESTED = "attested"
        SET_AT_CREATION = "set_at_creation"

    ENDS = (State.SUPERSEDED, State.WITHDRAWN)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="attestations")
    kind = models.CharField(max_length=64)
    name = models.CharField(max_length=128)
    value = models.JSONField()
    statement = models.CharField(max_length=500)
    evidence = models.CharField(max_length=2000)
    by = models.CharField(max_length=150)
    at = models.DateTimeField(default=timezone.now)
    review_on = models.DateField(
        null=True, blank=True, help_text="None: it holds until somebody attests otherwise, or withdraws it."
    )
    source = models.CharField(max_length=15, choices=Source, default=Source.ATTESTED, db_default=Source.ATTESTED)
    lapse_told_at = models.DateTimeField(null=True, blank=True, help_text="When the passing of review_on was recorded.")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_how = models.CharField(max_length=10, blank=True, default="", choices=[(one, one) for one in ENDS])
    ended_by = models.CharField(max_length=150, blank=True, default="")
    ended_reason = models.CharField(max_length=500, blank=True, default="")

    objects: Any = AttestationQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "kind", "name"],
                condition=models.Q(ended_at=None),
                name="one_standing_attestation_per_item",
            ),
            models.CheckConstraint(condition=~models.Q(evidence=""), name="attestation_has_evidence"),
            models.CheckConstraint(
                condition=models.Q(review_on__isnull=False) | models.Q(source="set_at_creation"),
                name="a_persons_word_is_reviewed",
            ),
        ]
        indexes = [
            models.Index(fields=["review_on"], condition=models.Q(ended_at=None), name="attestation_due_for_review")
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.kind}/{self.name} attested by {self.by}"

    @property
    def state(self) -> str:
        """How it stands today."""
        if self.ended_at is not None:
            return self.ended_how
        return self.State.LAPSED if self.review_on and self.review_on < today() else self.State.IN_FORCE
