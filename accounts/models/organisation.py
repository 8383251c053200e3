"""The organisation as a discovery read it; that of the last complete one is how it stands."""

from typing import Any

from django.db import models

from accounts.models.discovery import Discovery

LONGEST_PATH = 1024
"""AWS nests organisational units five deep, each name up to 128 characters (Organizations quotas)."""


class OrganisationalUnit(models.Model):
    """A root or an organisational unit."""

    discovery = models.ForeignKey(Discovery, on_delete=models.CASCADE, related_name="units")
    unit_id = models.CharField(max_length=68)
    parent_id = models.CharField(max_length=68, blank=True, default="", help_text="Empty: a root.")
    name = models.CharField(max_length=128)
    path = models.CharField(max_length=LONGEST_PATH)
    binds_policies = models.BooleanField(default=True, help_text="Of a root: service control policies are enabled.")
    walked = models.BooleanField(default=False, help_text="Its accounts and the units below it were read.")

    objects: Any = models.Manager()

    class Meta:
        ordering = ["path"]
        constraints = [models.UniqueConstraint(fields=["discovery", "unit_id"], name="unit_read_once")]

    def __str__(self) -> str:
        return self.path


class DiscoveredAccount(models.Model):
    """An account as AWS Organizations shows it."""

    discovery = models.ForeignKey(Discovery, on_delete=models.CASCADE, related_name="accounts")
    account_id = models.CharField(max_length=12)
    parent_id = models.CharField(max_length=68)
    ou_path = models.CharField(max_length=LONGEST_PATH)
    name = models.CharField(max_length=100)
    email = models.CharField(max_length=320, blank=True, default="")
    aws_state = models.CharField(max_length=24, blank=True, default="")
    joined_method = models.CharField(max_length=16, blank=True, default="")
    joined_at = models.DateTimeField(null=True)
    tags = models.JSONField(null=True, help_text="Null: not read yet.")

    objects: Any = models.Manager()

    class Meta:
        ordering = ["account_id"]
        constraints = [models.UniqueConstraint(fields=["discovery", "account_id"], name="account_read_once")]

    def __str__(self) -> str:
        return f"{self.name} ({self.account_id})"


class ServiceControlPolicy(models.Model):
    """A service control policy, and the ids of the roots, units and accounts it hangs on."""

    discovery = models.ForeignKey(Discovery, on_delete=models.CASCADE, related_name="policies")
    policy_id = models.CharField(max_length=130)
    name = models.CharField(max_length=128)
    document = models.TextField(null=True, help_text="Null: not read yet.")  # noqa: DJ001 (an empty text is no document)
    targets = models.JSONField(default=list)

    objects: Any = models.Manager()

    class Meta:
        ordering = ["policy_id"]
        constraints = [models.UniqueConstraint(fields=["discovery", "policy_id"], name="policy_read_once")]

    def __str__(self) -> str:
        return self.name
