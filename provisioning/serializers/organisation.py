"""Discoveries and the organisation's units as JSON."""

from typing import Any

from rest_framework import serializers

from accounts.models import Discovery


class DiscoverySerializer(serializers.ModelSerializer[Discovery]):
    """A discovery, how far it is, and what it found."""

    counts = serializers.DictField(
        child=serializers.IntegerField(), help_text="Accounts, units and policies read, and how many changed in what."
    )
    told = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()),
        help_text="Accounts that somebody should look at, by why; the first 200 of each.",
    )
    causes = serializers.ListField(child=serializers.CharField(), help_text="What it may be when it failed.")

    class Meta:
        model = Discovery
        fields = [
            "id",
            "state",
            "requested_by",
            "cause",
            "created_at",
            "started_at",
            "finished_at",
            "aws_calls",
            "counts",
            "told",
            "reason_code",
            "message",
            "causes",
        ]
        read_only_fields = fields


class UnitSerializer(serializers.Serializer[Any]):
    """A root or an organisational unit."""

    path = serializers.CharField()
    name = serializers.CharField()
    parent = serializers.CharField(help_text="The path of the unit above; empty: none.")
    depth = serializers.IntegerField()
    unit_id = serializers.CharField(help_text="As AWS has it, e.g. ou-…; empty where no discovery read it.")
    accounts = serializers.IntegerField(help_text="Right below it.")
    accounts_below = serializers.IntegerField(help_text="In it and in all units below.")
    by_environment = serializers.DictField(
        child=serializers.IntegerField(), help_text="Of those below; an empty name is undecided."
    )


class UnitTreeSerializer(serializers.Serializer[Any]):
    """The organisation as its reader may see it; AWS allows 2,000 units, so it comes in one piece."""

    discovered_at = serializers.DateTimeField(
        source="discovery.finished_at", default=None, allow_null=True, help_text="null: no discovery is complete."
    )
    units = UnitSerializer(many=True, help_text="A unit comes before those below it.")
