"""A CSV file of accounts as rows of fields: what a spreadsheet may do to a file is found and named. Pure."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

FIELDS = ("account_id", "name", "environment", "ou_path", "owner_team", "external_id", "partition")
REQUIRED = ("account_id", "name", "environment")
TAG = "tag:"
MOST_COLUMNS = len(FIELDS) + 50
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so is run as a formula by spreadsheets (OWASP, CSV injection)."""
NEVER_FORMULA = frozenset({"external_id"})
"""Random by nature, and shown to nobody."""
_MANGLED = re.compile(r"[0-9]{1,11}|[0-9](\.[0-9]+)?E\+[0-9]+", re.ASCII | re.IGNORECASE)
_SHOWN = 60


class CsvError(ValueError):
    """The file can't be read as rows. `reasons` says where and what to do, all that was found."""

    def __init__(self, reasons: Sequence[str]) -> None:
        self.reasons = tuple(reasons)
        super().__init__(" ".join(self.reasons))


@dataclass(frozen=True)
class CsvRow:
    """One row: the line it begins on (the header's is 1), its fields, and what is wrong with cells by column."""

    line: int
    values: Mapping[str, Any] = field(repr=False)
    errors: tuple[tuple[str, str], ...] = ()


def read_rows(raw: bytes, most_rows: int) -> list[CsvRow]:
    """The rows of a file whose first line names the columns. Raises CsvError."""
    lines = _lines(_text(raw))
    header = next(lines, None)
    if header is None:
        raise CsvError(["The file is empty: its first line names the columns."])
    columns = [name.strip() for name in header[1]]
    if reasons := list(_header_reasons(columns)):
        raise CsvError(reasons)
    rows = [_row(line, cells, columns) for line, cells in lines]
    if not 1 <= len(rows) <= most_rows:
        raise CsvError([f"The file holds {len(rows):,} accounts; 1 to {most_rows:,} are taken at once."])
    return rows


def column_of(pointer: str) -> str:
    """The column of a field's pointer below its row: `/tags/cost` is `tag:cost`."""
    first, _, rest = pointer.lstrip("/").partition("/")
    return f"{TAG}{rest.replace('~1', '/').replace('~0', '~')}" if first == "tags" and rest else first


def _text(raw: bytes) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise CsvError(["The file is UTF-16: save it as CSV UTF-8."])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise CsvError([f"Line {line} is not UTF-8: save the file as CSV UTF-8."]) from None
    if "\x00" in text:
        raise CsvError([f"Line {text.count(chr(10), 0, text.index(chr(0))) + 1} holds a NUL: this is no text file."])
    return text


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line it begins on; empty lines are left out."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    begins = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise CsvError([f"Line {begins} is not CSV: {error}."]) from None
        if any(cell.strip() for cell in cells):
            yield begins, cells
        begins = reader.line_num + 1


def _header_reasons(columns: Sequence[str]) -> Iterator[str]:
    known = f"{', '.join(FIELDS)} and {TAG}<key>"
    if len(columns) == 1 and re.search(r"[;\t|]", columns[0]):
        yield "Separate the columns with commas."
        return
    if len(columns) > MOST_COLUMNS:
        yield f"The header names {len(columns)} columns; {MOST_COLUMNS} are the most."
        return
    for number, name in enumerate(columns, 1):
        if name not in FIELDS and not (name.startswith(TAG) and len(name) > len(TAG)):
            yield f"Column {number} is called {name[:_SHOWN]!a}; known are {known}."
        elif name in columns[: number - 1]:
            yield f"Column {number}, {name[:_SHOWN]!a}, stands twice."
    for name in REQUIRED:
        if name not in columns:
            yield f"The column {name} is missing from the header."


def _row(line: int, cells: Sequence[str], columns: Sequence[str]) -> CsvRow:
    if len(cells) != len(columns):
        told = f"The row has {len(cells)} cells, the header {len(columns)}: quote cells that hold commas."
        return CsvRow(line, {"account_id": cells[0]} if columns[0] == "account_id" else {}, (("", told),))
    filled = {name: cell for name, cell in zip(columns, cells, strict=True) if cell}
    values: dict[str, Any] = {name: cell for name, cell in filled.items() if not name.startswith(TAG)}
    tags = {name.removeprefix(TAG): cell for name, cell in filled.items() if name.startswith(TAG)}
    if tags:
        values["tags"] = tags
    return CsvRow(line, values, tuple(_cell_reasons(filled)))


def _cell_reasons(filled: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, cell in filled.items():
        if name not in NEVER_FORMULA and cell.startswith(FORMULA):
            yield name, f"It begins with {cell[0]!a}, which a spreadsheet runs as a formula: begin it with a letter."
    if _MANGLED.fullmatch(filled.get("account_id", "").strip()):
        yield "account_id", "A spreadsheet made a number of it: make the column a text column and enter all 12 digits."
