"""Runs as JSON."""

from rest_framework import serializers

from access.strict import StrictSerializer
from accounts.serializers import AccountIdField
from provisioning.models import Run, Write


class RunRequestSerializer(StrictSerializer):
    """What to run. An apply is not asked for: it comes from approving a plan."""

    account_id = AccountIdField()
    kind = serializers.ChoiceField(
        [Run.Kind.LOOK.value, Run.Kind.CHECK.value],
        error_messages={"invalid_choice": "Use look or check; an apply comes from approving a plan."},
    )


class RunRowSerializer(serializers.ModelSerializer[Run]):
    """A run as lists show it."""

    class Meta:
        model = Run
        fields = [
            "id",
            "account_id",
            "kind",
            "state",
            "plan_id",
            "requested_by",
            "cause",
            "reason_code",
            "message",
            "aws_calls",
            "generation",
            "cancel_requested",
            "created_at",
            "started_at",
            "finished_at",
            "next_at",
        ]
        read_only_fields = fields


class WriteSerializer(serializers.ModelSerializer[Write]):
    """One AWS write: its intent was stored before it was sent."""

    class Meta:
        model = Write
        fields = ["n", "kind", "name", "service", "operation", "outcome", "aws_code", "intended_at", "answered_at"]
        read_only_fields = fields


class RunSerializer(RunRowSerializer):
    """A run with its outcome and its writes."""

    outcome = serializers.DictField()
    writes = WriteSerializer(many=True)

    class Meta(RunRowSerializer.Meta):
        fields = [*RunRowSerializer.Meta.fields, "outcome", "writes"]
        read_only_fields = fields
