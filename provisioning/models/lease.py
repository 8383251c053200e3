"""One writer per account: the lease and its fence; and the pause of the whole fleet."""

from django.db import models
from django.db.models.functions import Now

from accounts.models import Account


class Lease(models.Model):
    """Who works on an account now. `fence` only grows; whoever holds an older one must stop.

    No column but the key is indexed, so that claiming stays a cheap update.
    """

    account = models.OneToOneField(Account, on_delete=models.CASCADE, primary_key=True, related_name="lease")
    fence = models.BigIntegerField(default=0)
    lease_until = models.DateTimeField(db_default=Now())
    backoff_until = models.DateTimeField(db_default=Now())
    crash_count = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.account_id} fence {self.fence}"


class FleetPause(models.Model):
    """At most one row: there while the whole fleet is paused. Checked before every write."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    reason = models.CharField(max_length=200)
    by = models.CharField(max_length=150)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_fleet_pause")]

    def __str__(self) -> str:
        return f"paused by {self.by}: {self.reason}"
