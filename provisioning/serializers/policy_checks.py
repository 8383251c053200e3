"""Questions about permissions, and their answers, as JSON."""

from typing import Any

from rest_framework import serializers

from access.strict import StrictSerializer
from accounts.serializers import AccountIdField
from provisioning.core.permissions import words
from provisioning.serializers.plans import AnyJSONField
from provisioning.services.ask_permissions import DESIRED, OBSERVED, Asked, Documents, Question

MOST = 50
DECISIONS = ["allowed", "denied", "cannot_tell"]


class ActionField(serializers.CharField):
    """One IAM action."""

    def to_internal_value(self, data: Any) -> str:
        """The action. Raises ValidationError for a pattern."""
        text = super().to_internal_value(data)
        if not words.is_action(text):
            raise serializers.ValidationError(f"{words.ACTION.capitalize()}.")
        return str(text)


class ResourceField(serializers.CharField):
    """One ARN, or `*`."""

    def to_internal_value(self, data: Any) -> str:
        """The resource. Raises ValidationError for anything else."""
        text = super().to_internal_value(data)
        if not words.is_resource(text):
            raise serializers.ValidationError(f"{words.RESOURCE.capitalize()}.")
        return str(text)


class ContextField(serializers.DictField):
    """Condition keys and their values."""

    child = AnyJSONField()

    def to_internal_value(self, data: Any) -> dict[str, tuple[str, ...]]:
        """The values as AWS compares them. Raises ValidationError for what can't be one."""
        given = super().to_internal_value(data)
        if wrong := {
            key: [f"{words.VALUE.capitalize()}."] for key, value in given.items() if not words.is_value(value)
        }:
            raise serializers.ValidationError(wrong)
        return {key: words.values(value) for key, value in given.items()}


class PrincipalSerializer(StrictSerializer):
    """One user, role or group, by name."""

    role = serializers.CharField(max_length=64, required=False)
    group = serializers.CharField(
        max_length=128, required=False, help_text="Any member, by the group's policies alone."
    )
    user = serializers.CharField(max_length=64, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Raises ValidationError unless exactly one is named."""
        if len(attrs) != 1:
            raise serializers.ValidationError("Name one principal: a role, a group or a user.")
        return attrs


class DocumentsSerializer(StrictSerializer):
    """Policy documents that are asked about instead of an account's."""

    identity = serializers.ListField(child=AnyJSONField(), max_length=MOST, allow_empty=True)
    boundary = AnyJSONField(required=False)
    resource = AnyJSONField(required=False, help_text="The policy of the resource.")


class PolicyQuestionSerializer(StrictSerializer):
    """What somebody may do. Give an account and a principal, or documents."""

    account_id = AccountIdField(required=False)
    documents = DocumentsSerializer(required=False)
    principal_arn = serializers.CharField(max_length=2048, required=False, help_text="Beside documents; who asks.")
    actions = serializers.ListField(child=ActionField(max_length=128), min_length=1, max_length=MOST)
    resources = serializers.ListField(
        child=ResourceField(max_length=2048), min_length=1, max_length=MOST, required=False
    )
    context = ContextField(required=False, help_text='By condition key: {"aws:MultiFactorAuthPresent": true}.')
    considers = serializers.ChoiceField(["identity", "full"], required=False)
    state = serializers.ChoiceField([OBSERVED, DESIRED], required=False)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """With `as`, which is no name in Python."""
        return {**super().get_fields(), "as": PrincipalSerializer(required=False)}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Raises ValidationError unless it is one of the two kinds of question."""
        of_account = attrs.keys() & {"account_id", "as", "considers", "state"}
        of_documents = attrs.keys() & {"documents", "principal_arn"}
        if of_account and of_documents:
            raise serializers.ValidationError("Ask about an account or about documents, not both.")
        if not of_documents and not {"account_id", "as"} <= attrs.keys():
            raise serializers.ValidationError("Give an account_id and a principal (as), or documents.")
        if of_documents and "documents" not in attrs:
            raise serializers.ValidationError("A principal_arn stands beside documents.")
        return attrs

    @property
    def question(self) -> Question:
        """What the service takes."""
        given = {"actions", "resources", "context", "considers", "state"} & self.validated_data.keys()
        return Question(**{name: self.validated_data[name] for name in given})

    @property
    def given_documents(self) -> Documents | None:
        """The documents, or None for a question about an account."""
        given = self.validated_data.get("documents")
        return None if given is None else Documents(given["identity"], given.get("boundary"), given.get("resource"))


class DecidingSerializer(serializers.Serializer[Any]):
    """The statement that decided."""

    source = serializers.CharField(help_text="Whose policy it is, and which.")
    statement_id = serializers.CharField(help_text="Its Sid, or its number: the first is 1.")
    statement = AnyJSONField()


class PolicyAnswerSerializer(serializers.Serializer[Any]):
    """One action on one resource."""

    action = serializers.CharField()
    resource = serializers.CharField()
    decision = serializers.ChoiceField(DECISIONS)
    why = serializers.CharField(help_text="explicit_deny, scp, boundary, session, not_allowed, allowed_by, cannot_tell")
    deciding = DecidingSerializer(allow_null=True)
    sentence = serializers.CharField(help_text="The same for people.")
    considered = serializers.ListField(child=serializers.CharField(), help_text="Every policy that was weighed.")
    missing = serializers.ListField(child=serializers.CharField(), help_text="What would have to be known to tell.")


class PolicyAnswersSerializer(serializers.Serializer[Any]):
    """The answers, and what they rest on."""

    decision = serializers.ChoiceField([*DECISIONS, "mixed"], help_text="What all answers agree on.")
    principal_arn = serializers.CharField()
    account_id = serializers.CharField(help_text="Empty for documents.")
    state = serializers.CharField(help_text="observed or desired; empty for documents.")
    considers = serializers.ChoiceField(["identity", "full"])
    observed_at = serializers.DateTimeField(allow_null=True, help_text="When the account was last seen so.")
    managed_policies_date = serializers.CharField(help_text="The date of the texts of AWS's own policies.")
    answers = PolicyAnswerSerializer(many=True)


def shown(asked: Asked) -> dict[str, Any]:
    """The answers as the serializer takes them."""
    return {
        **{name: getattr(asked, name) for name in PolicyAnswersSerializer().fields if name != "answers"},
        "answers": [one.to_plain() for one in asked.answers],
    }
