"""Signs of life: one row per dispatcher role and per queue, written again and again."""

from django.db import models


class Heartbeat(models.Model):
    """When something was last known to live: `dispatcher`, or `queue:look`, written by the canary a worker took.

    `rung_at` is when the queue's canary was last sent, so that any number of dispatchers send one.
    """

    name = models.CharField(max_length=64, primary_key=True)
    at = models.DateTimeField(null=True)
    rung_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.name} at {self.at}"
