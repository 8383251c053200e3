"""Desired states and snapshots as JSON."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from provisioning.core.desired import Mode
from provisioning.models import DesiredHead, DesiredState, PayerItem, SnapshotRecord
from provisioning.services.arns import with_arns


class OriginSerializer(serializers.Serializer[Any]):
    """Which baseline version and assignment an item comes from."""

    baseline = serializers.CharField()
    version = serializers.IntegerField()
    assignment = serializers.CharField()
    author = serializers.CharField()
    approved_for_production = serializers.BooleanField()
    member = serializers.CharField(
        required=False, help_text="The account it is declared for, where the payer keeps it."
    )


class DesiredItemSerializer(serializers.Serializer[Any]):
    """One declared resource."""

    kind = serializers.CharField()
    name = serializers.CharField()
    arn = serializers.CharField(allow_blank=True, help_text="Its ARN, as it is or will be.")
    declared = serializers.DictField()
    mode = serializers.ChoiceField([mode.value for mode in Mode])
    origins = OriginSerializer(many=True)


class ClosedScopeSerializer(serializers.Serializer[Any]):
    """Resources of this kind below this path that nobody declared are extra."""

    kind = serializers.CharField()
    path = serializers.CharField()
    origins = OriginSerializer(many=True)


class DesiredCheckSerializer(serializers.Serializer[Any]):
    """What somebody may or may not do."""

    name = serializers.CharField()
    description = serializers.CharField()
    holder = serializers.ChoiceField(["role", "group", "user"])
    principal = serializers.CharField()
    actions = serializers.ListField(child=serializers.CharField())
    resources = serializers.ListField(child=serializers.CharField())
    context = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))
    expect = serializers.ChoiceField(["allowed", "denied"])
    considers = serializers.ChoiceField(["identity", "full"])
    origins = OriginSerializer(many=True)


class RenderFailureSerializer(serializers.Serializer[Any]):
    """Why the newest rendering failed."""

    pointer = serializers.CharField()
    message = serializers.CharField()


class DesiredStateSerializer(serializers.Serializer[Any]):
    """What all assignments of an account merge and render to."""

    account_id = serializers.CharField()
    generation = serializers.IntegerField(allow_null=True, help_text="null while nothing was ever assigned.")
    digest = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField(allow_null=True)
    created_by = serializers.CharField(allow_blank=True)
    rendered_at = serializers.DateTimeField(allow_null=True)
    failure = RenderFailureSerializer(
        many=True, help_text="Not empty: rendering fails now, and this older generation stays in force."
    )
    items = DesiredItemSerializer(many=True)
    closed = ClosedScopeSerializer(many=True)
    checks = DesiredCheckSerializer(many=True)
    payer = serializers.CharField(
        allow_null=True, help_text="The account that keeps `at_payer`; null where nothing is."
    )
    at_payer = DesiredItemSerializer(
        many=True, help_text="Declared for this account, kept by the payer under these names: shown here only."
    )


def desired_state(account_id: str, head: DesiredHead | None) -> dict[str, Any]:
    """The generation in force as the serializer takes it; empty when nothing is assigned."""
    state = head.current if head else None
    return {
        "account_id": account_id,
        "generation": state.generation if state else None,
        "digest": state.digest if state else "",
        "created_at": state.created_at if state else None,
        "created_by": state.created_by if state else "",
        "rendered_at": head.rendered_at if head else None,
        "failure": (head.failure or []) if head else [],
        "items": with_arns(account_id, state.data["items"]) if state else [],
        "closed": state.data["closed"] if state else [],
        "checks": state.data.get("checks", []) if state else [],
        **kept_at_payer(account_id, state),
    }


def kept_at_payer(account_id: str, state: DesiredState | None) -> dict[str, Any]:
    """What this generation has kept elsewhere, and where."""
    items = state.data.get("at_payer", []) if state else []
    row = PayerItem.objects.filter(member_id=account_id, is_gone=False).order_by("pk").first() if items else None
    payer_id = row.payer_id if row else None
    return {"payer": payer_id, "at_payer": with_arns(payer_id, items) if payer_id else with_arns(account_id, items)}


class SectionSerializer(serializers.Serializer[Any]):
    """A section that was read to its end (`hash`), or why it was not (`unreadable`)."""

    hash = serializers.CharField(required=False)
    unreadable = serializers.CharField(required=False)


class SnapshotSerializer(serializers.ModelSerializer[SnapshotRecord]):
    """What looks saw from `first_seen_at` to `last_seen_at`."""

    sections = serializers.SerializerMethodField()

    class Meta:
        model = SnapshotRecord
        fields = ["account_id", "run_id", "first_seen_at", "last_seen_at", "sections"]
        read_only_fields = fields

    @extend_schema_field(serializers.DictField(child=SectionSerializer()))
    def get_sections(self, snapshot: SnapshotRecord) -> dict[str, Any]:
        """The manifest, by section."""
        manifest: dict[str, Any] = snapshot.manifest
        return manifest
