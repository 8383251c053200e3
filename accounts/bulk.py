"""Registering many accounts at once: what is right is registered, and each row's outcome is told."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from access.pointers import pointers
from access.roles import Actor
from accounts.csv_rows import CsvRow, column_of
from accounts.models import Account
from accounts.serializers import NewAccountSerializer
from accounts.services.register_accounts import NOT_THERE, NewAccount, may_register, register_accounts

MOST_ROWS = 5000
EXISTS = "Registered already; PATCH the account to change it."
Error = dict[str, str]
Result = dict[str, Any]


def register_rows(rows: Sequence[Any], actor: Actor, *, dry_run: bool = False) -> dict[str, Any]:
    """Register the rows that are right, in one transaction. `rows`: mappings as JSON has them, or CsvRow.

    A dry run answers the same and stores nothing.
    """
    read = [_read(index, row, actor) for index, row in enumerate(rows)]
    _refuse_doubles(rows, read)
    valid = [one for one in read if isinstance(one, NewAccount)]
    made = iter(_missing(valid) if dry_run else register_accounts(rows=valid, actor=actor) if valid else [])
    results = [
        _told(index, rows[index], next(made)) if isinstance(one, NewAccount) else _refused(index, rows[index], one)
        for index, one in enumerate(read)
    ]
    outcomes = [result["outcome"] for result in results]
    counts = {outcome: outcomes.count(outcome) for outcome in ("created", "exists")}
    return {**counts, "refused": len(results) - counts["created"], "dry_run": dry_run, "results": results}


def _read(index: int, row: Any, actor: Actor) -> NewAccount | list[Error]:
    serializer = NewAccountSerializer(data=dict(row.values) if isinstance(row, CsvRow) else row)
    errors = list(_cell_errors(index, row)) if isinstance(row, CsvRow) else []
    if not serializer.is_valid():
        errors += list(pointers(serializer.errors, f"/{index}"))
    if errors:
        return errors
    new = serializer.to_new_account()
    if not may_register(new, actor):
        return [{"pointer": f"/{index}", "detail": NOT_THERE}]
    return new


def _cell_errors(index: int, row: CsvRow) -> Iterator[Error]:
    for column, detail in row.errors:
        tag = f"tags/{column.removeprefix('tag:')}" if column.startswith("tag:") else column
        yield {"pointer": f"/{index}/{tag}".rstrip("/"), "detail": detail}


def _refuse_doubles(rows: Sequence[Any], read: list[NewAccount | list[Error]]) -> None:
    first: dict[str, int] = {}
    for index, one in enumerate(read):
        if not isinstance(one, NewAccount):
            continue
        if (earlier := first.setdefault(one.account_id, index)) != index:
            where = f"line {rows[earlier].line}" if isinstance(rows[earlier], CsvRow) else f"row {earlier}"
            read[index] = [
                {"pointer": f"/{index}/account_id", "detail": f"It stands in {where} already: keep one of the two."}
            ]


def _missing(rows: Sequence[NewAccount]) -> list[bool]:
    ids = [row.account_id for row in rows]
    there = set(Account.objects.filter(pk__in=ids).values_list("pk", flat=True))
    return [account_id not in there for account_id in ids]


def _told(index: int, row: Any, made: Account | bool | None) -> Result:
    errors = [] if made else [{"pointer": f"/{index}/account_id", "detail": EXISTS}]
    return _result(index, row, "created" if made else "exists", errors)


def _refused(index: int, row: Any, errors: list[Error]) -> Result:
    return _result(index, row, "refused", errors)


def _result(index: int, row: Any, outcome: str, errors: list[Error]) -> Result:
    if isinstance(row, CsvRow):
        errors = [{**one, "column": column_of(one["pointer"].removeprefix(f"/{index}"))} for one in errors]
    values = row.values if isinstance(row, CsvRow) else row
    given = values.get("account_id") if isinstance(values, Mapping) else None
    return {
        "index": index,
        "line": row.line if isinstance(row, CsvRow) else None,
        # Only what can be one: a cell that slipped into this column may hold anything.
        "account_id": given if isinstance(given, str) and given.isascii() and given.isdigit() else None,
        "outcome": outcome,
        "errors": errors,
    }
