"""Access verifications: many access checks asked for at once, so that their results can be read as one table."""

import uuid
from typing import Any

from django.db import models

from accounts.models import Account
from provisioning.models.run import Run


class AccessVerification(models.Model):
    """Who asked about which accounts. Its results are those of its runs: nothing is copied."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    selector = models.JSONField()
    requested_by = models.CharField(max_length=150)
    created_at = models.DateTimeField(auto_now_add=True)
    left_out = models.PositiveIntegerField(default=0, help_text="Selected, but suspended or left: not checked.")

    objects: Any = models.Manager()

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"access verification by {self.requested_by}"


class VerifiedAccount(models.Model):
    """One account of a verification with its two checks; a check may belong to several verifications."""

    verification = models.ForeignKey(AccessVerification, on_delete=models.CASCADE, related_name="rows")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    look_check = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="+")
    apply_check = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="+")

    objects: Any = models.Manager()

    class Meta:
        ordering = ["account_id"]
        constraints = [models.UniqueConstraint(fields=["verification", "account"], name="verified_once")]

    def __str__(self) -> str:
        return f"{self.account_id} in {self.verification_id}"
