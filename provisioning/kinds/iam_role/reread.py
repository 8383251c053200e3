"""The least reads that show one role whole."""

from collections.abc import Mapping
from typing import Any

from provisioning.core.kind import Reread
from provisioning.core.snapshot import Section
from provisioning.kinds.iam_reads import ANYWHERE, grant_reads, iam_read, stored_document


def reread_role(name: str) -> Reread:
    """GetRole, its policies, its instance profiles."""
    shown = yield iam_read("GetRole", ANYWHERE, RoleName=name)
    if shown is None:
        absent = {"roles": [], "absent": {"roles": [name]}}
        return {Section.IAM_DETAILS: absent, Section.IAM_ROLES: absent}
    role = shown["Role"]
    grants = yield from grant_reads("Role", name, role["Arn"])
    listed = yield iam_read("ListInstanceProfilesForRole", role["Arn"], "InstanceProfiles", RoleName=name)
    row = {**_row(role), **grants, "instance_profiles": _profiles((listed or {}).get("InstanceProfiles", []))}
    settings = {
        "name": role["RoleName"],
        "description": role.get("Description", ""),
        "max_session_seconds": role.get("MaxSessionDuration"),
    }
    return {Section.IAM_DETAILS: {"roles": [row]}, Section.IAM_ROLES: {"roles": [settings]}}


def _row(role: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": role["RoleName"],
        "path": role["Path"],
        "arn": role["Arn"],
        "id": role["RoleId"],
        "trust": stored_document(role.get("AssumeRolePolicyDocument")),
        "boundary": role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
        "tags": {tag["Key"]: tag["Value"] for tag in role.get("Tags", [])},
    }


def _profiles(profiles: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "name": profile["InstanceProfileName"],
            "path": profile["Path"],
            "roles": sorted(role["RoleName"] for role in profile["Roles"]),
        }
        for profile in sorted(profiles, key=lambda profile: str(profile["InstanceProfileName"]))
    ]
