"""What the IAM part of a snapshot would be after the calls of a plan. Pure.

It knows the calls that change what somebody may do; any other call (a description, a budget) changes nothing here.
"""

from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from provisioning.core.change import Call
from provisioning.core.snapshot import Complete, Section, Snapshot

Rows = dict[str, dict[str, Any]]
"""By name as IAM compares it."""


def after_calls(snapshot: Snapshot, calls: Iterable[Call]) -> Snapshot:
    """The snapshot with these calls made, in this order; the same one where IAM was not read."""
    reading = snapshot.sections.get(Section.IAM_DETAILS)
    if not isinstance(reading, Complete):
        return snapshot
    account = _Account(snapshot, reading.body)
    for call in calls:
        if call.service == "iam" and (step := _STEPS.get(call.operation)):
            step(account, call.params)
    forecast = Complete(account.body(), reading.observed_at)
    return replace(snapshot, sections={**snapshot.sections, Section.IAM_DETAILS: forecast})


def empty_account(account_id: str, partition: str) -> Snapshot:
    """An account in which nothing is: what a declaration alone would make of it."""
    details: dict[str, list[Any]] = {"users": [], "groups": [], "roles": [], "policies": []}
    now = datetime.now(UTC)
    sections = {
        Section.IAM_DETAILS: Complete(details, now),
        Section.IAM_ROLES: Complete({"roles": []}, now),
    }
    return Snapshot(account_id, partition, sections)


class _Account:
    def __init__(self, snapshot: Snapshot, body: Mapping[str, Any]) -> None:
        self._root = f"arn:{snapshot.partition}:iam::{snapshot.account_id}:"
        self._rest = body
        self.rows: dict[str, Rows] = {
            part: {row["name"].lower(): deepcopy(dict(row)) for row in body.get(part, ())}
            for part in ("users", "groups", "roles", "policies")
        }

    def body(self) -> dict[str, Any]:
        sorted_rows = {
            part: sorted(rows.values(), key=lambda row: str(row["name"])) for part, rows in self.rows.items()
        }
        return {**self._rest, **sorted_rows}

    def create(self, part: str, noun: str, name: str, path: str, **more: Any) -> None:
        row = {"name": name, "path": path, "arn": f"{self._root}{noun}{path}{name}", "id": ""}
        self.rows[part][name.lower()] = {**row, **more}

    def policy(self, arn: str) -> dict[str, Any]:
        """The customer's own policy; an empty stand-in for one that isn't there."""
        return next((row for row in self.rows["policies"].values() if row["arn"] == arn), {"versions": []})

    def moved(self, part: str, noun: str, name: str, path: str) -> None:
        row = self.rows[part].get(name.lower(), {})
        row.update(path=path, arn=f"{self._root}{noun}{path}{row.get('name', name)}")


Params = Mapping[str, Any]
Step = Callable[[_Account, Params], None]
_PARTS = {"User": "users", "Group": "groups", "Role": "roles"}


def _holder(account: _Account, noun: str, params: Params) -> dict[str, Any]:
    """The row of a user, group or role; an empty stand-in for one that isn't there, which AWS would refuse."""
    row = account.rows[_PARTS[noun]].get(str(params[f"{noun}Name"]).lower())
    return row if row is not None else {"attached": [], "inline": {}, "tags": {}, "groups": []}


def _create_user(account: _Account, params: Params) -> None:
    more: dict[str, Any] = {"groups": [], "attached": [], "inline": {}, "boundary": params.get("PermissionsBoundary")}
    account.create("users", "user", params["UserName"], params.get("Path", "/"), **more, tags=_tags(params))


def _create_group(account: _Account, params: Params) -> None:
    account.create("groups", "group", params["GroupName"], params.get("Path", "/"), attached=[], inline={})


def _create_role(account: _Account, params: Params) -> None:
    more: dict[str, Any] = {
        "attached": [],
        "inline": {},
        "boundary": params.get("PermissionsBoundary"),
        "instance_profiles": [],
    }
    trust = params["AssumeRolePolicyDocument"]
    account.create(
        "roles", "role", params["RoleName"], params.get("Path", "/"), **more, tags=_tags(params), trust=trust
    )


def _create_policy(account: _Account, params: Params) -> None:
    version = {"id": "v1", "document": params["PolicyDocument"], "created_at": ""}
    more = {"default_version": "v1", "versions": [version]}
    account.create("policies", "policy", params["PolicyName"], params.get("Path", "/"), **more)


def _create_version(account: _Account, params: Params) -> None:
    policy = account.policy(params["PolicyArn"])
    numbers = [int(version["id"].removeprefix("v") or 0) for version in policy["versions"]]
    made = f"v{max(numbers, default=0) + 1}"
    policy["versions"].append({"id": made, "document": params["PolicyDocument"], "created_at": ""})
    if params.get("SetAsDefault"):
        policy["default_version"] = made


