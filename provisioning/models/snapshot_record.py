"""Snapshots: a manifest per look that saw something new; each body stored once per hash."""

from django.db import models

from accounts.models import Account


class SectionBody(models.Model):
    """The canonical JSON of a section as zstd bytes, stored once whatever number of snapshots hold it."""

    hash = models.CharField(max_length=64, primary_key=True)
    body = models.BinaryField()
    size = models.PositiveIntegerField(help_text="Bytes before compression.")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.hash[:12]


class SnapshotRecord(models.Model):
    """What looks saw from `first_seen_at` to `last_seen_at`: {section: {hash} | {unreadable: reason}}."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="snapshots")
    manifest = models.JSONField()
    run_id = models.UUIDField()
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta:
        ordering = ["-last_seen_at", "-id"]
        indexes = [models.Index(fields=["account", "-last_seen_at"], name="snapshot_newest")]

    def __str__(self) -> str:
        return f"{self.account_id} at {self.last_seen_at:%Y-%m-%d %H:%M}"


class AccountFacts(models.Model):
    """Volatile values of the last look: spend, last used, notification states. Not part of any hash."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, primary_key=True, related_name="facts")
    data = models.JSONField()
    observed_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "account facts"

    def __str__(self) -> str:
        return f"{self.account_id} facts"
