"""Many rows in one request: what is right is done, and each row's outcome is told."""

from collections.abc import Mapping
from typing import Any

from rest_framework.exceptions import ValidationError

from access.pointers import pointers
from access.roles import Actor
from accounts.models import Account
from accounts.serializers import NewAccountSerializer
from accounts.services.register_accounts import NOT_THERE, NewAccount, may_register, register_accounts

MOST_ROWS = 1000


def register_valid_rows(rows: Any, actor: Actor) -> dict[str, Any]:
    """Register the rows that are right. Raises ValidationError when the body is no list, empty or too long."""
    if not isinstance(rows, list) or not 1 <= len(rows) <= MOST_ROWS:
        raise ValidationError([f"Send a list of 1 to {MOST_ROWS} accounts."])
    read = [_read(row, actor) for row in rows]
    valid = [row for row in read if isinstance(row, NewAccount)]
    answers = iter(register_accounts(rows=valid, actor=actor))
    results = [
        _registered(index, row, next(answers)) if isinstance(row, NewAccount) else _refused(index, rows[index], row)
        for index, row in enumerate(read)
    ]
    created = sum(result["outcome"] == "created" for result in results)
    return {"created": created, "refused": len(results) - created, "results": results}


def _read(row: Any, actor: Actor) -> NewAccount | ValidationError:
    serializer = NewAccountSerializer(data=row)
    if not serializer.is_valid():
        return ValidationError(serializer.errors)
    new = serializer.to_new_account()
    return new if may_register(new, actor) else ValidationError({"non_field_errors": [NOT_THERE]})


def _registered(index: int, row: NewAccount, account: Account | None) -> dict[str, Any]:
    told = "Registered already, or earlier in this list; PATCH the account to change it."
    errors = [] if account else [{"pointer": f"/{index}/account_id", "detail": told}]
    outcome = "created" if account else "exists"
    return {"index": index, "account_id": row.account_id, "outcome": outcome, "errors": errors}


def _refused(index: int, row: Any, error: ValidationError) -> dict[str, Any]:
    account_id = row.get("account_id") if isinstance(row, Mapping) else None
    return {
        "index": index,
        "account_id": account_id if isinstance(account_id, str) else None,
        "outcome": "refused",
        "errors": list(pointers(error.detail, f"/{index}")),
    }
