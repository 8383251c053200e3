"""How budgets stand: one row per budget, replaced only when something of it changed."""

from typing import Any

from django.db import models
from django.utils import timezone

from accounts.models import Account

_AMOUNT: Any = {"max_digits": 26, "decimal_places": 6, "null": True}
_PERCENT: Any = {"max_digits": 8, "decimal_places": 2, "null": True}


class BudgetStatus(models.Model):
    """A budget as the last look that could read it saw it. When that was, `kept_in.facts` says.

    `account` is whose spending it counts: where it is kept, but for a budget of one member kept at the payer.
    """

    kept_in = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="budgets_kept")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="budget_statuses")
    name = models.CharField(max_length=100)
    type = models.CharField(max_length=32)
    period = models.CharField(max_length=16)
    unit = models.CharField(max_length=64, blank=True)
    limit: Any = models.DecimalField(**_AMOUNT)
    actual: Any = models.DecimalField(**_AMOUNT)
    forecast: Any = models.DecimalField(**_AMOUNT)
    used_percent: Any = models.DecimalField(**_PERCENT)
    forecast_percent: Any = models.DecimalField(**_PERCENT)
    crossed = models.JSONField(null=True, help_text="Thresholds that ring; null where they could not be read.")
    thresholds_crossed = models.PositiveSmallIntegerField(default=0)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["account_id", "name", "id"]
        verbose_name, verbose_name_plural = "budget", "budgets"
        constraints = [models.UniqueConstraint(fields=["kept_in", "name"], name="one_status_per_budget")]
        indexes = [models.Index(fields=["used_percent"], name="budget_most_used")]

    def __str__(self) -> str:
        return f"{self.name} of {self.account_id}"
