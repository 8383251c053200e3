"""Bodies that carry a declaration: YAML or JSON as it is, or JSON that holds its text in `source`."""

import json
from collections.abc import Mapping
from io import BytesIO
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.settings import api_settings


class YamlDeclarationParser(BaseParser):
    """A declaration in YAML; its text is read later, strictly."""

    media_type = "application/yaml"

    def parse(self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None) -> Any:
        """As if the text had been sent as `source`."""
        return {"source": _text(_raw(stream)), "content_type": "yaml"}


class JsonDeclarationParser(BaseParser):
    """`{"source": "…"}`, read by the API's own parser; any other JSON is the declaration itself."""

    media_type = "application/json"

    def parse(self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None) -> Any:
        """The envelope, or the whole text as `source`: keys that are there twice must still be seen."""
        raw = _raw(stream)
        if _is_envelope(raw):
            parser = api_settings.DEFAULT_PARSER_CLASSES[0]()
            return parser.parse(BytesIO(raw), media_type, parser_context)
        return {"source": _text(raw), "content_type": "json"}


def _raw(stream: IO[Any]) -> bytes:
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    raw: bytes = stream.read(limit + 1)
    if len(raw) > limit:
        raise RequestDataTooBig(f"The body is larger than {limit} bytes.")
    return raw


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ParseError(f"The body is not UTF-8: byte {error.start}.") from None


def _is_envelope(raw: bytes) -> bool:
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        return False
    return isinstance(body, Mapping) and "source" in body
