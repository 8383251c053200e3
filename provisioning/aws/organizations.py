"""Organizations as the vending role uses it: finding out, making accounts, placing them.

Rates of each call per account: Organizations user guide, quotas. Status rows hold no e-mail address (API reference).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from accounts.core.creation_search import Holder, Status, mark_of
from provisioning.aws.session import AwsSession
from provisioning.core.change import Call, Read

SERVICE = "organizations"
EVERYWHERE = "*"


@dataclass(frozen=True)
class NewAccount:
    """What CreateAccount is told."""

    email: str
    name: str
    billing: str
    tags: Mapping[str, str]


@dataclass(frozen=True)
class Listed:
    """Who has an e-mail address in the organisation, and every other account's id."""

    holder: Holder | None
    others: frozenset[str]


def create_account(session: AwsSession, new: NewAccount) -> Status:
    """Send CreateAccount once. Raises AwsError; after UNKNOWN_OUTCOME nobody knows whether there will be an account."""
    params = {
        "Email": new.email,
        "AccountName": new.name,
        "IamUserAccessToBilling": new.billing.upper(),
        "Tags": _tags(new.tags),
    }
    answer = session.answer_to(_call("CreateAccount", params))
    return _status(answer["CreateAccountStatus"])


def creation_status(session: AwsSession, status_id: str) -> Status:
    """How far a creation is. Raises AwsError (`CreateAccountStatusNotFoundException`)."""
    answer = _answer(session, _read("DescribeCreateAccountStatus", {"CreateAccountRequestId": status_id}))
    return _status(answer["CreateAccountStatus"])


def creations(session: AwsSession) -> list[Status]:
    """Every creation that AWS still shows."""
    answer = _answer(session, _read("ListCreateAccountStatus", {}, "CreateAccountStatuses"))
    return [_status(row) for row in answer["CreateAccountStatuses"]]


def accounts_by_address(session: AwsSession, email: str) -> Listed:
    """Who has this address, in any case of its letters, with the mark it was made with."""
    rows = _answer(session, _read("ListAccounts", {}, "Accounts"))["Accounts"]
    ours = [row for row in rows if str(row.get("Email", "")).lower() == email.lower()]
    others = frozenset(row["Id"] for row in rows if row not in ours)
    return Listed(_holder(session, ours[0]) if ours else None, others)


def unit_of_path(session: AwsSession, path: str) -> str | None:
    """The id of the OU that a path names from the root, / for the root itself; None when there is none."""
    roots = _answer(session, _read("ListRoots", {}, "Roots"))["Roots"]
    found: str | None = roots[0]["Id"] if roots else None
    for name in [one for one in path.split("/") if one]:
        found = _unit_below(session, found, name) if found else None
    return found


def place_account(session: AwsSession, account_id: str, unit_id: str) -> bool:
    """Move an account into the OU; False where it is there already. Raises AwsError."""
    (parent,) = _answer(session, _read("ListParents", {"ChildId": account_id}, "Parents"))["Parents"]
    if parent["Id"] == unit_id:
        return False
    params = {"AccountId": account_id, "SourceParentId": parent["Id"], "DestinationParentId": unit_id}
    session.send(_call("MoveAccount", params, accepts=("DuplicateAccountException",)))
    return True


def tag_account(session: AwsSession, account_id: str, tags: Mapping[str, str]) -> None:
    """Set these tags, and leave others as they are. Raises AwsError."""
    session.send(_call("TagResource", {"ResourceId": account_id, "Tags": _tags(tags)}))


def _holder(session: AwsSession, row: Mapping[str, Any]) -> Holder:
    read = _read("ListTagsForResource", {"ResourceId": row["Id"]}, "Tags")
    tags = {tag["Key"]: tag["Value"] for tag in _answer(session, read)["Tags"]}
    return Holder(row["Id"], row["JoinedTimestamp"], mark_of(tags))


def _unit_below(session: AwsSession, parent: str, name: str) -> str | None:
    read = _read("ListOrganizationalUnitsForParent", {"ParentId": parent}, "OrganizationalUnits")
    units = _answer(session, read)["OrganizationalUnits"]
    return next((str(unit["Id"]) for unit in units if unit["Name"] == name), None)


def _status(row: Mapping[str, Any]) -> Status:
    return Status(
        id=row["Id"],
        name=row.get("AccountName", ""),
        state=row["State"],
        requested_at=row["RequestedTimestamp"],
        account_id=row.get("AccountId", ""),
        reason=row.get("FailureReason", ""),
    )


def _tags(tags: Mapping[str, str]) -> Sequence[Mapping[str, str]]:
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]


def _answer(session: AwsSession, read: Read) -> Any:
    """Never None: none of these reads takes an error for "there is none"."""
    return session.read(read)


def _read(operation: str, params: Mapping[str, Any], result_key: str = "") -> Read:
    actions = frozenset({(f"{SERVICE}:{operation}", EVERYWHERE)})
    return Read(SERVICE, operation, params, actions, result_key, absent=frozenset())


def _call(operation: str, params: Mapping[str, Any], accepts: Sequence[str] = ()) -> Call:
    return Call(SERVICE, operation, params, frozenset({(f"{SERVICE}:{operation}", EVERYWHERE)}), frozenset(accepts))
