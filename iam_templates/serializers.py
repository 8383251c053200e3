"""Baselines, versions and assignments as JSON: shape only; rules are in the services."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from access.policy import visible
from access.strict import StrictSerializer
from accounts.models import Account
from iam_templates.models import Assignment, Baseline, BaselineVersion
from iam_templates.policy_findings import declaration_findings
from iam_templates.reach import accounts_reached
from iam_templates.services.foretell_checks import foretold_checks
from provisioning.core.policy_findings import Severity


class NewBaselineSerializer(StrictSerializer):
    """A baseline to make."""

    name = serializers.CharField(max_length=100, help_text="Lower-case letters, digits and hyphens.")
    description = serializers.CharField(max_length=500, required=False, allow_blank=True)
    owner_team = serializers.CharField(
        max_length=100, required=False, allow_blank=True, help_text="Whose it is; empty for the fleet's."
    )


class BaselineSerializer(serializers.ModelSerializer[Baseline]):
    """A baseline."""

    published = serializers.IntegerField(
        source="last_published", allow_null=True, read_only=True, help_text="Number of its newest published version."
    )

    class Meta:
        model = Baseline
        fields = ["name", "description", "owner_team", "published", "created_by", "created_at"]
        read_only_fields = fields


class SourceSerializer(StrictSerializer):
    """A declaration as text."""

    many_lines = frozenset({"source"})

    source = serializers.CharField(trim_whitespace=False, help_text="The declaration, in YAML or JSON.")
    content_type = serializers.ChoiceField(["yaml", "json"], required=False)


class VersionSerializer(serializers.ModelSerializer[BaselineVersion]):
    """A version without its declaration."""

    baseline = serializers.CharField(source="baseline_id", read_only=True)
    state = serializers.SerializerMethodField()

    class Meta:
        model = BaselineVersion
        fields = [
            "baseline",
            "number",
            "state",
            "digest",
            "author",
            "created_at",
            "published_at",
            "published_by",
            "approved_for_production_at",
            "approved_for_production_by",
        ]
        read_only_fields = fields

    @extend_schema_field(serializers.ChoiceField(["draft", "published"]))
    def get_state(self, version: BaselineVersion) -> str:
        """Whether it can still change."""
        return "draft" if version.published_at is None else "published"


class ForetoldCheckSerializer(serializers.Serializer[Any]):
    """What one check finds in an account that holds just what is declared."""

    pointer = serializers.CharField(help_text="A JSON pointer into the declaration.")
    check = serializers.CharField(help_text="What it goes by.")
    environment = serializers.CharField(help_text="Of the sample values; empty where they are no environment's own.")
    result = serializers.ChoiceField(["holds", "fails", "cannot_tell"])
    expected = serializers.ChoiceField(["allowed", "denied"])
    found = serializers.ChoiceField(["allowed", "denied", "cannot_tell"])
    sentence = serializers.CharField(help_text="Why it does not hold; empty when it does.")


class PolicyFindingSerializer(serializers.Serializer[Any]):
    """What a policy of the declaration may do that its author may not have meant."""

    pointer = serializers.CharField(help_text="A JSON pointer into the declaration.")
    severity = serializers.ChoiceField([severity.value for severity in Severity])
    code = serializers.CharField(help_text="Stable, for machines, e.g. `allow_with_not_action`.")
    sentence = serializers.CharField()


class VersionDetailSerializer(VersionSerializer):
    """A version with its declaration."""

    content = serializers.DictField(read_only=True, help_text="The declaration as read.")
    checks = serializers.SerializerMethodField(
        help_text="Each check on the declaration alone: one that `fails` refuses publishing, `cannot_tell` warns."
    )
    findings = serializers.SerializerMethodField(help_text="Of its policies, by Firstline's own checks.")

    class Meta(VersionSerializer.Meta):
        fields = [*VersionSerializer.Meta.fields, "source", "content", "checks", "findings"]
        read_only_fields = fields

    @extend_schema_field(ForetoldCheckSerializer(many=True))
    def get_checks(self, version: BaselineVersion) -> Any:
        """What its checks would find."""
        return ForetoldCheckSerializer(foretold_checks(version.content), many=True).data

    @extend_schema_field(PolicyFindingSerializer(many=True))
    def get_findings(self, version: BaselineVersion) -> Any:
        """Worked out anew: the checks may know more than when it was written."""
        return PolicyFindingSerializer(declaration_findings(version.content), many=True).data


class ValidSerializer(serializers.Serializer[Any]):
    """A declaration that is in order."""

    digest = serializers.CharField(help_text="The digest that a version of it would have.")
    parameters = serializers.DictField(help_text="Its parameters by name, with type and defaults.")
    resources = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()), help_text="The names declared, by kind."
    )
    checks = ForetoldCheckSerializer(many=True, help_text="What its checks find in an account that holds just this.")
    findings = PolicyFindingSerializer(many=True, help_text="Of its policies, by Firstline's own checks.")


class ParametersSerializer(StrictSerializer):
    """What an assignment can be given."""

    parameters = serializers.DictField(required=False, help_text="Values of the version's parameters.")
    mode = serializers.DictField(
        required=False, help_text='{"default": "observe", "kinds": {"iam.group": "enforce"}, "items": {"kind/name": …}}'
    )


class NewAssignmentSerializer(ParametersSerializer):
    """A published version for the accounts of a selector."""

    baseline = serializers.CharField(max_length=100)
    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
    selector = serializers.ChoiceField(Assignment.Selector.choices)
    value = serializers.CharField(
        max_length=512, help_text="12 digits, an environment, an OU path, or a tag: key=value, or key for any value."
    )


class PreviewRequestSerializer(ParametersSerializer):
    """A selector, and perhaps what would be assigned to it."""

    selector = serializers.ChoiceField(Assignment.Selector.choices)
    value = serializers.CharField(max_length=512, help_text="As of an assignment.")
    baseline = serializers.CharField(max_length=100, required=False)
    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1, required=False)
    after = serializers.RegexField(r"\A[0-9]{12}\Z", required=False, help_text="`after` of the page before.")
    limit = serializers.IntegerField(min_value=1, max_value=200, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Raises ValidationError for half a candidate."""
        given = attrs.keys() & {"baseline", "version", "parameters", "mode"}
        if given and not {"baseline", "version"} <= given:
            raise serializers.ValidationError("Give a baseline and a version together; parameters and mode need both.")
        return attrs


