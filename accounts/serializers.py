"""Accounts as JSON: shape only; rules are in the services."""

import re
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field, inline_serializer
from rest_framework import serializers

from access.strict import StrictSerializer
from accounts.models import LONGEST, SHORTEST, Account
from accounts.schedule import Source, interval_of
from accounts.services.register_accounts import PARTITION, NewAccount

ACCOUNT_ID = re.compile(r"[0-9]{12}", re.ASCII)
ACCOUNT_ID_HINT = 'An AWS account id is 12 digits, e.g. "012345678901".'
TAGS = 50


class AccountIdField(serializers.CharField):
    """12 digits, as text: a JSON number would lose leading zeros."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_length=12, max_length=12, trim_whitespace=False, **options)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """The id. Raises ValidationError that says what an id looks like."""
        if data is not serializers.empty and not (isinstance(data, str) and ACCOUNT_ID.fullmatch(data)):
            raise serializers.ValidationError(ACCOUNT_ID_HINT)
        return super().run_validation(data)


class LineField(serializers.CharField):
    """One line of text: no control characters, so that no log line or page can be forged with it."""

    def to_internal_value(self, data: Any) -> str:
        """The text. Raises ValidationError."""
        text: str = super().to_internal_value(data)
        if not text.isprintable():
            raise serializers.ValidationError("Use printable characters only, on one line.")
        return text


class OuPathField(LineField):
    """Where the account stands in the organisation, e.g. /workloads/dev; / is its root."""

    def to_internal_value(self, data: Any) -> str:
        """The path. Raises ValidationError."""
        path = super().to_internal_value(data)
        if path != "/" and not re.fullmatch(r"(/[^/ ]([^/]*[^/ ])?)+", path):
            raise serializers.ValidationError(
                "Write the OU path from the root, e.g. /workloads/dev, or / for the root."
            )
        return path


class ExternalIdField(serializers.CharField):
    """A value for sts:ExternalId, or empty for the organisation's. Never shown again."""

    def to_internal_value(self, data: Any) -> str:
        """The id. Raises ValidationError that does not repeat it."""
        text: str = super().to_internal_value(data)
        if text and not re.fullmatch(r"[\w+=,.@:/-]{2,1224}", text, re.ASCII):
            raise serializers.ValidationError("AWS takes 2 to 1,224 letters, digits and any of =,.@:/-_+ here.")
        return text


class TagsField(serializers.DictField):
    """The account's tags, as AWS Organizations allows them."""

    child = LineField(max_length=256, allow_blank=True)

    def to_internal_value(self, data: Any) -> dict[str, str]:
        """The tags. Raises ValidationError."""
        tags: dict[str, str] = super().to_internal_value(data)
        if len(tags) > TAGS:
            raise serializers.ValidationError(f"An account has at most {TAGS} tags.")
        for key in tags:
            if not (1 <= len(key) <= 128 and key.isprintable()):
                raise serializers.ValidationError({key: ["A tag key has 1 to 128 printable characters."]})
        return tags


def _environment(**options: Any) -> serializers.ChoiceField:
    hint = f"Use one of {', '.join(Account.Environment.values)}."
    return serializers.ChoiceField(Account.Environment.choices, error_messages={"invalid_choice": hint}, **options)


class AccountChangeSerializer(StrictSerializer):
    """What may be changed of an account; fields left out stay as they are."""

    name = LineField(max_length=100)
    environment = _environment()
    ou_path = OuPathField(max_length=512, required=False)
    tags = TagsField(required=False)
    owner_team = LineField(max_length=100, required=False, allow_blank=True)
    external_id = ExternalIdField(max_length=1224, required=False, allow_blank=True, write_only=True)
    look_interval_minutes = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=SHORTEST,
        max_value=LONGEST,
        help_text="How often it is looked at; null: as its environment.",
    )
    is_management_account = serializers.BooleanField(
        required=False, help_text="It pays for the organisation: observed only, but for the budgets it keeps."
    )


class NewAccountSerializer(AccountChangeSerializer):
    """An account to register."""

    account_id = AccountIdField()
    partition = serializers.CharField(required=False, max_length=16)

    def validate_partition(self, value: str) -> str:
        """Raises ValidationError for an account of another partition."""
        if value != PARTITION:
            raise serializers.ValidationError(
                f"This installation serves the partition {PARTITION} only: "
                "one installation serves one partition, so register this account with another."
            )
        return value

    def to_new_account(self) -> NewAccount:
        """What the service takes."""
        return NewAccount(**{name: value for name, value in self.validated_data.items() if name != "partition"})


class AccountSerializer(serializers.ModelSerializer[Account]):
    """An account's own fields."""

    has_own_external_id = serializers.SerializerMethodField()
    environment = serializers.ChoiceField(
        [*Account.Environment.choices, ""], help_text="Empty: found by a discovery, and nobody has decided yet."
    )
    tags = serializers.DictField(child=serializers.CharField(), help_text="Those AWS has, and those set here.")
    aws_tags = serializers.DictField(child=serializers.CharField(), help_text="As AWS had them last.")
    look_interval = serializers.SerializerMethodField()

    class Meta:
        model = Account
        fields = [
            "account_id",
            "name",
            "environment",
            "ou_path",
            "tags",
            "owner_team",
            "state",
            "state_reason",
            "state_since",
            "apply_role",
            "partition",
            "is_management_account",
            "paused",
            "pause_reason",
            "has_own_external_id",
            "look_interval_minutes",
            "look_interval",
            "next_due_at",
            "check_due_at",
            "in_organisation",
            "is_management_account",
            "email",
            "aws_state",
            "joined_method",
            "joined_at",
            "aws_tags",
            "registered_by",
            "created_at",
            "updated_at",
        ]
        read_only_fields = fields

    @extend_schema_field(
        inline_serializer(
            "LookInterval",
            {
                "minutes": serializers.FloatField(),
                "source": serializers.ChoiceField([source.value for source in Source]),
            },
        )
    )
    def get_look_interval(self, account: Account) -> dict[str, Any]:
        """How often it is looked at, and who says so."""
        interval = interval_of(account.environment, account.look_interval_minutes)
        return {"minutes": interval.minutes, "source": interval.source.value}

    @extend_schema_field(OpenApiTypes.BOOL)
    def get_has_own_external_id(self, account: Account) -> bool:
        """Whether it overrides the organisation's external id."""
        return bool(account.external_id)
