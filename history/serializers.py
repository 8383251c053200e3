"""Events as JSON."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from history.chain import FIELDS
from history.models import Event


@extend_schema_field({})
class AnyJSONField(serializers.JSONField):
    """Any JSON value."""


class EventSerializer(serializers.ModelSerializer[Event]):
    """One event, as it was recorded."""

    before = AnyJSONField(allow_null=True)
    after = AnyJSONField(allow_null=True)
    detail = serializers.DictField()

    class Meta:
        model = Event
        fields = [*FIELDS]
        read_only_fields = fields
