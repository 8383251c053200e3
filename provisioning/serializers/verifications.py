"""Access verifications as JSON and CSV."""

from collections.abc import Iterable, Iterator
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from access.strict import StrictSerializer
from accounts.models import Account
from accounts.selectors import AccountSelector, SelectorError, parse
from provisioning.models import AccessVerification
from provisioning.services.access_table import AccessRow, Outcome, RoleResult, summary_of


class SelectorSerializer(serializers.Serializer[Any]):
    """Which accounts: conditions that all must hold, or `all` alone."""

    all = serializers.BooleanField(required=False)
    environment = serializers.ChoiceField(Account.Environment.choices, required=False)
    ou = serializers.CharField(required=False, help_text="The OU and everything below it.")
    tag = serializers.CharField(required=False, help_text="key=value, or key for any value.")
    owner_team = serializers.CharField(required=False)
    state = serializers.ChoiceField(Account.State.choices, required=False)
    account_ids = serializers.ListField(child=serializers.CharField(), required=False)


@extend_schema_field(SelectorSerializer)
class SelectorField(serializers.Field[AccountSelector, Any, Any, Any]):
    """A selector, read by accounts/selectors.py."""

    def to_internal_value(self, data: Any) -> AccountSelector:
        """The selector. Raises ValidationError with every reason."""
        if not isinstance(data, dict):
            raise serializers.ValidationError('Write an object, e.g. {"ou": "/workloads"}.')
        try:
            return parse(data)
        except SelectorError as error:
            reasons = {name or "non_field_errors": [reason] for name, reason in error.reasons.items()}
            raise serializers.ValidationError(reasons) from None  # type: ignore[arg-type]

    def to_representation(self, value: Any) -> Any:
        """As it was stored."""
        return value


class VerificationRequestSerializer(StrictSerializer):
    """Which accounts to verify."""

    selector = SelectorField()


def _counts() -> dict[str, Any]:
    names = [str(outcome) for outcome in Outcome]
    return {"type": "object", "properties": {name: {"type": "integer"} for name in names}, "required": names}


class VerificationSerializer(serializers.ModelSerializer[AccessVerification]):
    """How far a verification is, and how many could be entered."""

    selector = SelectorField(read_only=True)
    is_done = serializers.SerializerMethodField()
    accounts = serializers.SerializerMethodField()
    entered = serializers.SerializerMethodField(help_text="Accounts that both roles entered.")
    waiting = serializers.SerializerMethodField(help_text="Accounts of which a check has not ended.")
    look_role = serializers.SerializerMethodField()
    apply_role = serializers.SerializerMethodField()
    reasons = serializers.SerializerMethodField()

    class Meta:
        model = AccessVerification
        fields = [
            "id",
            "selector",
            "requested_by",
            "created_at",
            "left_out",
            "is_done",
            "accounts",
            "waiting",
            "entered",
            "look_role",
            "apply_role",
            "reasons",
        ]
        read_only_fields = fields

    def to_representation(self, instance: AccessVerification) -> dict[str, Any]:
        """Counted once."""
        self._summary = summary_of(instance)
        return dict(super().to_representation(instance))

    def get_is_done(self, _: AccessVerification) -> bool:
        """Whether every check has ended."""
        return self._summary.waiting == 0

    def get_accounts(self, _: AccessVerification) -> int:
        """How many are verified."""
        return self._summary.accounts

    def get_waiting(self, _: AccessVerification) -> int:
        """How many have a check that has not ended."""
        return self._summary.waiting

    def get_entered(self, _: AccessVerification) -> int:
        """How many both roles entered."""
        return self._summary.entered

    @extend_schema_field(_counts())
    def get_look_role(self, _: AccessVerification) -> dict[str, int]:
        """Accounts by what came of the look role's check."""
        return self._summary.look_role

    @extend_schema_field(_counts())
    def get_apply_role(self, _: AccessVerification) -> dict[str, int]:
        """Accounts by what came of the apply role's check."""
        return self._summary.apply_role

    @extend_schema_field({"type": "object", "additionalProperties": {"type": "integer"}})
    def get_reasons(self, _: AccessVerification) -> dict[str, int]:
        """Checks by reason code, both roles together."""
        return self._summary.reasons


class RoleResultSerializer(serializers.Serializer[RoleResult]):
    """What came of one role's check."""

    outcome = serializers.ChoiceField([str(outcome) for outcome in Outcome])
    reason_code = serializers.CharField(source="reason", allow_blank=True)
    message = serializers.CharField(allow_blank=True)
    causes = serializers.ListField(
        child=serializers.CharField(), help_text="All it may be, the likeliest first, each with how to test it."
    )
    identity = serializers.CharField(allow_blank=True, help_text="Whom AWS saw.")
    run_id = serializers.UUIDField(source="run.pk")


class AccessRowSerializer(serializers.Serializer[AccessRow]):
    """One account of a verification."""

    account_id = serializers.CharField(source="account.account_id")
    name = serializers.CharField(source="account.name")
    state = serializers.ChoiceField(Account.State.choices, source="account.state")
    entered = serializers.BooleanField(allow_null=True, help_text="By both roles; null while that is not known.")
    look_role = RoleResultSerializer()
    apply_role = RoleResultSerializer()


HEADER = ("account_id", "name", "state", "role", "outcome", "reason_code", "message", "causes", "run_id")


def table_lines(rows: Iterable[AccessRow]) -> Iterator[tuple[object, ...]]:
    """The table as a spreadsheet has it: two lines an account, one per role."""
    yield HEADER
    for row in rows:
        for role, result in (("look", row.look_role), ("apply", row.apply_role)):
            account = row.account
            causes = "\n".join(f"{number}. {cause}" for number, cause in enumerate(result.causes, 1))
            told = (result.outcome, result.reason, result.message, causes, result.run.pk)
            yield account.account_id, account.name, account.state, role, *told
