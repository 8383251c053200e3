"""A tiny IAM in memory, for order and convergence without HTTP: it takes Calls, gives Snapshots and answers Reads."""

# Parameters are named as AWS names them, so that a call's params fit.
# ruff: noqa: N803

import json
from collections.abc import Iterable, Mapping
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

from provisioning.core.change import Call, Read
from provisioning.core.plain import canonical
from provisioning.core.snapshot import Complete, Section, Snapshot

ACCOUNT = "111122223333"
SEEN = datetime(2026, 3, 1, tzinfo=UTC)
MOST_ATTACHED, MOST_VERSIONS = 10, 5
INLINE_SIZE = {"Role": 10240, "Group": 5120, "User": 2048}
MOST_GROUPS = 10


class IamError(Exception):
    """What AWS answers instead: its code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def snapshot_of(
    users: Iterable[Mapping[str, Any]] = (),
    groups: Iterable[Mapping[str, Any]] = (),
    roles: Iterable[Mapping[str, Any]] = (),
    policies: Iterable[Mapping[str, Any]] = (),
    settings: Iterable[Mapping[str, Any]] = (),
) -> Snapshot:
    """A snapshot of these rows."""
    details = {"users": [*users], "groups": [*groups], "roles": [*roles], "policies": [*policies]}
    sections = {
        Section.IAM_DETAILS: Complete(details, SEEN),
        Section.IAM_ROLES: Complete({"roles": [*settings]}, SEEN),
    }
    return Snapshot(ACCOUNT, "aws", sections)


class Iam:
    """One account. Names are keyed as AWS compares them, and kept as they were first spelt."""

    def __init__(self, users: Iterable[str] = ()) -> None:
        self.users: dict[str, dict[str, Any]] = {}
        for name in users:
            self._CreateUser(name, "/")
        self.groups: dict[str, dict[str, Any]] = {}
        self.roles: dict[str, dict[str, Any]] = {}
        self.policies: dict[str, dict[str, Any]] = {}

    def copy(self) -> "Iam":
        return deepcopy(self)

    def send(self, calls: Iterable[Call]) -> "Iam":
        """Take these calls; an error that the call accepts counts as done."""
        for call in calls:
            try:
                getattr(self, f"_{call.operation}")(**call.params)
            except IamError as error:
                if error.code not in call.accepts:
                    raise
        return self

    def snapshot(self) -> Snapshot:
        """The whole account, as one look sees it."""
        roles = [{key: row[key] for key in row if key not in _SETTINGS} for row in self._rows(self.roles)]
        settings = [{"name": row["name"], **{key: row[key] for key in _SETTINGS}} for row in self._rows(self.roles)]
        return snapshot_of(self._rows(self.users), self._rows(self.groups), roles, self._rows(self.policies), settings)

    def _rows(self, rows: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
        return sorted((deepcopy(dict(row)) for row in rows.values()), key=lambda row: str(row["name"]))

    # -- roles, groups and users alike

    def _create(self, rows: dict[str, Any], resource: str, name: str, path: str, **more: Any) -> None:
        if name.lower() in rows:
            raise IamError("EntityAlreadyExists")
        arn = f"arn:aws:iam::{ACCOUNT}:{resource}{path}{name}"
        rows[name.lower()] = {"name": name, "path": path, "arn": arn, "id": name, "attached": [], "inline": {}, **more}

    def _attach(self, row: dict[str, Any], policy: str) -> None:
        if policy not in row["attached"] and len(row["attached"]) >= MOST_ATTACHED:
            raise IamError("LimitExceeded")
        row["attached"] = sorted({*row["attached"], policy})

    def _detach(self, row: dict[str, Any], policy: str) -> None:
        if policy not in row["attached"]:
            raise IamError("NoSuchEntity")
        row["attached"].remove(policy)

    def _put(self, row: dict[str, Any], noun: str, name: str, document: str) -> None:
        stored = next((known for known in row["inline"] if known.lower() == name.lower()), name)
        inline = {**row["inline"], stored: document}
        if sum(map(len, inline.values())) > INLINE_SIZE[noun]:
            raise IamError("LimitExceeded")
        row["inline"] = inline

    def _delete(self, row: dict[str, Any], name: str) -> None:
        if row["inline"].pop(name, None) is None:
            raise IamError("NoSuchEntity")

    @staticmethod
    def _row(rows: Mapping[str, Any], name: str) -> Any:
        if name.lower() not in rows:
            raise IamError("NoSuchEntity")
        return rows[name.lower()]

    # -- groups

    def _CreateGroup(self, GroupName: str, Path: str) -> None:
        self._create(self.groups, "group", GroupName, Path)

    def _UpdateGroup(self, GroupName: str, NewPath: str) -> None:
        row = self._row(self.groups, GroupName)
        row["path"], row["arn"] = NewPath, f"arn:aws:iam::{ACCOUNT}:group{NewPath}{row['name']}"

    def _AttachGroupPolicy(self, GroupName: str, PolicyArn: str) -> None:
        self._attach(self._row(self.groups, GroupName), PolicyArn)

    def _DetachGroupPolicy(self, GroupName: str, PolicyArn: str) -> None:
        self._detach(self._row(self.groups, GroupName), PolicyArn)

    def _PutGroupPolicy(self, GroupName: str, PolicyName: str, PolicyDocument: str) -> None:
        self._put(self._row(self.groups, GroupName), "Group", PolicyName, PolicyDocument)

    def _DeleteGroupPolicy(self, GroupName: str, PolicyName: str) -> None:
        self._delete(self._row(self.groups, GroupName), PolicyName)

    def _AddUserToGroup(self, GroupName: str, UserName: str) -> None:
        user, group = self._row(self.users, UserName), self._row(self.groups, GroupName)
        if group["name"] not in user["groups"] and len(user["groups"]) >= MOST_GROUPS:
            raise IamError("LimitExceeded")
        user["groups"] = sorted({*user["groups"], group["name"]})

    def _RemoveUserFromGroup(self, GroupName: str, UserName: str) -> None:
        user, group = self._row(self.users, UserName), self._row(self.groups, GroupName)
        if group["name"] not in user["groups"]:
            raise IamError("NoSuchEntity")
        user["groups"].remove(group["name"])

    # -- users

    def _CreateUser(self, UserName: str, Path: str, **more: Any) -> None:
        tags = {tag["Key"]: tag["Value"] for tag in more.get("Tags", [])}
        self._create(self.users, "user", UserName, Path, groups=[], boundary=more.get("PermissionsBoundary"), tags=tags)

    def _UpdateUser(self, UserName: str, NewPath: str) -> None:
        row = self._row(self.users, UserName)
        row["path"], row["arn"] = NewPath, f"arn:aws:iam::{ACCOUNT}:user{NewPath}{row['name']}"

    def _AttachUserPolicy(self, UserName: str, PolicyArn: str) -> None:
        self._attach(self._row(self.users, UserName), PolicyArn)

    def _DetachUserPolicy(self, UserName: str, PolicyArn: str) -> None:
        self._detach(self._row(self.users, UserName), PolicyArn)

    def _PutUserPolicy(self, UserName: str, PolicyName: str, PolicyDocument: str) -> None:
        self._put(self._row(self.users, UserName), "User", PolicyName, PolicyDocument)

    def _DeleteUserPolicy(self, UserName: str, PolicyName: str) -> None:
        self._delete(self._row(self.users, UserName), PolicyName)

    def _PutUserPermissionsBoundary(self, UserName: str, PermissionsBoundary: str) -> None:
        self._row(self.users, UserName)["boundary"] = PermissionsBoundary

    def _DeleteUserPermissionsBoundary(self, UserName: str) -> None:
        self._row(self.users, UserName)["boundary"] = None

    def _TagUser(self, UserName: str, Tags: list[dict[str, str]]) -> None:
        self._tag(self._row(self.users, UserName), Tags)

    def _UntagUser(self, UserName: str, TagKeys: list[str]) -> None:
        row = self._row(self.users, UserName)
        row["tags"] = {key: value for key, value in row["tags"].items() if key not in TagKeys}

    @staticmethod
    def _tag(row: dict[str, Any], tags: list[dict[str, str]]) -> None:
        for tag in tags:
            stored = next((key for key in row["tags"] if key.lower() == tag["Key"].lower()), tag["Key"])
            row["tags"][stored] = tag["Value"]

    # -- roles

    def _CreateRole(self, RoleName: str, Path: str, AssumeRolePolicyDocument: str, **more: Any) -> None:
        self._create(
            self.roles,
            "role",
            RoleName,
            Path,
            trust=AssumeRolePolicyDocument,
            boundary=more.get("PermissionsBoundary"),
            tags={tag["Key"]: tag["Value"] for tag in more.get("Tags", [])},
            instance_profiles=[],
            description=more.get("Description", ""),
            max_session_seconds=more.get("MaxSessionDuration", 3600),
        )

    def _UpdateRole(self, RoleName: str, Description: str, MaxSessionDuration: int) -> None:
        row = self._row(self.roles, RoleName)
        row["description"], row["max_session_seconds"] = Description, MaxSessionDuration

    def _UpdateAssumeRolePolicy(self, RoleName: str, PolicyDocument: str) -> None:
        self._row(self.roles, RoleName)["trust"] = PolicyDocument

    def _AttachRolePolicy(self, RoleName: str, PolicyArn: str) -> None:
        self._attach(self._row(self.roles, RoleName), PolicyArn)

    def _DetachRolePolicy(self, RoleName: str, PolicyArn: str) -> None:
        self._detach(self._row(self.roles, RoleName), PolicyArn)

    def _PutRolePolicy(self, RoleName: str, PolicyName: str, PolicyDocument: str) -> None:
        self._put(self._row(self.roles, RoleName), "Role", PolicyName, PolicyDocument)

    def _DeleteRolePolicy(self, RoleName: str, PolicyName: str) -> None:
        self._delete(self._row(self.roles, RoleName), PolicyName)

    def _PutRolePermissionsBoundary(self, RoleName: str, PermissionsBoundary: str) -> None:
        self._row(self.roles, RoleName)["boundary"] = PermissionsBoundary

    def _DeleteRolePermissionsBoundary(self, RoleName: str) -> None:
        self._row(self.roles, RoleName)["boundary"] = None

    def _TagRole(self, RoleName: str, Tags: list[dict[str, str]]) -> None:
        self._tag(self._row(self.roles, RoleName), Tags)

    def _UntagRole(self, RoleName: str, TagKeys: list[str]) -> None:
        row = self._row(self.roles, RoleName)
        row["tags"] = {key: value for key, value in row["tags"].items() if key not in TagKeys}

    def _CreateInstanceProfile(self, InstanceProfileName: str, Path: str) -> None:
        if any(self._profiles(InstanceProfileName)):
            raise IamError("EntityAlreadyExists")

    def _AddRoleToInstanceProfile(self, InstanceProfileName: str, RoleName: str) -> None:
        if any(self._profiles(InstanceProfileName)):
            raise IamError("LimitExceeded")
        row = self._row(self.roles, RoleName)
        row["instance_profiles"].append({"name": InstanceProfileName, "path": row["path"], "roles": [row["name"]]})

    def _RemoveRoleFromInstanceProfile(self, InstanceProfileName: str, RoleName: str) -> None:
        row = self._row(self.roles, RoleName)
        row["instance_profiles"] = [one for one in row["instance_profiles"] if one["name"] != InstanceProfileName]

    def _DeleteInstanceProfile(self, InstanceProfileName: str) -> None:
        if any(self._profiles(InstanceProfileName)):
            raise IamError("DeleteConflict")

    def _profiles(self, name: str) -> Iterable[Any]:
        return (one for row in self.roles.values() for one in row["instance_profiles"] if one["name"] == name)

    # -- policies

    def _CreatePolicy(self, PolicyName: str, Path: str, PolicyDocument: str, Description: str = "") -> None:
        if PolicyName.lower() in self.policies:
            raise IamError("EntityAlreadyExists")
        self.policies[PolicyName.lower()] = {
            "name": PolicyName,
            "path": Path,
            "arn": f"arn:aws:iam::{ACCOUNT}:policy{Path}{PolicyName}",
            "id": PolicyName,
            "default_version": "v1",
            "versions": [_version(1, PolicyDocument)],
        }

    def _CreatePolicyVersion(self, PolicyArn: str, PolicyDocument: str, SetAsDefault: bool) -> None:
        row = self._policy(PolicyArn)
        if len(row["versions"]) >= MOST_VERSIONS:
            raise IamError("LimitExceeded")
        number = row["made"] = row.get("made", int(row["versions"][-1]["id"][1:])) + 1
        row["versions"].append(_version(number, PolicyDocument))
        if SetAsDefault:
            row["default_version"] = f"v{number}"

    def _SetDefaultPolicyVersion(self, PolicyArn: str, VersionId: str) -> None:
        self._policy(PolicyArn)["default_version"] = VersionId

    def _DeletePolicyVersion(self, PolicyArn: str, VersionId: str) -> None:
        row = self._policy(PolicyArn)
        if row["default_version"] == VersionId:
            raise IamError("DeleteConflict")
        row["versions"] = [one for one in row["versions"] if one["id"] != VersionId]

    def _policy(self, arn: str) -> Any:
        return self._row(self.policies, arn.rpartition("/")[2])

    # -- reads

    def answer(self, read: Read) -> Any:
        """What botocore would hand over, None for an absent thing."""
        try:
            return getattr(self, f"_{read.operation}")(**read.params)
        except IamError as error:
            if error.code in read.absent:
                return None
            raise

    def _GetGroup(self, GroupName: str) -> Any:
        row = self._row(self.groups, GroupName)
        users = [{"UserName": user["name"]} for user in self.users.values() if row["name"] in user["groups"]]
        group = {"GroupName": row["name"], "Path": row["path"], "Arn": row["arn"], "GroupId": row["id"]}
        return {"Group": group, "Users": users}

    def _GetUser(self, UserName: str) -> Any:
        row = self._row(self.users, UserName)
        return {
            "User": {
                "UserName": row["name"],
                "Path": row["path"],
                "Arn": row["arn"],
                "UserId": row["id"],
                **_boundary_and_tags(row),
            }
        }

    def _ListGroupsForUser(self, UserName: str) -> Any:
        return {"Groups": [{"GroupName": name} for name in self._row(self.users, UserName)["groups"]]}

    def _ListAttachedUserPolicies(self, UserName: str) -> Any:
        return {"AttachedPolicies": [{"PolicyArn": arn} for arn in self._row(self.users, UserName)["attached"]]}

    def _ListUserPolicies(self, UserName: str) -> Any:
        return {"PolicyNames": [*self._row(self.users, UserName)["inline"]]}

    def _GetUserPolicy(self, UserName: str, PolicyName: str) -> Any:
        return {"PolicyDocument": json.loads(self._row(self.users, UserName)["inline"][PolicyName])}

    def _GetRole(self, RoleName: str) -> Any:
        row = self._row(self.roles, RoleName)
        return {
            "Role": {
                "RoleName": row["name"],
                "Path": row["path"],
                "Arn": row["arn"],
                "RoleId": row["id"],
                "AssumeRolePolicyDocument": json.loads(row["trust"]),
                "Description": row["description"],
                "MaxSessionDuration": row["max_session_seconds"],
                **_boundary_and_tags(row),
            }
        }

    def _ListInstanceProfilesForRole(self, RoleName: str) -> Any:
        profiles = self._row(self.roles, RoleName)["instance_profiles"]
        return {
            "InstanceProfiles": [
                {
                    "InstanceProfileName": one["name"],
                    "Path": one["path"],
                    "Roles": [{"RoleName": role} for role in one["roles"]],
                }
                for one in profiles
            ]
        }

    def _ListAttachedGroupPolicies(self, GroupName: str) -> Any:
        return {"AttachedPolicies": [{"PolicyArn": arn} for arn in self._row(self.groups, GroupName)["attached"]]}

    def _ListAttachedRolePolicies(self, RoleName: str) -> Any:
        return {"AttachedPolicies": [{"PolicyArn": arn} for arn in self._row(self.roles, RoleName)["attached"]]}

    def _ListGroupPolicies(self, GroupName: str) -> Any:
        return {"PolicyNames": [*self._row(self.groups, GroupName)["inline"]]}

    def _ListRolePolicies(self, RoleName: str) -> Any:
        return {"PolicyNames": [*self._row(self.roles, RoleName)["inline"]]}

    def _GetGroupPolicy(self, GroupName: str, PolicyName: str) -> Any:
        return {"PolicyDocument": json.loads(self._row(self.groups, GroupName)["inline"][PolicyName])}

    def _GetRolePolicy(self, RoleName: str, PolicyName: str) -> Any:
        return {"PolicyDocument": json.loads(self._row(self.roles, RoleName)["inline"][PolicyName])}

    def _GetPolicy(self, PolicyArn: str) -> Any:
        row = self._policy(PolicyArn)
        if row["arn"].lower() != PolicyArn.lower():
            raise IamError("NoSuchEntity")
        return {"Policy": _policy_answer(row)}

    def _ListPolicies(self, Scope: str) -> Any:
        return {"Policies": [_policy_answer(row) for row in self.policies.values()]}

    def _ListPolicyVersions(self, PolicyArn: str) -> Any:
        versions = reversed(self._policy(PolicyArn)["versions"])
        return {"Versions": [{"VersionId": one["id"], "CreateDate": SEEN} for one in versions]}

    def _GetPolicyVersion(self, PolicyArn: str, VersionId: str) -> Any:
        versions = self._policy(PolicyArn)["versions"]
        document = next(one["document"] for one in versions if one["id"] == VersionId)
        return {"PolicyVersion": {"Document": json.loads(document)}}


_SETTINGS = ("description", "max_session_seconds")


def _version(number: int, document: str) -> dict[str, str]:
    return {"id": f"v{number}", "document": canonical(json.loads(document)), "created_at": SEEN.isoformat()}


def _boundary_and_tags(row: Mapping[str, Any]) -> dict[str, Any]:
    boundary = {"PermissionsBoundary": {"PermissionsBoundaryArn": row["boundary"]}} if row["boundary"] else {}
    return {"Tags": [{"Key": key, "Value": value} for key, value in row["tags"].items()], **boundary}


def _policy_answer(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "PolicyName": row["name"],
        "Path": row["path"],
        "Arn": row["arn"],
        "PolicyId": row["id"],
        "DefaultVersionId": row["default_version"],
    }


def reread(iam: Iam, generator: Any) -> Snapshot:
    """Drive a kind's re-read against the model."""
    try:
        wanted = next(generator)
        while True:
            wanted = generator.send(iam.answer(wanted))
    except StopIteration as end:
        return Snapshot(ACCOUNT, "aws", {section: Complete(body, SEEN) for section, body in end.value.items()})