def _set_default(account: _Account, params: Params) -> None:
    account.policy(params["PolicyArn"])["default_version"] = params["VersionId"]


def _delete_version(account: _Account, params: Params) -> None:
    policy = account.policy(params["PolicyArn"])
    policy["versions"] = [one for one in policy["versions"] if one["id"] != params["VersionId"]]


def _delete_policy(account: _Account, params: Params) -> None:
    rows = account.rows["policies"]
    account.rows["policies"] = {name: row for name, row in rows.items() if row["arn"] != params["PolicyArn"]}


def _tags(params: Params) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in params.get("Tags", ())}


def _attach(noun: str) -> Step:
    def step(account: _Account, params: Params) -> None:
        row = _holder(account, noun, params)
        row["attached"] = sorted({*row["attached"], params["PolicyArn"]})

    return step


def _detach(noun: str) -> Step:
    def step(account: _Account, params: Params) -> None:
        row = _holder(account, noun, params)
        row["attached"] = [arn for arn in row["attached"] if arn != params["PolicyArn"]]

    return step


def _put_inline(noun: str) -> Step:
    def step(account: _Account, params: Params) -> None:
        row = _holder(account, noun, params)
        row["inline"] = {**row["inline"], params["PolicyName"]: params["PolicyDocument"]}

    return step


def _delete_inline(noun: str) -> Step:
    def step(account: _Account, params: Params) -> None:
        row = _holder(account, noun, params)
        row["inline"] = {name: text for name, text in row["inline"].items() if name != params["PolicyName"]}

    return step


def _put_boundary(noun: str) -> Step:
    return lambda account, params: _holder(account, noun, params).update(boundary=params["PermissionsBoundary"])


def _delete_boundary(noun: str) -> Step:
    return lambda account, params: _holder(account, noun, params).update(boundary=None)


def _tag(noun: str) -> Step:
    def step(account: _Account, params: Params) -> None:
        row = _holder(account, noun, params)
        row["tags"] = {**row["tags"], **_tags(params)}

    return step


def _untag(noun: str) -> Step:
    def step(account: _Account, params: Params) -> None:
        row = _holder(account, noun, params)
        row["tags"] = {key: value for key, value in row["tags"].items() if key not in params["TagKeys"]}

    return step


def _delete(noun: str) -> Step:
    def step(account: _Account, params: Params) -> None:
        account.rows[_PARTS[noun]].pop(str(params[f"{noun}Name"]).lower(), None)

    return step


def _move(noun: str) -> Step:
    def step(account: _Account, params: Params) -> None:
        if path := params.get("NewPath"):
            account.moved(_PARTS[noun], noun.lower(), params[f"{noun}Name"], path)

    return step


def _join(account: _Account, params: Params) -> None:
    user, group = _holder(account, "User", params), _holder(account, "Group", params)
    user["groups"] = sorted({*user["groups"], group.get("name", params["GroupName"])})


def _leave(account: _Account, params: Params) -> None:
    user = _holder(account, "User", params)
    user["groups"] = [name for name in user["groups"] if name.lower() != params["GroupName"].lower()]


def _trust(account: _Account, params: Params) -> None:
    _holder(account, "Role", params)["trust"] = params["PolicyDocument"]


def _for_each(verb: str, make: Callable[[str], Step], nouns: Iterable[str] = _PARTS) -> dict[str, Step]:
    return {verb.format(noun): make(noun) for noun in nouns}


_WITH_TAGS = ("User", "Role")
_STEPS: dict[str, Step] = {
    "CreateUser": _create_user,
    "CreateGroup": _create_group,
    "CreateRole": _create_role,
    "CreatePolicy": _create_policy,
    "CreatePolicyVersion": _create_version,
    "SetDefaultPolicyVersion": _set_default,
    "DeletePolicyVersion": _delete_version,
    "DeletePolicy": _delete_policy,
    "UpdateAssumeRolePolicy": _trust,
    "AddUserToGroup": _join,
    "RemoveUserFromGroup": _leave,
    **_for_each("Attach{}Policy", _attach),
    **_for_each("Detach{}Policy", _detach),
    **_for_each("Put{}Policy", _put_inline),
    **_for_each("Delete{}Policy", _delete_inline),
    **_for_each("Delete{}", _delete),
    **_for_each("Update{}", _move, ("User", "Group")),
    **_for_each("Put{}PermissionsBoundary", _put_boundary, _WITH_TAGS),
    **_for_each("Delete{}PermissionsBoundary", _delete_boundary, _WITH_TAGS),
    **_for_each("Tag{}", _tag, _WITH_TAGS),
    **_for_each("Untag{}", _untag, _WITH_TAGS),
}
