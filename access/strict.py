"""Request bodies say what they mean: a field nobody knows is refused, so that none is ignored or slips in."""

from collections.abc import Mapping
from typing import Any, ClassVar

from rest_framework import serializers


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses unknown and read-only fields, and text that would be shown as something else than it is, together with
    every other error of the body. `many_lines`: the fields whose text is read strictly elsewhere.
    """

    many_lines: ClassVar[frozenset[str]] = frozenset()

    def to_internal_value(self, data: Any) -> Any:
        """The validated fields. Raises ValidationError with every reason at once."""
        unknown = {**self._unprintable(data), **self._unknown(data)}
        try:
            value = super().to_internal_value(data)
        except serializers.ValidationError as error:
            raise serializers.ValidationError({**unknown, **error.detail}) from None  # type: ignore[dict-item]
        if unknown:
            raise serializers.ValidationError(unknown)
        return value

    def _unprintable(self, data: Any) -> dict[str, list[str]]:
        """Control characters and marks that turn the reading direction or can't be seen: they forge lines and names."""
        lines = [
            name
            for name, field in self.fields.items()
            if isinstance(field, serializers.CharField) and name not in self.many_lines
        ]
        texts = {name: data.get(name) for name in lines} if isinstance(data, Mapping) else {}
        return {
            name: ["Use printable characters only, on one line."]
            for name, text in texts.items()
            if isinstance(text, str) and not text.strip().isprintable()
        }

    def _unknown(self, data: Any) -> dict[str, list[str]]:
        known = [name for name, field in self.fields.items() if not field.read_only]
        if not isinstance(data, Mapping):
            return {}
        return {
            str(name): [f"Unknown field; this request takes {', '.join(known) or 'none'}."]
            for name in data
            if name not in known
        }
