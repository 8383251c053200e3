"""CreateAccount as it really goes: accepted at once, in progress for some polls, then an account or a failure reason.

Operations and error codes are those of botocore's model of Organizations; a request is known by its name and its id
alone, since neither answer holds its e-mail address.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from sandbox.call import Call
from sandbox.errors import AwsError
from sandbox.organizations import after_organizations, check_member
from sandbox.scp import backend_of
from sandbox.service_models import service_model
from sandbox.world import world

AT_ONCE = 5
"""So many may be in progress (Organizations user guide, quotas)."""
PAGE = 20
_FAILS = re.compile(r"\+fails-([a-z-]+)@")


@dataclass
class Creation:
    """One CreateAccount. `polls` is how often it is still seen in progress."""

    email: str
    name: str
    role_name: str
    tags: list[dict[str, str]]
    polls: int
    role_after: float
    id: str = field(default_factory=lambda: f"car-{uuid4().hex}")
    state: str = "IN_PROGRESS"
    requested_at: float = field(default_factory=time.time)
    completed_at: float = 0.0
    account_id: str = ""
    reason: str = ""

    def shown(self) -> dict[str, Any]:
        given = {
            "Id": self.id,
            "AccountName": self.name,
            "State": self.state,
            "RequestedTimestamp": self.requested_at,
            "CompletedTimestamp": self.completed_at or None,
            "AccountId": self.account_id or None,
            "FailureReason": self.reason or None,
        }
        return {name: value for name, value in given.items() if value is not None}


def create_account(call: Call) -> dict[str, Any]:
    """An e-mail address such as new+fails-account-limit-exceeded@example.com makes it fail with that reason."""
    check_member(call)
    if sum(one.state == "IN_PROGRESS" for one in world.creations) >= AT_ONCE:
        raise AwsError("TooManyRequestsException", "You have too many account creations in progress.")
    made = Creation(
        email=call.text("Email"),
        name=call.text("AccountName"),
        role_name=call.text("RoleName", "OrganizationAccountAccessRole"),
        tags=call.params.get("Tags") or [],
        polls=world.creation_polls,
        role_after=world.creation_role_after,
    )
    world.creations.append(made)
    return {"CreateAccountStatus": made.shown()}


def describe_create_account_status(call: Call) -> dict[str, Any]:
    """Raises CreateAccountStatusNotFoundException."""
    check_member(call)
    found = next((one for one in world.creations if one.id == call.text("CreateAccountRequestId")), None)
    if found is None:
        raise AwsError("CreateAccountStatusNotFoundException", "We can't find a create account request with that id.")
    _poll(found, call)
    return {"CreateAccountStatus": found.shown()}


def list_create_account_status(call: Call) -> dict[str, Any]:
    check_member(call)
    for one in world.creations:
        _poll(one, call)
    wanted = call.params.get("States") or ["IN_PROGRESS", "SUCCEEDED", "FAILED"]
    rows = [one.shown() for one in world.creations if one.state in wanted]
    start = int(call.text("NextToken", "0"))
    size = world.page_size(min(int(call.params.get("MaxResults") or PAGE), PAGE))
    answer: dict[str, Any] = {"CreateAccountStatuses": rows[start : start + size]}
    return answer | ({"NextToken": str(start + size)} if start + size < len(rows) else {})


def move_account(call: Call) -> dict[str, Any]:
    """Raises AccountNotFoundException, SourceParentNotFoundException, DestinationParentNotFoundException,
    DuplicateAccountException where it is there already.
    """
    check_member(call)
    backend = backend_of(call.account)
    member = next((one for one in backend.accounts if one.id == call.text("AccountId")), None)
    if member is None:
        raise AwsError("AccountNotFoundException", "You specified an account that doesn't exist.")
    parents = {unit.id for unit in backend.ou}
    if call.text("DestinationParentId") not in parents:
        raise AwsError("DestinationParentNotFoundException", "You specified a destination that doesn't exist.")
    if member.parent_id == call.text("DestinationParentId"):
        raise AwsError("DuplicateAccountException", "The account is in that destination already.")
    if call.text("SourceParentId") != member.parent_id:
        raise AwsError("SourceParentNotFoundException", "The account is not in the source that you specified.")
    member.parent_id = call.text("DestinationParentId")
    world.accounts[member.id].ou = _path(backend, member.parent_id)
    return {}


def _poll(one: Creation, call: Call) -> None:
    if one.state != "IN_PROGRESS":
        return
    one.polls -= 1
    if one.polls >= 0:
        return
    one.completed_at = time.time()
    one.reason = _why_not(one, call)
    one.state = "FAILED" if one.reason else "SUCCEEDED"
    if not one.reason:
        _make(one, call)


def _why_not(one: Creation, call: Call) -> str:
    if asked := _FAILS.search(one.email):
        reason = asked[1].replace("-", "_").upper()
        return reason if reason in service_model("organizations").shape_for("CreateAccountFailureReason").enum else ""
    taken = {member.email.lower() for member in backend_of(call.account).accounts}
    return "EMAIL_ALREADY_EXISTS" if one.email.lower() in taken else ""


def _make(one: Creation, call: Call) -> None:
    backend = backend_of(call.account)
    backend.create_account(AccountName=one.name, Email=one.email, Tags=one.tags, RoleName=one.role_name)
    one.account_id = backend.accounts[-1].id
    after_organizations(call)
    known = world.accounts[one.account_id]
    known.ou, known.enterable_at = "/", time.time() + one.role_after


def _path(backend: Any, unit_id: str) -> str:
    unit = next((one for one in backend.ou if one.id == unit_id), None)
    if unit is None or unit.id == backend.org.root_id:
        return "/"
    above = _path(backend, unit.parent_id)
    return f"{above.rstrip('/')}/{unit.name}"


OPERATIONS = {
    "CreateAccount": create_account,
    "DescribeCreateAccountStatus": describe_create_account_status,
    "ListCreateAccountStatus": list_create_account_status,
    "MoveAccount": move_account,
}
