"""The reads of a discovery, each as the plain facts that are kept of it.

AWS Organizations API reference: a list may give an empty page that is not the last; ListAccountsForParent shows the
accounts right below its parent only; `Status` is replaced by `State` from September 2026, and either may be missing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import quote

PAGE = 20
"""The most that Organizations gives at once."""
POLICY_KIND = "SERVICE_CONTROL_POLICY"


class Ask(Protocol):
    """Asks Organizations for all pages of one operation."""

    def __call__(self, operation: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The pages, which may be empty; None of them for what does not exist."""


@dataclass(frozen=True)
class Unit:
    """A root (`parent_id` is empty) or an organisational unit."""

    unit_id: str
    parent_id: str
    name: str
    path: str
    binds_policies: bool = True


@dataclass(frozen=True)
class FoundAccount:
    """An account as ListAccountsForParent shows it."""

    account_id: str
    parent_id: str
    ou_path: str
    name: str
    email: str
    aws_state: str
    joined_method: str
    joined_at: datetime | None


def read_organisation(ask: Ask) -> dict[str, str]:
    """Its id and the account that manages it."""
    (page,) = ask("DescribeOrganization", {})
    found = page["Organization"]
    return {"id": found["Id"], "management_account": found.get("MasterAccountId", "")}


def read_roots(ask: Ask) -> list[Unit]:
    """The roots: AWS makes one. Their path is /."""
    return [
        Unit(one["Id"], "", _line(one.get("Name", "Root")), "/", _binds(one))
        for one in _items(ask("ListRoots", {"MaxResults": PAGE}), "Roots")
    ]


def read_units_below(ask: Ask, unit_id: str, path: str) -> list[Unit]:
    """The units right below a root or a unit."""
    pages = ask("ListOrganizationalUnitsForParent", {"ParentId": unit_id, "MaxResults": PAGE})
    return [
        Unit(one["Id"], unit_id, _line(one["Name"]), f"{path.rstrip('/')}/{segment(one['Name'])}")
        for one in _items(pages, "OrganizationalUnits")
    ]


def read_accounts_in(ask: Ask, unit_id: str, path: str) -> list[FoundAccount]:
    """The accounts right below a root or a unit."""
    pages = ask("ListAccountsForParent", {"ParentId": unit_id, "MaxResults": PAGE})
    return [
        FoundAccount(
            account_id=one["Id"],
            parent_id=unit_id,
            ou_path=path,
            name=_line(one.get("Name", "")) or one["Id"],
            email=_line(one.get("Email", "")),
            aws_state=one.get("State") or one.get("Status") or "",
            joined_method=one.get("JoinedMethod", ""),
            joined_at=one.get("JoinedTimestamp"),
        )
        for one in _items(pages, "Accounts")
    ]


def read_tags(ask: Ask, account_id: str) -> dict[str, str] | None:
    """An account's tags; None when it is gone."""
    pages = ask("ListTagsForResource", {"ResourceId": account_id})
    return {_line(one["Key"]): _line(one["Value"]) for one in _items(pages, "Tags")} if pages else None


def read_policies(ask: Ask) -> dict[str, str]:
    """The names of all service control policies, by their ids."""
    pages = ask("ListPolicies", {"Filter": POLICY_KIND, "MaxResults": PAGE})
    return {one["Id"]: _line(one["Name"]) for one in _items(pages, "Policies")}


def read_policy(ask: Ask, policy_id: str) -> tuple[str, list[str]] | None:
    """A policy's document, and the ids it hangs on; None when it is gone."""
    described = ask("DescribePolicy", {"PolicyId": policy_id})
    targets = ask("ListTargetsForPolicy", {"PolicyId": policy_id, "MaxResults": PAGE})
    if not described or not targets:
        return None
    return described[0]["Policy"]["Content"], [one["TargetId"] for one in _items(targets, "Targets")]


def segment(name: str) -> str:
    """A unit's name as one segment of a path: what would end the segment, or could not be printed, is %-encoded.

    AWS takes any character in a name. Without this a unit called `a/b` would pass for `b` below `a`, and whoever may
    see or change accounts of the one would reach those of the other.
    """
    return "".join(
        quote(one, safe="")
        if one in "/%" or not one.isprintable() or (one == " " and at in {0, len(name) - 1})
        else one
        for at, one in enumerate(name)
    )


def _binds(root: Mapping[str, Any]) -> bool:
    types = root.get("PolicyTypes", [])
    return any(one.get("Type") == POLICY_KIND and one.get("Status") == "ENABLED" for one in types)


def _items(pages: list[dict[str, Any]], key: str) -> Iterator[dict[str, Any]]:
    return (item for page in pages for item in page.get(key) or [])


def _line(text: str) -> str:
    return "".join(one if one.isprintable() else "?" for one in text).strip()
