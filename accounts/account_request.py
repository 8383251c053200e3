"""Requests for new AWS accounts: from what was asked to an account that is looked after."""

import uuid
from typing import Any

from django.db import models
from django.db.models.functions import Lower, Now

from access.scopes import ENVIRONMENTS
from history.context import request_id


class AccountRequest(models.Model):
    """One account that somebody asked for.

    requested → approved → creating → created → placing → bootstrapping → proving → done
    requested → rejected | cancelled; approved, failed → cancelled
    any of the working states → failed (`way_on` says what to do) → retried from where it stood
    creating → in_doubt: nobody could tell whether the account was made; only a person ends that
    Every change of state is one conditional UPDATE; a worker's also names its fence.
    """

    class State(models.TextChoices):
        REQUESTED = "requested"
        APPROVED = "approved"
        REJECTED = "rejected"
        CANCELLED = "cancelled"
        CREATING = "creating"
        CREATED = "created"
        PLACING = "placing"
        BOOTSTRAPPING = "bootstrapping"
        PROVING = "proving"
        DONE = "done"
        FAILED = "failed"
        IN_DOUBT = "in_doubt"

    class Billing(models.TextChoices):
        """Whether users and roles of the account may see its billing pages."""

        ALLOW = "allow"
        DENY = "deny"

    WORKED_ON = (
        State.APPROVED,
        State.CREATING,
        State.CREATED,
        State.PLACING,
        State.BOOTSTRAPPING,
        State.PROVING,
    )
    """A worker takes it on when it is due."""
    ENDED = (State.REJECTED, State.CANCELLED, State.DONE)
    NOTHING_SENT = (State.REQUESTED, State.APPROVED, State.FAILED)
    """Where it may be cancelled, as long as no account came of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=50)
    email = models.CharField(max_length=64)
    environment = models.CharField(max_length=10, choices=[(one, one) for one in ENVIRONMENTS])
    ou_path = models.CharField(max_length=512)
    owner_team = models.CharField(max_length=100, blank=True, default="")
    tags = models.JSONField(default=dict, blank=True)
    billing_access = models.CharField(max_length=5, choices=Billing, default=Billing.ALLOW)
    reason = models.CharField(max_length=500, blank=True, default="", help_text="What it is for.")

    state = models.CharField(max_length=13, choices=State, default=State.REQUESTED)
    state_since = models.DateTimeField(db_default=Now())
    failure = models.CharField(max_length=64, blank=True, default="", help_text="Reason code of what went wrong.")
    message = models.TextField(blank=True, default="", help_text="What went wrong, or is waited for, and what to do.")
    way_on = models.CharField(max_length=8, blank=True, default="", help_text="wait, retry, correct or person")

    requested_by = models.CharField(max_length=150)
    corrected_by = models.CharField(max_length=150, blank=True, default="")
    decided_by = models.CharField(max_length=150, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    comment = models.CharField(max_length=500, blank=True, default="")

    intended_at = models.DateTimeField(null=True, blank=True, help_text="When CreateAccount was about to be sent.")
    status_id = models.CharField(max_length=40, blank=True, default="", help_text="AWS's id of the creation: car-…")
    earlier_status_ids = models.JSONField(default=list, blank=True, help_text="Creations of it that failed.")
    account_id = models.CharField(max_length=12, blank=True, default="", help_text="The account that came of it.")

    fence = models.BigIntegerField(default=0)
    lease_until = models.DateTimeField(db_default=Now())
    next_at = models.DateTimeField(db_default=Now())
    attempts = models.PositiveIntegerField(default=0, help_text="Claims since the state changed.")
    request_id = models.CharField(max_length=64, blank=True, default=request_id, db_default="")
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects: Any = models.Manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                condition=~models.Q(state__in=["rejected", "cancelled"]),
                name="one_account_request_per_address",
            ),
            models.CheckConstraint(
                condition=models.Q(account_id="") | models.Q(account_id__regex=r"^[0-9]{12}$"),
                name="requested_account_id_is_12_digits",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at"],
                condition=models.Q(
                    state__in=["approved", "creating", "created", "placing", "bootstrapping", "proving"]
                ),
                name="account_request_due",
            ),
            models.Index(fields=["account_id"], condition=~models.Q(account_id=""), name="account_request_account"),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.state}"
