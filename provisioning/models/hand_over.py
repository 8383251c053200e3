"""Hand-overs: a first password or an access key that one person reads once."""

import uuid
from typing import Any

from django.db import models

from accounts.models import Account
from history.context import request_id


class HandOver(models.Model):
    """One credential of one user for one reader.

    proposed → queued → making → made → read | expired
    proposed → rejected; proposed, queued → withdrawn; proposed, queued, making → failed
    `secret` is a ciphertext, there in state `made` only; no other column ever holds a secret.
    """

    class What(models.TextChoices):
        PASSWORD = "password"  # noqa: S105 (a word, not one)
        ACCESS_KEY = "access_key"

    class State(models.TextChoices):
        PROPOSED = "proposed"
        QUEUED = "queued"
        MAKING = "making"
        MADE = "made"
        READ = "read"
        EXPIRED = "expired"
        REJECTED = "rejected"
        WITHDRAWN = "withdrawn"
        FAILED = "failed"

    class OldKey(models.TextChoices):
        ACTIVE = "active"
        ASKED = "asked"
        INACTIVE = "inactive"
        DELETED = "deleted"
        KEPT = "kept"

    WAITING = (State.PROPOSED, State.QUEUED)
    TO_MAKE = (State.QUEUED, State.MAKING)
    OPEN = (*WAITING, State.MAKING, State.MADE)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="hand_overs")
    user_name = models.CharField(max_length=64, help_text="The IAM user.")
    user_arn = models.CharField(max_length=2048, blank=True, default="")
    what = models.CharField(max_length=10, choices=What)
    reader = models.CharField(max_length=150, help_text="The one person who may read it.")
    public_key = models.TextField(blank=True, default="", help_text="The reader's RSA key (PEM): only they decrypt it.")
    replaces = models.CharField(max_length=128, blank=True, default="", help_text="Id of the access key to be retired.")
    state = models.CharField(max_length=9, choices=State, default=State.QUEUED)
    requested_by = models.CharField(max_length=150)
    request_id = models.CharField(max_length=64, blank=True, default=request_id)
    created_at = models.DateTimeField(auto_now_add=True)
    make_until = models.DateTimeField(help_text="Not made later than this.")
    decided_by = models.CharField(max_length=150, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField(null=True, blank=True, help_text="When workers have something to do with it.")

    # The intent: what stood there before the call, so that whoever comes next knows what the call made.
    intended_at = models.DateTimeField(null=True, blank=True)
    keys_before = models.JSONField(default=list, blank=True, help_text="Ids of the user's keys before ours was made.")
    had_profile = models.BooleanField(null=True, blank=True)

    made_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    key_id = models.CharField(max_length=128, blank=True, default="", help_text="Id of the access key; no secret.")
    secret = models.BinaryField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=150, blank=True, default="")
    taken_back_at = models.DateTimeField(null=True, blank=True, help_text="When what nobody read was made useless.")
    old_key = models.CharField(max_length=8, choices=OldKey, blank=True, default="")
    old_key_asked_by = models.CharField(max_length=150, blank=True, default="")
    delete_old_at = models.DateTimeField(null=True, blank=True)
    reason_code = models.CharField(max_length=64, blank=True, default="")
    message = models.TextField(blank=True, default="")

    objects: Any = models.Manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "user_name", "what"],
                condition=models.Q(state__in=["proposed", "queued", "making", "made"]),
                name="one_open_hand_over_per_user",
            ),
            models.CheckConstraint(
                condition=models.Q(state="made") | models.Q(secret=None), name="secret_only_until_read"
            ),
        ]
        indexes = [
            models.Index(fields=["next_at"], condition=models.Q(next_at__isnull=False), name="hand_over_due"),
            models.Index(fields=["expires_at"], condition=models.Q(state="made"), name="hand_over_expiring"),
        ]

    def __str__(self) -> str:
        return f"{self.what} of {self.account_id} {self.user_name} for {self.reader}: {self.state}"
