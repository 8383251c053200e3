"""The fleet as JSON."""

from typing import Any

from rest_framework import serializers

from provisioning.models import FleetPause


class FleetPauseSerializer(serializers.ModelSerializer[FleetPause]):
    """Why nothing is written, who said so, since when."""

    class Meta:
        model = FleetPause
        fields = ["reason", "by", "at"]
        read_only_fields = fields


class FleetBudgetsSerializer(serializers.Serializer[Any]):
    """How the fleet's budgets stand."""

    accounts_without = serializers.IntegerField(help_text="Managed accounts without a budget.")
    accounts_over_80_percent = serializers.IntegerField(help_text="Accounts that used more than 80 % of any budget.")
    thresholds_crossed = serializers.IntegerField(help_text="Notifications that ring, of all budgets.")


class FleetSerializer(serializers.Serializer[Any]):
    """Counts over all accounts."""

    pause = FleetPauseSerializer(allow_null=True)
    accounts = serializers.IntegerField()
    paused_accounts = serializers.IntegerField()
    verdicts = serializers.DictField(child=serializers.IntegerField(), help_text="Accounts by verdict.")
    open_drifts = serializers.DictField(child=serializers.IntegerField(), help_text="Open drifts by remedy.")
    plans_waiting = serializers.IntegerField(help_text="Plans that wait for a person.")
    budgets = FleetBudgetsSerializer()
