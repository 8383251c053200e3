"""Hand-overs as JSON. A secret is in the answer of one read and in nothing else."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from access.strict import StrictSerializer
from accounts.serializers import LineField
from provisioning.models import HandOver
from provisioning.services.read_hand_over import HandedOver


class NewHandOverSerializer(StrictSerializer):
    """For which user, what, and who reads it."""

    user = LineField(max_length=64, help_text="A user that a baseline declares in this account.")
    what = serializers.ChoiceField(HandOver.What.choices)
    replaces = serializers.RegexField(
        r"^[A-Z0-9]{16,128}$",
        required=False,
        help_text="Id of the access key that is retired once this one is used.",
    )
    public_key = serializers.CharField(
        max_length=4000, required=False, help_text="The reader's RSA public key (PEM): only they can decrypt it then."
    )

    def get_fields(self) -> dict[str, Any]:
        """`for` is a word of Python, so it can't be written as a field."""
        reader = LineField(max_length=150, source="reader", help_text="Who reads it: a person's name.")
        return {**super().get_fields(), "for": reader}


class HandOverSerializer(serializers.ModelSerializer[HandOver]):
    """Where a hand-over stands; never what is handed over."""

    user = serializers.CharField(source="user_name", read_only=True)
    arn = serializers.CharField(source="user_arn", read_only=True, help_text="The user's ARN, once AWS told it.")
    has_public_key = serializers.SerializerMethodField()

    class Meta:
        model = HandOver
        fields = [
            "id",
            "account_id",
            "user",
            "arn",
            "what",
            "state",
            "has_public_key",
            "replaces",
            "key_id",
            "requested_by",
            "created_at",
            "decided_by",
            "decided_at",
            "made_at",
            "expires_at",
            "ended_at",
            "ended_by",
            "taken_back_at",
            "old_key",
            "delete_old_at",
            "reason_code",
            "message",
        ]
        read_only_fields = fields

    def get_fields(self) -> dict[str, Any]:
        """As in a request."""
        reader = serializers.CharField(source="reader", read_only=True, help_text="The one person who may read it.")
        return {**super().get_fields(), "for": reader}

    @extend_schema_field(serializers.BooleanField())
    def get_has_public_key(self, row: HandOver) -> bool:
        return bool(row.public_key)


class HandedOverSerializer(serializers.Serializer[Any]):
    """What is shown once. `encrypted` takes the place of the secret where the reader gave a public key."""

    account_id = serializers.CharField()
    user = serializers.CharField()
    sign_in_url = serializers.URLField()
    password = serializers.CharField(required=False, help_text="To be changed at the first sign-in.")
    access_key_id = serializers.CharField(required=False)
    secret_access_key = serializers.CharField(required=False)
    encrypted = serializers.CharField(required=False, help_text="Base64; RSA-OAEP with SHA-256 by the reader's key.")


def handed_over(found: HandedOver) -> dict[str, Any]:
    """The one answer that holds the secret."""
    row, secret = found.row, found.secret.reveal()
    shown = {"account_id": row.account_id, "user": row.user_name, "sign_in_url": found.sign_in_url}
    is_key = row.what == HandOver.What.ACCESS_KEY
    if is_key:
        shown["access_key_id"] = row.key_id
    name = "encrypted" if row.public_key else "secret_access_key" if is_key else "password"
    return {**shown, name: secret}
