"""People's rights as JSON: shape only; rules are in the services."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from access.models import RoleBinding, Team, Token
from access.roles import Grant, Role
from access.scopes import Scope, parse_scope
from access.services.create_token import DAYS, LONGEST_DAYS
from access.services.rotate_token import LONGEST_OVERLAP_HOURS, OVERLAP_HOURS
from access.strict import StrictSerializer

SCOPE_HINT = "fleet, ou:/path, environment:name, team:name or account:12 digits"


class NothingSerializer(StrictSerializer):
    """A request that takes no fields."""


@extend_schema_field(OpenApiTypes.STR)
class ScopeField(serializers.Field):  # type: ignore[type-arg]
    """A part of the fleet, as text."""

    def __init__(self, **options: Any) -> None:
        super().__init__(help_text=SCOPE_HINT, **options)

    def to_internal_value(self, data: Any) -> Any:
        """The scope. Raises ValidationError that says what to write."""
        if not isinstance(data, str):
            raise serializers.ValidationError(f"Write {SCOPE_HINT}.")
        try:
            return parse_scope(data)
        except ValueError as error:
            raise serializers.ValidationError(str(error)) from None

    def to_representation(self, value: Scope) -> str:
        """As text."""
        return str(value)


def _role() -> serializers.ChoiceField:
    hint = f"Use one of {', '.join(Role.values)}."
    return serializers.ChoiceField(Role.choices, error_messages={"invalid_choice": hint})


class NewGrantSerializer(StrictSerializer):
    """A role on a part of the fleet."""

    role = _role()
    scope = ScopeField()


class GrantSerializer(serializers.Serializer[Any]):
    """A role on a part of the fleet."""

    role = serializers.ChoiceField(Role.choices)
    scope = serializers.CharField(help_text=SCOPE_HINT)


class MyTokenSerializer(serializers.Serializer[Any]):
    """The token that was sent."""

    key_id = serializers.CharField()
    grants = GrantSerializer(many=True)


class MeSerializer(serializers.Serializer[Any]):
    """Who asks, and what they may."""

    name = serializers.CharField()
    grants = GrantSerializer(many=True)
    token = MyTokenSerializer(allow_null=True)
    permissions = serializers.ListField(child=serializers.CharField(), help_text="Held somewhere.")
    on_the_whole_fleet = serializers.ListField(child=serializers.CharField(), help_text="Held everywhere.")


class NewTokenSerializer(StrictSerializer):
    """A token to make for oneself."""

    name = serializers.CharField(max_length=100, help_text="Where it is used, e.g. laptop.")
    grants = NewGrantSerializer(many=True, allow_empty=False)
    days = serializers.IntegerField(required=False, default=DAYS, min_value=1, max_value=LONGEST_DAYS)
    allowed_cidrs = serializers.ListField(
        child=serializers.CharField(max_length=43), required=False, max_length=20, help_text="[] for anywhere."
    )

    def validate_grants(self, value: list[dict[str, Any]]) -> list[Grant]:
        """As the service takes them."""
        return [Grant(Role(one["role"]), one["scope"]) for one in value]


class RotateSerializer(StrictSerializer):
    """How a token is replaced."""

    overlap_hours = serializers.IntegerField(
        required=False, default=OVERLAP_HOURS, min_value=0, max_value=LONGEST_OVERLAP_HOURS
    )
    days = serializers.IntegerField(required=False, default=DAYS, min_value=1, max_value=LONGEST_DAYS)


class TokenSerializer(serializers.ModelSerializer[Token]):
    """A token without its secret."""

    user = serializers.CharField(source="user.username", read_only=True)
    grants = GrantSerializer(many=True)
    allowed_cidrs = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = Token
        fields = [
            "key_id",
            "user",
            "name",
            "grants",
            "allowed_cidrs",
            "created_at",
            "expires_at",
            "last_used_at",
            "revoked_at",
            "rotated_to",
        ]
        read_only_fields = fields


class TokenWithSecretSerializer(TokenSerializer):
    """A new token, with the text that is shown this once."""

    token = serializers.CharField(read_only=True)

    class Meta(TokenSerializer.Meta):
        fields = [*TokenSerializer.Meta.fields, "token"]
        read_only_fields = fields


class NewTeamSerializer(StrictSerializer):
    """A team to make."""

    name = serializers.CharField(max_length=100, help_text="Lower-case letters, digits and hyphens.")
    description = serializers.CharField(max_length=200, required=False, allow_blank=True)


class TeamSerializer(serializers.ModelSerializer[Team]):
    """A team."""

    class Meta:
        model = Team
        fields = ["name", "description", "created_at"]
        read_only_fields = fields


class NewRoleBindingSerializer(StrictSerializer):
    """A role to give."""

    user = serializers.CharField(max_length=150)
    role = _role()
    scope = ScopeField()
    expires_at = serializers.DateTimeField(required=False, allow_null=True)

    def validate_role(self, value: str) -> Role:
        """As the service takes it."""
        return Role(value)


class RoleBindingSerializer(serializers.ModelSerializer[RoleBinding]):
    """A role somebody holds."""

    user = serializers.CharField(source="user.username", read_only=True)
    scope = ScopeField(source="grant.scope", read_only=True)

    class Meta:
        model = RoleBinding
        fields = ["id", "user", "role", "scope", "granted_by", "granted_at", "expires_at"]
        read_only_fields = fields
