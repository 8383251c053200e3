"""Bodies that carry accounts as CSV."""

from typing import IO, Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import BaseParser

from accounts.bulk import MOST_ROWS
from accounts.csv_rows import CsvError, CsvRow, read_rows


class CsvParser(BaseParser):
    """CSV (RFC 4180) of accounts, in UTF-8."""

    media_type = "text/csv"

    def parse(self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None) -> list[CsvRow]:
        """Its rows. Raises ValidationError (400), or RequestDataTooBig (413) before reading on."""
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        raw = stream.read(limit + 1)
        if len(raw) > limit:
            raise RequestDataTooBig(f"The body is larger than {limit} bytes.")
        try:
            return read_rows(raw, MOST_ROWS)
        except CsvError as error:
            raise ValidationError(list(error.reasons)) from None
