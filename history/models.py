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

    class Meta:
        db_table = "history_event"
        ordering = ["-at", "-id"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.actor} {self.verb} {self.subject}"
