"""Accounts with what provisioning knows of them."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from access.strict import StrictSerializer
from accounts.models import Account
from accounts.serializers import AccountSerializer, LineField
from provisioning.core.verdict import Judgement, Remedy, Verdict
from provisioning.models import Run
from provisioning.services.budget_figures import STATES as BUDGET_STATES
from provisioning.services.overviews import AccountOverview


class JudgementSerializer(serializers.Serializer[Judgement]):
    """A verdict, why, and how old the look is that it rests on."""

    verdict = serializers.ChoiceField([verdict.value for verdict in Verdict])
    reason = serializers.CharField(help_text="A reason code; empty when in sync.")
    age_seconds = serializers.SerializerMethodField()

    @extend_schema_field({"type": ["integer", "null"]})
    def get_age_seconds(self, judgement: Judgement) -> int | None:
        """Seconds since the look; null when there was none."""
        return int(judgement.age.total_seconds()) if judgement.age is not None else None


class LookSummarySerializer(serializers.ModelSerializer[Run]):
    """A look that ended."""

    class Meta:
        model = Run
        fields = ["id", "state", "reason_code", "finished_at"]
        read_only_fields = fields


class AccountRowSerializer(AccountSerializer):
    """An account as lists show it. `context["overviews"]` holds the overview of each."""

    verdict = serializers.SerializerMethodField()
    open_drifts = serializers.SerializerMethodField()
    last_look = serializers.SerializerMethodField()
    budget = serializers.SerializerMethodField()

    class Meta(AccountSerializer.Meta):
        fields = [*AccountSerializer.Meta.fields, "verdict", "open_drifts", "last_look", "budget"]
        read_only_fields = fields

    def _overview(self, account: Account) -> AccountOverview:
        overview: AccountOverview = self.context["overviews"][account.account_id]
        return overview

    @extend_schema_field(JudgementSerializer)
    def get_verdict(self, account: Account) -> dict[str, Any]:
        """Over all kinds."""
        return dict(JudgementSerializer(self._overview(account).verdict.overall).data)

    @extend_schema_field(
        {
            "type": "object",
            "properties": {remedy.value: {"type": "integer"} for remedy in Remedy},
            "required": [remedy.value for remedy in Remedy],
        }
    )
    def get_open_drifts(self, account: Account) -> dict[str, int]:
        """How many, by who can repair them."""
        return dict(self._overview(account).open_drifts)

    @extend_schema_field(LookSummarySerializer(allow_null=True))
    def get_last_look(self, account: Account) -> dict[str, Any] | None:
        """The newest look that ended; null when there was none."""
        look = self._overview(account).last_look
        return dict(LookSummarySerializer(look).data) if look else None

    @extend_schema_field({"type": "string", "enum": list(BUDGET_STATES)})
    def get_budget(self, account: Account) -> str:
        """Whether it has one: `seen`; `none_seen`; `none_declared`, so nobody looked for others; or `unknown`."""
        return self._overview(account).budget


class AccountDetailSerializer(AccountRowSerializer):
    """An account with the verdict of each kind."""

    kinds = serializers.SerializerMethodField()

    class Meta(AccountRowSerializer.Meta):
        fields = [*AccountRowSerializer.Meta.fields, "kinds"]
        read_only_fields = fields

    @extend_schema_field(serializers.DictField(child=JudgementSerializer()))
    def get_kinds(self, account: Account) -> dict[str, Any]:
        """Verdict by kind."""
        kinds = self._overview(account).verdict.kinds
        return {kind: dict(JudgementSerializer(judgement).data) for kind, judgement in sorted(kinds.items())}


class ReasonSerializer(StrictSerializer):
    """Why something is paused, set aside or brought back."""

    reason = LineField(max_length=200)


class NothingSerializer(StrictSerializer):
    """A request that takes no fields."""


class RowProblemSerializer(serializers.Serializer[Any]):
    """What is wrong with a row, and where in it."""

    pointer = serializers.CharField()
    column = serializers.CharField(required=False, help_text="Of a CSV file.")
    detail = serializers.CharField()


class BulkRowSerializer(serializers.Serializer[Any]):
    """What became of one row of a bulk request."""

    index = serializers.IntegerField()
    line = serializers.IntegerField(allow_null=True, help_text="Of a CSV file; its header is line 1.")
    account_id = serializers.CharField(allow_null=True)
    outcome = serializers.ChoiceField(["created", "exists", "refused"])
    errors = RowProblemSerializer(many=True)


class BulkResultSerializer(serializers.Serializer[Any]):
    """What became of every row, in the order of the request."""

    created = serializers.IntegerField(help_text="In a dry run: that would be.")
    exists = serializers.IntegerField()
    refused = serializers.IntegerField(help_text="Not created, those that exist among them.")
    dry_run = serializers.BooleanField()
    results = BulkRowSerializer(many=True)