class ObstacleSerializer(serializers.Serializer[Any]):
    """Why accounts could not be rendered then."""

    pointer = serializers.CharField(source="reason.pointer", help_text="A JSON pointer into the declaration.")
    detail = serializers.CharField(source="reason.message")
    accounts = serializers.IntegerField()
    first = serializers.ListField(child=serializers.CharField(), help_text="The first of these accounts.")


class PreviewedAccountSerializer(serializers.ModelSerializer[Account]):
    """An account that a selector reaches."""

    class Meta:
        model = Account
        fields = ["account_id", "name", "environment", "ou_path", "owner_team", "state"]
        read_only_fields = fields


class PreviewSerializer(serializers.Serializer[Any]):
    """What a selector reaches of the accounts you may see."""

    accounts = serializers.IntegerField(help_text="How many.")
    by_environment = serializers.DictField(child=serializers.IntegerField())
    by_ou = serializers.DictField(child=serializers.IntegerField(), help_text="The 50 OUs with the most accounts.")
    by_state = serializers.DictField(child=serializers.IntegerField())
    page = PreviewedAccountSerializer(many=True, help_text="By account id.")
    after = serializers.CharField(help_text="Send it for the next page; empty at the end.")
    may_assign = serializers.BooleanField(help_text="Whether you may assign to all it can ever reach.")
    obstacles = ObstacleSerializer(many=True, allow_null=True, help_text="null: no version was named.")


class MoveSerializer(ParametersSerializer):
    """What changes; what is left out stays."""

    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Raises ValidationError for an empty change."""
        if not attrs:
            raise serializers.ValidationError("Give a version, parameters or a mode.")
        return attrs


class AssignmentSerializer(serializers.ModelSerializer[Assignment]):
    """An assignment."""

    baseline = serializers.CharField(source="version.baseline_id", read_only=True)
    version = serializers.IntegerField(source="version.number", read_only=True)
    parameters = serializers.DictField(read_only=True)
    mode = serializers.DictField(read_only=True)

    class Meta:
        model = Assignment
        fields = [
            "id",
            "baseline",
            "version",
            "selector",
            "value",
            "parameters",
            "mode",
            "created_by",
            "created_at",
            "ended_at",
            "ended_by",
        ]
        read_only_fields = fields


class AssignmentDetailSerializer(AssignmentSerializer):
    """An assignment with how many accounts it reaches."""

    accounts = serializers.SerializerMethodField()

    class Meta(AssignmentSerializer.Meta):
        fields = [*AssignmentSerializer.Meta.fields, "accounts"]
        read_only_fields = fields

    def get_accounts(self, row: Assignment) -> int:
        """Accounts that its selector reaches now, of those the reader may see (`context["actor"]`)."""
        return visible(accounts_reached(row.selector, row.value), self.context["actor"]).count()


class ReachedAccountSerializer(serializers.ModelSerializer[Account]):
    """An account that an assignment reaches, and how far its desired state is."""

    rendering = serializers.SerializerMethodField()

    class Meta:
        model = Account
        fields = ["account_id", "name", "environment", "ou_path", "rendering"]
        read_only_fields = fields

    @extend_schema_field(serializers.ChoiceField(["due", "failed", "done"]))
    def get_rendering(self, account: Account) -> str:
        """`due` until the dispatcher rendered it, `failed` while its declarations can't be put together."""
        head = getattr(account, "desired", None)
        if head is None or hasattr(account, "render_due"):
            return "due"
        return "done" if head.failure is None else "failed"
