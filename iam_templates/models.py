"""Baselines, their versions, and where they are assigned."""

import uuid
from typing import Any

from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Now

from accounts.models import Account


class Baseline(models.Model):
    """A named declaration; addressed by its name."""

    name = models.CharField(
        primary_key=True,
        max_length=100,
        validators=[RegexValidator(r"\A[a-z0-9]([a-z0-9-]*[a-z0-9])?\Z", "use lower-case letters, digits and hyphens")],
    )
    description = models.CharField(max_length=500, blank=True, default="")
    owner_team = models.CharField(max_length=100, blank=True, default="", help_text="Whose it is; '' for the fleet's.")
    created_by = models.CharField(max_length=150)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class BaselineVersion(models.Model):
    """One version of a baseline: a draft that its author may edit; once published only the approval for production can
    still be added, and the database refuses everything else (migration 0002).
    """

    baseline = models.ForeignKey(Baseline, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    source = models.TextField(help_text="The declaration as written, YAML or JSON.")
    content = models.JSONField(help_text="The declaration as read.")
    digest = models.CharField(max_length=64, blank=True, default="")
    author = models.CharField(max_length=150)
    created_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.CharField(max_length=150, blank=True, default="")
    approved_for_production_by = models.CharField(max_length=150, blank=True, default="")
    approved_for_production_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["baseline", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["baseline", "number"], name="one_version_per_number"),
            models.CheckConstraint(
                condition=models.Q(published_at__isnull=True) | ~models.Q(digest=""), name="published_has_digest"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.baseline_id} v{self.number}"


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    """Questions about assignments."""

    def live(self) -> "AssignmentQuerySet":
        """Those that hold now."""
        return self.filter(ended_at=None)


class Assignment(models.Model):
    """A published version for the accounts a selector reaches, with parameters and a mode."""

    class Selector(models.TextChoices):
        ACCOUNT = "account"
        ENVIRONMENT = "environment"
        OU = "ou"
        TAG = "tag"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(BaselineVersion, on_delete=models.PROTECT, related_name="assignments")
    selector = models.CharField(max_length=12, choices=Selector)
    value = models.CharField(
        max_length=512, help_text="12 digits, an environment, an OU path such as /workloads, or a tag: key=value or key"
    )
    parameters = models.JSONField(default=dict, blank=True)
    mode = models.JSONField(default=dict, help_text='{"default": "observe", "kinds": {}, "items": {}}')
    created_by = models.CharField(max_length=150)
    created_at = models.DateTimeField(auto_now_add=True)
    moved_by = models.CharField(max_length=150, blank=True, default="", help_text="Who last changed it.")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=150, blank=True, default="")

    objects: Any = AssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["selector", "value"], condition=models.Q(ended_at=None), name="assignment_live")
        ]

    def __str__(self) -> str:
        return f"{self.version} for {self.selector} {self.value}"


class RenderDue(models.Model):
    """An account whose desired state must be put together anew: there from the change until the dispatcher did it."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, primary_key=True, related_name="render_due")
    since = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.account_id} since {self.since:%Y-%m-%d %H:%M}"
