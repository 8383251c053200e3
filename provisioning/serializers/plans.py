"""Plans as JSON."""

from collections import Counter
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from access.roles import Actor, Permission
from access.strict import StrictSerializer
from provisioning.core.change import Action
from provisioning.core.plan import Risk
from provisioning.models import Decision, PlanRecord
from provisioning.services.claimable import why_not_written_to
from provisioning.services.decide_plan import why_not_approver


class DecideSerializer(StrictSerializer):
    """A decision names the digest of the plan that was read."""

    digest = serializers.RegexField(
        r"\A[0-9a-f]{64}\Z", error_messages={"invalid": "Send the digest of the plan you read: 64 hexadecimal digits."}
    )
    comment = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class PlanSummarySerializer(serializers.Serializer[Any]):
    """How much a plan would do."""

    create = serializers.IntegerField()
    update = serializers.IntegerField()
    adopt = serializers.IntegerField()
    calls = serializers.IntegerField()


class PlanRowSerializer(serializers.ModelSerializer[PlanRecord]):
    """A plan as lists show it."""

    risk = serializers.ChoiceField([risk.value for risk in Risk])
    reasons = serializers.ListField(child=serializers.CharField())
    authors = serializers.ListField(child=serializers.CharField())
    summary = serializers.SerializerMethodField()

    class Meta:
        model = PlanRecord
        fields = [
            "id",
            "account_id",
            "lane",
            "state",
            "risk",
            "reasons",
            "summary",
            "digest",
            "fingerprint",
            "generation",
            "look_id",
            "requested_by",
            "authors",
            "created_at",
            "seen_at",
            "expires_at",
        ]
        read_only_fields = fields

    @extend_schema_field(PlanSummarySerializer)
    def get_summary(self, plan: PlanRecord) -> dict[str, int]:
        """Changes by action, and the number of AWS writes."""
        changes = plan.data["changes"]
        actions = Counter(change["action"] for change in changes)
        calls = sum(len(change["calls"]) for change in changes)
        return {**{action.value: actions[action.value] for action in Action}, "calls": calls}


class ResourceKeySerializer(serializers.Serializer[Any]):
    """One resource of the account."""

    kind = serializers.CharField()
    name = serializers.CharField()
    region = serializers.CharField(allow_blank=True)


class CallSerializer(serializers.Serializer[Any]):
    """One AWS call, with the (IAM action, ARN) pairs it needs."""

    service = serializers.CharField()
    operation = serializers.CharField()
    params = serializers.DictField()
    actions = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))
    accepts = serializers.ListField(
        child=serializers.CharField(), help_text="AWS error codes that mean: it is so already."
    )


@extend_schema_field({})
class AnyJSONField(serializers.JSONField):
    """Any JSON value."""


class PlannedChangeSerializer(serializers.Serializer[Any]):
    """One change: what is managed before and after it, and its exact calls in order."""

    action = serializers.ChoiceField([action.value for action in Action])
    key = ResourceKeySerializer()
    fields_changed = serializers.ListField(child=serializers.CharField(), source="fields")
    before = AnyJSONField(allow_null=True)
    after = AnyJSONField(allow_null=True)
    before_hash = serializers.CharField()
    after_hash = serializers.CharField()
    calls = CallSerializer(many=True)
    risk = serializers.ChoiceField([risk.value for risk in Risk])
    reasons = serializers.ListField(child=serializers.CharField())


class DecisionSerializer(serializers.ModelSerializer[Decision]):
    """Who decided what about which digest, and why."""

    class Meta:
        model = Decision
        fields = ["verb", "digest", "by", "comment", "at"]
        read_only_fields = fields


class ApprovalSerializer(serializers.Serializer[Any]):
    """Whether you may approve this plan now, and who never may."""

    possible = serializers.BooleanField()
    why_not = serializers.CharField(allow_blank=True)
    not_by = serializers.ListField(child=serializers.CharField(), help_text="Who asked for it or wrote it.")


class CheckAnswerSerializer(serializers.Serializer[Any]):
    """One answer that tells why a check does not hold."""

    action = serializers.CharField()
    resource = serializers.CharField()
    decision = serializers.CharField()
    sentence = serializers.CharField()


class CheckEffectSerializer(serializers.Serializer[Any]):
    """What would be true of one check of the account after the plan."""

    check = serializers.CharField(help_text="What it goes by.")
    before = serializers.ChoiceField(["holds", "fails", "cannot_tell"])
    result = serializers.ChoiceField(["holds", "fails", "cannot_tell"], help_text="After the plan.")
    newly_fails = serializers.BooleanField(help_text="The plan makes it fail; the change that does waits for a person.")
    expected = serializers.ChoiceField(["allowed", "denied"])
    found = serializers.ChoiceField(["allowed", "denied", "cannot_tell"])
    sentence = serializers.CharField(help_text="Why it would not hold; empty where it would.")
    missing = serializers.ListField(child=serializers.CharField())
    answers = CheckAnswerSerializer(many=True)


class PlanSerializer(PlanRowSerializer):
    """A plan to decide about. `context["actor"]` is who reads it."""

    changes = PlannedChangeSerializer(many=True, source="data.changes")
    baseline_versions = serializers.ListField(child=serializers.CharField(), source="data.baseline_versions")
    checks = CheckEffectSerializer(many=True)
    decisions = DecisionSerializer(many=True)
    approval = serializers.SerializerMethodField()

    class Meta(PlanRowSerializer.Meta):
        fields = [*PlanRowSerializer.Meta.fields, "baseline_versions", "changes", "checks", "decisions", "approval"]
        read_only_fields = fields

    @extend_schema_field(ApprovalSerializer)
    def get_approval(self, plan: PlanRecord) -> dict[str, Any]:
        """For the person who reads it."""
        why_not = why_not_now(plan, self.context["actor"])
        return {"possible": not why_not, "why_not": why_not, "not_by": sorted({plan.requested_by, *plan.authors})}


def why_not_now(plan: PlanRecord, actor: Actor) -> str:
    """Why this actor can't approve the plan now; '' when they can. The service asks the same again."""
    if plan.lane == PlanRecord.Lane.OBSERVE:
        return "It is shown only: its items are in mode observe."
    if plan.state != PlanRecord.State.PROPOSED:
        return f"It is {plan.state}."
    if plan.expires_at <= timezone.now():
        return "It is expired."
    if why := why_not_written_to(plan.account):
        return why
    if not actor.may(Permission.APPROVE, plan.account):
        return "It takes an approver."
    return why_not_approver(plan, actor.name)
