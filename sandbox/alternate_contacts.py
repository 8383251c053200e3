"""Alternate contacts of the Account Management API, asked in the account itself (AccountId left out)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.call import Call
from sandbox.errors import AwsError
from sandbox.world import world

_MEMBERS = ("Name", "Title", "EmailAddress", "PhoneNumber", "AlternateContactType")


def _stored(call: Call) -> dict[str, dict[str, str]]:
    """Raises AccessDeniedException for another account: only the organisation's management account may name one."""
    if call.params.get("AccountId"):
        raise AwsError("AccessDeniedException", "The sandbox knows an account's own contacts only.", 403)
    return world.contacts.setdefault(call.account, {})


def get_alternate_contact(call: Call) -> dict[str, Any]:
    found = _stored(call).get(call.params["AlternateContactType"])
    if found is None:
        raise _missing()
    return {"AlternateContact": dict(found)}


def put_alternate_contact(call: Call) -> None:
    _stored(call)[call.params["AlternateContactType"]] = {name: call.params[name] for name in _MEMBERS}


def delete_alternate_contact(call: Call) -> None:
    if _stored(call).pop(call.params["AlternateContactType"], None) is None:
        raise _missing()


def _missing() -> AwsError:
    return AwsError("ResourceNotFoundException", "No contact of the inputted alternate contact type found.", 404)


OPERATIONS: dict[str, Callable[[Call], Any]] = {
    "GetAlternateContact": get_alternate_contact,
    "PutAlternateContact": put_alternate_contact,
    "DeleteAlternateContact": delete_alternate_contact,
}
