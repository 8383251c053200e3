"""Requests for accounts as JSON: shape only; rules are in the services."""

import re
from typing import Any

from rest_framework import serializers

from access.strict import StrictSerializer
from accounts.account_request import AccountRequest
from accounts.core.creation_failures import WayOn
from accounts.core.creation_search import MARK
from accounts.models import Account
from accounts.serializers import AccountIdField, LineField, OuPathField, TagsField

TAGS = 49
"""An account has 50 at most, and one of them is our mark."""


class AccountNameField(LineField):
    """As CreateAccount takes it: 1 to 50 printable ASCII characters (Organizations API reference)."""

    def to_internal_value(self, data: Any) -> str:
        """The name. Raises ValidationError."""
        name = super().to_internal_value(data)
        if not re.fullmatch(r"[ -~]{1,50}", name):
            raise serializers.ValidationError("AWS takes 1 to 50 letters, digits and signs of ASCII as a name.")
        return name


class AddressField(LineField):
    """The e-mail address of the account's root user, as CreateAccount takes it."""

    def to_internal_value(self, data: Any) -> str:
        """The address. Raises ValidationError."""
        address = super().to_internal_value(data)
        if not re.fullmatch(r"[!-~]+@[!-?A-~]+\.[!-?A-~]+", address) or not 6 <= len(address) <= 64:
            raise serializers.ValidationError("AWS takes an e-mail address of 6 to 64 ASCII characters.")
        return address


class NewTagsField(TagsField):
    """Tags that the account is made with."""

    def to_internal_value(self, data: Any) -> dict[str, str]:
        """The tags. Raises ValidationError."""
        tags = super().to_internal_value(data)
        if len(tags) > TAGS:
            raise serializers.ValidationError(f"Give at most {TAGS} tags: Firstline adds one of its own.")
        if taken := sorted(key for key in tags if key == MARK or key.lower().startswith("aws:")):
            raise serializers.ValidationError({key: ["This key is not yours to give."] for key in taken})
        return tags


class CorrectionSerializer(StrictSerializer):
    """What is corrected of a request that failed; fields left out stay as they are."""

    name = AccountNameField(max_length=50, help_text="What AWS shows the account as.")
    email = AddressField(max_length=64, help_text="Of the account's root user; no other account may have it.")
    environment = serializers.ChoiceField(Account.Environment.choices)
    ou_path = OuPathField(max_length=512, help_text="The OU it is moved to, which must be there.")
    owner_team = LineField(max_length=100, required=False, allow_blank=True)
    tags = NewTagsField(required=False)
    billing_access = serializers.ChoiceField(
        AccountRequest.Billing.choices,
        required=False,
        help_text="Whether users and roles with the permission see the billing pages.",
    )


class NewAccountRequestSerializer(CorrectionSerializer):
    """An account that somebody asks for."""

    reason = LineField(max_length=500, required=False, allow_blank=True, help_text="What it is for.")


class RequestDecisionSerializer(StrictSerializer):
    """A decision about a request, bound to what was read by If-Match."""

    comment = LineField(max_length=500, required=False, allow_blank=True, default="")


class FoundAccountField(AccountIdField):
    """12 digits, or null."""

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """The id, or None. Raises ValidationError."""
        return None if data is None else super().run_validation(data)


class ResolveSerializer(StrictSerializer):
    """What a person found out where nobody could tell."""

    account_id = FoundAccountField(
        required=True, allow_null=True, help_text="The account that came of it; null: no account was made."
    )
    comment = LineField(max_length=500, help_text="Where you looked.")


class AccountRequestSerializer(serializers.ModelSerializer[AccountRequest]):
    """One request, how far it is, and what can be done about it."""

    tags = serializers.DictField(child=serializers.CharField())
    way_on = serializers.ChoiceField([*(one.value for one in WayOn), ""])

    class Meta:
        model = AccountRequest
        fields = [
            "id",
            "name",
            "email",
            "environment",
            "ou_path",
            "owner_team",
            "tags",
            "billing_access",
            "reason",
            "state",
            "state_since",
            "failure",
            "message",
            "way_on",
            "account_id",
            "requested_by",
            "corrected_by",
            "decided_by",
            "decided_at",
            "comment",
            "created_at",
            "finished_at",
        ]
        read_only_fields = fields
