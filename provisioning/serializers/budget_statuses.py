"""How budgets stand, as JSON."""

from typing import Any

from rest_framework import serializers

from provisioning.models import BudgetStatus


class CrossedSerializer(serializers.Serializer[Any]):
    """A threshold that AWS says is crossed."""

    when = serializers.CharField(help_text="actual or forecasted")
    threshold = serializers.CharField()
    unit = serializers.CharField(help_text="percent or absolute")

    def get_fields(self) -> dict[str, Any]:
        """`is` is a word of Python's."""
        return {**super().get_fields(), "is": serializers.CharField(help_text="above, below or equals")}


class BudgetStatusSerializer(serializers.ModelSerializer[BudgetStatus]):
    """One budget. Amounts are text, in the budget's own unit; null is what AWS did not tell."""

    crossed = CrossedSerializer(many=True, allow_null=True, help_text="Null where nobody could read it.")
    observed_at = serializers.DateTimeField(allow_null=True, help_text="The last look at the account that keeps it.")
    is_read = serializers.BooleanField(help_text="Whether that look could read budgets: if not, this is older.")

    class Meta:
        model = BudgetStatus
        fields = [
            "id",
            "account_id",
            "kept_in",
            "name",
            "type",
            "period",
            "unit",
            "limit",
            "actual",
            "forecast",
            "used_percent",
            "forecast_percent",
            "crossed",
            "changed_at",
            "observed_at",
            "is_read",
        ]
        read_only_fields = fields
