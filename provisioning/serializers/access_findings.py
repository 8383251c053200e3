"""Findings of IAM Access Analyzer as JSON."""

from typing import Any

from rest_framework import serializers


class AccessFindingSerializer(serializers.Serializer[Any]):
    """One active finding."""

    id = serializers.SerializerMethodField()
    analyzer = serializers.CharField(help_text="region/type, as it is declared.")
    region = serializers.CharField()
    type = serializers.CharField(help_text="ExternalAccess, UnusedIAMRole, UnusedPermission …")
    resource = serializers.CharField(allow_blank=True, help_text="ARN of what it is about.")
    resource_type = serializers.CharField()
    found_at = serializers.DateTimeField(required=False)
    updated_at = serializers.DateTimeField(required=False)

    def get_id(self, row: dict[str, Any]) -> str:
        """AWS's id of the finding."""
        return str(row["name"]).rpartition("/")[2]


class AccessFindingsSerializer(serializers.Serializer[Any]):
    """The active findings of an account."""

    account_id = serializers.CharField()
    observed_at = serializers.DateTimeField(
        allow_null=True, help_text="null: the last look read none; no analyzer is declared, or it could not be read."
    )
    total = serializers.IntegerField(help_text="All that match, listed or not.")
    by_type = serializers.DictField(child=serializers.IntegerField())
    findings = AccessFindingSerializer(many=True, help_text="The first 500.")
