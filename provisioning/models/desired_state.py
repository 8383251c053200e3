"""What each account should look like, one generation after the other."""

from django.db import models

from accounts.models import Account


class DesiredState(models.Model):
    """One generation: `data` is core's DesiredAccount as JSON. Never changed."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="desired_states")
    generation = models.PositiveIntegerField()
    data = models.JSONField()
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.CharField(max_length=150)

    class Meta:
        ordering = ["-generation"]
        constraints = [models.UniqueConstraint(fields=["account", "generation"], name="one_state_per_generation")]

    def __str__(self) -> str:
        return f"{self.account_id} generation {self.generation}"


class DesiredHead(models.Model):
    """The generation in force, and why the last rendering failed (then the generation before it stays in force)."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, primary_key=True, related_name="desired")
    current = models.ForeignKey(DesiredState, null=True, on_delete=models.PROTECT, related_name="+")
    failure = models.JSONField(null=True, blank=True, help_text="Reasons [{pointer, message}] or null.")
    rendered_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.current or f"{self.account_id}: nothing assigned")
