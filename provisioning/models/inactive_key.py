"""Access keys that were seen inactive: AWS does not tell since when, and a grace time is counted from somewhere."""

from django.db import models

from accounts.models import Account


class InactiveKey(models.Model):
    """One inactive access key, from the look that first saw it so until one that sees it active or gone."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="inactive_keys")
    user = models.CharField(max_length=64)
    key_id = models.CharField(max_length=128)
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "key_id"], name="inactive_key_once")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.user}/{self.key_id}"
