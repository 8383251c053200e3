"""Reports as JSON. Recipients are shown to who may change them; to others, how many there are."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from access.roles import Actor, Permission
from access.serializers import ScopeField
from access.strict import StrictSerializer
from accounts.serializers import LineField
from provisioning.models import Report
from provisioning.services.keep_reports import MOST_RECIPIENTS


class ReportChangeSerializer(StrictSerializer):
    """What can be changed of a report."""

    name = LineField(max_length=100, help_text="The subject of its mails begins with it.")
    every = serializers.ChoiceField(Report.Every.choices)
    day = serializers.IntegerField(
        min_value=1,
        max_value=28,
        required=False,
        allow_null=True,
        help_text="Weekly: 1 Monday to 7 Sunday; monthly: 1 to 28; daily: none.",
    )
    hour = serializers.IntegerField(min_value=0, max_value=23, help_text="Of the day, UTC.")
    recipients = serializers.ListField(
        child=serializers.CharField(max_length=254), min_length=1, max_length=MOST_RECIPIENTS, help_text="Addresses."
    )


class NewReportSerializer(ReportChangeSerializer):
    """A report to make."""

    scope = ScopeField()


class ReportSerializer(serializers.ModelSerializer[Report]):
    """A report. `context["actor"]` is who reads it."""

    scope = serializers.CharField(read_only=True)
    state = serializers.ChoiceField(["scheduled", "failed", "ended"], read_only=True)
    recipients = serializers.SerializerMethodField()
    recipient_count = serializers.SerializerMethodField()

    class Meta:
        model = Report
        fields = [
            "id",
            "name",
            "every",
            "day",
            "hour",
            "scope",
            "recipients",
            "recipient_count",
            "state",
            "created_by",
            "created_at",
            "next_at",
            "last_sent_at",
            "last_failure",
            "last_failed_at",
            "ended_at",
            "ended_by",
        ]
        read_only_fields = fields

    @extend_schema_field({"type": ["array", "null"], "items": {"type": "string"}})
    def get_recipients(self, report: Report) -> list[str] | None:
        """Null for who may not change them."""
        actor: Actor = self.context["actor"]
        found: list[str] = report.recipients
        return found if actor.may_over(Permission.OPERATE, report.scope) else None

    def get_recipient_count(self, report: Report) -> int:
        """How many."""
        return len(report.recipients)


class ReportPreviewSerializer(serializers.Serializer[Any]):
    """What would be sent now."""

    subject = serializers.CharField()
    text = serializers.CharField()
    html = serializers.CharField()
