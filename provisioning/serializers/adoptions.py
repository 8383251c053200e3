"""Adoptions as JSON: what would be taken over, where, and what became of approving it."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from access.strict import StrictSerializer
from provisioning.core.change import Action
from provisioning.core.plan import Risk
from provisioning.models import PlanRecord
from provisioning.serializers.difference import difference
from provisioning.serializers.drift import DifferenceSerializer
from provisioning.serializers.plans import DecideSerializer, ResourceKeySerializer, why_not_now
from provisioning.serializers.verifications import SelectorField
from provisioning.services.adoptions import MOST_PLANS, AdoptionGroup, Decided, Seen

DIGEST = r"\A[0-9a-f]{64}\Z"


class AdoptionChangeSerializer(serializers.Serializer[dict[str, Any]]):
    """One change of the group's plans; the account id stands as {account_id}."""

    action = serializers.ChoiceField([action.value for action in Action])
    key = ResourceKeySerializer()
    ledger_only = serializers.SerializerMethodField(help_text="Nothing is sent to AWS: it is taken into the ledger.")
    differences = serializers.SerializerMethodField()
    calls = serializers.SerializerMethodField(help_text="How many AWS writes.")
    risk = serializers.ChoiceField([risk.value for risk in Risk])
    reasons = serializers.ListField(child=serializers.CharField())

    def get_ledger_only(self, change: dict[str, Any]) -> bool:
        """Whether it makes no call."""
        return not change["calls"]

    def get_calls(self, change: dict[str, Any]) -> int:
        """How many."""
        return len(change["calls"])

    @extend_schema_field(DifferenceSerializer(many=True))
    def get_differences(self, change: dict[str, Any]) -> list[dict[str, Any]]:
        """Field by field: what is desired, and what is there now."""
        return difference(change["after"], change["before"])


class AdoptionPlanSerializer(serializers.ModelSerializer[PlanRecord]):
    """The plan of one account in the group. `context["actor"]` is who reads it."""

    account_name = serializers.CharField(source="account.name")
    plan_id = serializers.UUIDField(source="pk")
    why_not = serializers.SerializerMethodField(help_text="Why you can't approve it; empty when you can.")

    class Meta:
        model = PlanRecord
        fields = ["account_id", "account_name", "plan_id", "digest", "lane", "why_not"]
        read_only_fields = fields

    def get_why_not(self, plan: PlanRecord) -> str:
        """For the person who reads it."""
        return why_not_now(plan, self.context["actor"])


class AdoptionGroupSerializer(serializers.Serializer[AdoptionGroup]):
    """These accounts would get exactly this change."""

    fingerprint = serializers.CharField()
    seen = serializers.CharField(help_text="Send it with the fingerprint to approve the group as it is here.")
    accounts = serializers.SerializerMethodField(help_text="How many.")
    ledger_only = serializers.BooleanField(help_text="Nothing would be sent to AWS.")
    risk = serializers.ChoiceField([risk.value for risk in Risk])
    baseline_versions = serializers.ListField(child=serializers.CharField())
    changes = AdoptionChangeSerializer(many=True)
    plans = AdoptionPlanSerializer(many=True)

    def get_accounts(self, group: AdoptionGroup) -> int:
        """How many accounts."""
        return len(group.plans)


class SeenPlanSerializer(StrictSerializer):
    """One plan by the digest that was read."""

    plan_id = serializers.UUIDField()
    digest = DecideSerializer().fields["digest"]


class SeenGroupSerializer(StrictSerializer):
    """A whole group as it was read."""

    fingerprint = serializers.RegexField(DIGEST)
    seen = serializers.RegexField(DIGEST, error_messages={"invalid": "Send `seen` of the group you read."})


class AdoptSerializer(StrictSerializer):
    """What to approve: plans, or groups under the selector they were read with; none selects every account."""

    selector = SelectorField(required=False)
    plans = SeenPlanSerializer(many=True, required=False, max_length=MOST_PLANS)
    groups = SeenGroupSerializer(many=True, required=False, max_length=MOST_PLANS)
    comment = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Raises ValidationError when nothing is named."""
        if not attrs.get("plans") and not attrs.get("groups"):
            raise serializers.ValidationError("Name plans with their digests, or groups with what you saw of them.")
        return attrs

    @property
    def seen(self) -> Seen:
        """What the service takes."""
        given = self.validated_data
        return Seen(
            tuple((one["plan_id"], one["digest"]) for one in given.get("plans", [])),
            tuple((one["fingerprint"], one["seen"]) for one in given.get("groups", [])),
        )


class DecidedSerializer(serializers.Serializer[Decided]):
    """What became of one plan, or of a group that was not what was seen."""

    plan_id = serializers.UUIDField(allow_null=True)
    account_id = serializers.CharField(allow_blank=True)
    fingerprint = serializers.CharField(allow_blank=True)
    outcome = serializers.SerializerMethodField()
    code = serializers.CharField(allow_blank=True)
    detail = serializers.CharField(allow_blank=True)

    @extend_schema_field({"type": "string", "enum": ["approved", "refused"]})
    def get_outcome(self, decided: Decided) -> str:
        """Approved, or refused for `code`."""
        return "approved" if decided.approved else "refused"


class AdoptedSerializer(serializers.Serializer[Any]):
    """What became of every plan."""

    approved = serializers.IntegerField()
    refused = serializers.IntegerField()
    results = DecidedSerializer(many=True)
