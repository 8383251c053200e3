"""The ledger: what we created or were told to adopt. Only what stands here is ours."""

from django.db import models

from accounts.models import Account


class Ownership(models.Model):
    """One owned resource. `declared` is its last fully applied declaration: risk is judged against it."""

    class How(models.TextChoices):
        CREATED = "created"
        ADOPTED = "adopted"

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="owned")
    kind = models.CharField(max_length=64)
    identity = models.CharField(max_length=128)
    name = models.CharField(max_length=128)
    how = models.CharField(max_length=8, choices=How)
    declared = models.JSONField(null=True, blank=True)
    since = models.DateTimeField(auto_now_add=True)
    applied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "ownership"
        constraints = [models.UniqueConstraint(fields=["account", "kind", "identity"], name="owned_once")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.kind}/{self.name}"
