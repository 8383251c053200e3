"""Rows as CSV that a spreadsheet may open: no cell is run as a formula. Pure."""

import csv
import io
from collections.abc import Iterable

from accounts.csv_rows import FORMULA


def csv_text(rows: Iterable[Iterable[object]]) -> str:
    """RFC 4180; a cell that a spreadsheet would run begins with an apostrophe (OWASP, CSV injection)."""
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerows([_inert(cell) for cell in row] for row in rows)
    return written.getvalue()


def _inert(cell: object) -> str:
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(FORMULA) else text
