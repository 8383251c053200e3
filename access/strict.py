"""Request bodies say what they mean: a field nobody knows is refused, so that none is ignored or slips in."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses unknown and read-only fields, together with every other error of the body."""

    def to_internal_value(self, data: Any) -> Any:
        """The validated fields. Raises ValidationError with every reason at once."""
        unknown = self._unknown(data)
        try:
            value = super().to_internal_value(data)
        except serializers.ValidationError as error:
            raise serializers.ValidationError({**unknown, **error.detail}) from None  # type: ignore[dict-item]
        if unknown:
            raise serializers.ValidationError(unknown)
        return value

    def _unknown(self, data: Any) -> dict[str, list[str]]:
        known = [name for name, field in self.fields.items() if not field.read_only]
        if not isinstance(data, Mapping):
            return {}
        return {
            str(name): [f"Unknown field; this request takes {', '.join(known) or 'none'}."]
            for name in data
            if name not in known
        }
