"""Drift as JSON."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from provisioning.models import Drift
from provisioning.serializers.desired import OriginSerializer
from provisioning.serializers.difference import difference
from provisioning.serializers.plans import AnyJSONField
from provisioning.services.runbook_for import runbook_for

WHO = {
    Drift.Remedy.AUTO: ("firstline", "Firstline can repair it, as the mode of the item and the approvals allow."),
    Drift.Remedy.PERSON: ("person", "No call can repair it: the account's owner must act; the reason says why."),
    Drift.Remedy.NONE: ("nobody", "It is accepted, or cannot be removed yet: it is shown and counted apart."),
}


class DriftRowSerializer(serializers.ModelSerializer[Drift]):
    """A drift as lists show it."""

    environment = serializers.CharField(source="account.environment", read_only=True)
    runbook = serializers.SerializerMethodField()

    class Meta:
        model = Drift
        fields = [
            "id",
            "account_id",
            "environment",
            "kind",
            "name",
            "arn",
            "path",
            "type",
            "remedy",
            "reason",
            "runbook",
            "state",
            "fingerprint",
            "opened_at",
            "seen_at",
            "reopened_at",
            "resolved_at",
            "run_id",
        ]
        read_only_fields = fields

    def get_runbook(self, drift: Drift) -> str:
        """The page that tells a person what to do; '' where nobody has to do anything."""
        return runbook_for(drift)


class ResponsibilitySerializer(serializers.Serializer[Any]):
    """Who has to act."""

    who = serializers.ChoiceField([who for who, _ in WHO.values()])
    owner_team = serializers.CharField(allow_blank=True)
    reason = serializers.CharField(allow_blank=True, help_text="A reason code.")
    meaning = serializers.CharField()
    runbook = serializers.CharField(allow_blank=True, help_text="The page that tells a person what to do.")


class DifferenceSerializer(serializers.Serializer[Any]):
    """One place where the two differ; the side that has nothing there is left out."""

    pointer = serializers.CharField()
    desired = AnyJSONField(required=False)
    observed = AnyJSONField(required=False)


class DriftSerializer(DriftRowSerializer):
    """A drift with both sides, where the desired one comes from, and whose it is."""

    desired = AnyJSONField(allow_null=True)
    observed = AnyJSONField(allow_null=True)
    difference = serializers.SerializerMethodField()
    origins = OriginSerializer(many=True)
    responsibility = serializers.SerializerMethodField()

    class Meta(DriftRowSerializer.Meta):
        fields = [*DriftRowSerializer.Meta.fields, "desired", "observed", "difference", "origins", "responsibility"]
        read_only_fields = fields

    @extend_schema_field(DifferenceSerializer(many=True))
    def get_difference(self, drift: Drift) -> list[dict[str, Any]]:
        """The places where the two differ."""
        return difference(drift.desired, drift.observed)

    @extend_schema_field(ResponsibilitySerializer)
    def get_responsibility(self, drift: Drift) -> dict[str, str]:
        """Whose it is."""
        who, meaning = WHO[Drift.Remedy(drift.remedy)]
        team = drift.account.owner_team
        told = {"reason": drift.reason, "meaning": meaning, "runbook": runbook_for(drift)}
        return {"who": who, "owner_team": team, **told}
