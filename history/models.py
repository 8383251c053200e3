"""Events: rows that are only ever added. The database refuses to change or delete one."""

from django.db import models
from django.utils import timezone


class Event(models.Model):
    """One thing someone or something did. No foreign key, so that it outlives what it speaks of.

    The table is partitioned by month of `at`; its key in the database is (id, at).
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(default=timezone.now)
    actor = models.CharField(max_length=150)
    verb = models.CharField(max_length=64)
    account_id = models.CharField(max_length=12, blank=True, default="")
    subject = models.CharField(max_length=300, blank=True, default="")
    run_id = models.UUIDField(null=True)
    plan_id = models.UUIDField(null=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    detail = models.JSONField(default=dict)
    request_id = models.CharField(max_length=64, blank=True, default="")
    cause = models.CharField(max_length=32, blank=True, default="", help_text="request, admin, schedule, command …")

    class Meta:
        db_table = "history_event"
        ordering = ["-at", "-id"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.actor} {self.verb} {self.subject}"


class Unsealed(models.Model):
    """An event that is not in the chain yet: written by a trigger with the event, taken by the next sealing."""

    event_id = models.BigIntegerField(primary_key=True)
    event_at = models.DateTimeField()

    class Meta:
        db_table = "history_unsealed"
        default_permissions = ()

    def __str__(self) -> str:
        return f"event {self.event_id}"


class Seal(models.Model):
    """One link of the chain: the place of an event and the code over it and all before it. Only ever added."""

    seq = models.BigIntegerField(primary_key=True)
    event_id = models.BigIntegerField()
    event_at = models.DateTimeField()
    key_id = models.CharField(max_length=16)
    mac = models.CharField(max_length=64)

    class Meta:
        db_table = "history_seal"
        ordering = ["seq"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.seq}:{self.mac}"


class ChainHead(models.Model):
    """The chain's end, one row; locked while links are added, so that there is one order. And the last verification."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    seq = models.BigIntegerField(default=0)
    mac = models.CharField(max_length=64)
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_to = models.BigIntegerField(default=0)
    broken = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        db_table = "history_chain_head"
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_chain_head")]

    def __str__(self) -> str:
        return f"{self.seq}:{self.mac}"
