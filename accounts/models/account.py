"""AWS environment accounts."""

from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models.functions import Now

SHORTEST, LONGEST = 5, 7 * 24 * 60
"""The bounds of an interval between two looks, in minutes."""


class AccountQuerySet(models.QuerySet["Account"]):
    """Questions about accounts."""

    def workable(self) -> "AccountQuerySet":
        """Accounts that are entered or are to be: neither suspended nor left."""
        return self.exclude(state__in=[Account.State.SUSPENDED, Account.State.LEFT])


class Account(models.Model):
    """One AWS account of the organisation, addressed by its 12 digits.

    Its life (accounts/life.py): registered → awaiting_role → proven → managed → suspended or left.
    """

    class Environment(models.TextChoices):
        SANDBOX = "sandbox"
        DEV = "dev"
        TEST = "test"
        STAGING = "staging"
        PROD = "prod"

    class State(models.TextChoices):
        REGISTERED = "registered"
        AWAITING_ROLE = "awaiting_role"
        PROVEN = "proven"
        MANAGED = "managed"
        SUSPENDED = "suspended"
        LEFT = "left"

    class ApplyRole(models.TextChoices):
        """What access checks found of the role that writes; anything but `proven` means no write is made."""

        UNTESTED = "untested"
        PROVEN = "proven"
        DENIED = "denied"
        CARELESS = "external_id_not_required"

    account_id = models.CharField(
        primary_key=True,
        max_length=12,
        validators=[RegexValidator(r"\A[0-9]{12}\Z", "an AWS account id is 12 digits")],
    )
    name = models.CharField(max_length=100)
    environment = models.CharField(
        max_length=10, choices=Environment, blank=True, default="", help_text="Empty: nobody has decided yet."
    )
    ou_path = models.CharField(max_length=1024, default="/", help_text="e.g. /workloads/dev")
    tags = models.JSONField(default=dict, blank=True)
    owner_team = models.CharField(max_length=100, blank=True, default="")
    state = models.CharField(max_length=16, choices=State, default=State.REGISTERED)
    state_reason = models.CharField(
        max_length=200, blank=True, default="", help_text="A reason code or a person's words."
    )
    state_since = models.DateTimeField(db_default=Now())
    apply_role = models.CharField(max_length=24, choices=ApplyRole, default=ApplyRole.UNTESTED)
    external_id = models.CharField(max_length=1224, blank=True, default="", help_text="Overrides the organisation's.")
    partition = models.CharField(max_length=16, default="aws")
    is_management_account = models.BooleanField(
        default=False, help_text="The organisation's payer: observed only, but for budgets."
    )
    in_organisation = models.BooleanField(
        null=True, help_text="Whether the last complete discovery found it; empty: none was made since it is here."
    )
    email = models.CharField(max_length=320, blank=True, default="", help_text="Its root user's, as AWS says.")
    aws_state = models.CharField(max_length=24, blank=True, default="", help_text="As Organizations says, e.g. ACTIVE.")
    joined_method = models.CharField(max_length=16, blank=True, default="", help_text="INVITED or CREATED.")
    joined_at = models.DateTimeField(null=True, blank=True)
    aws_tags = models.JSONField(default=dict, blank=True, help_text="As AWS had them last; `tags` holds them and ours.")
    missed_in = models.UUIDField(null=True, blank=True, help_text="The discovery that first did not find it.")
    paused = models.BooleanField(default=False)
    pause_reason = models.CharField(max_length=200, blank=True, default="")
    look_interval_minutes = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(SHORTEST), MaxValueValidator(LONGEST)],
        help_text=f"Overrides the environment's: {SHORTEST} to {LONGEST} minutes.",
    )
    next_due_at = models.DateTimeField(null=True, blank=True, db_index=True)
    check_due_at = models.DateTimeField(null=True, blank=True, db_index=True, help_text="The next access check.")
    checks_tried = models.PositiveIntegerField(default=0, help_text="Scheduled checks since access was last proven.")
    registered_by = models.CharField(max_length=150)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects: Any = AccountQuerySet.as_manager()

    class Meta:
        ordering = ["account_id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(account_id__regex=r"^[0-9]{12}$"), name="account_id_is_12_digits")
        ]
        # With the default operators, because jsonb_path_ops knows no "has this key", which `tag: key` asks.
        indexes = [GinIndex(fields=["tags"], name="account_tags")]

    def __str__(self) -> str:
        return f"{self.name} ({self.account_id})"
