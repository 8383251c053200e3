"""Attestations as JSON."""

from rest_framework import serializers

from access.strict import StrictSerializer
from accounts.serializers import AccountIdField, LineField
from provisioning.models import Attestation


class NewAttestationSerializer(StrictSerializer):
    """What a person says of an account, and what shows it."""

    account_id = AccountIdField()
    kind = serializers.CharField(max_length=64, help_text="What no API can read, e.g. billing_access.")
    value = serializers.DictField(help_text='The fields of the kind as they stand, e.g. {"activated": true}.')
    statement = LineField(max_length=500)
    evidence = LineField(max_length=2000, help_text="What was seen and where, or a link to it.")
    review_on = serializers.DateField(help_text="The last day it holds, at most 400 days ahead.")


class WithdrawSerializer(StrictSerializer):
    """Why it no longer holds."""

    reason = LineField(max_length=500)


class AttestationSerializer(serializers.ModelSerializer[Attestation]):
    """One attestation; how it ended, if it did."""

    value = serializers.DictField()
    state = serializers.ChoiceField(Attestation.State.choices, read_only=True)

    class Meta:
        model = Attestation
        fields = [
            "id",
            "account_id",
            "kind",
            "name",
            "value",
            "statement",
            "evidence",
            "by",
            "at",
            "review_on",
            "source",
            "state",
            "ended_at",
            "ended_by",
            "ended_reason",
        ]
        read_only_fields = fields
