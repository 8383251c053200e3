"""IAM's answers in the shapes of core/snapshot.py. Pure."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

Plain = dict[str, Any]


def document_text(document: Any) -> str:
    """A policy document as canonical compact JSON; what botocore could not read as JSON stays as it came."""
    if document is None or isinstance(document, str):
        return document or ""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    if text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text):
        return text
    # Half a character can be written in JSON (\ud800) but neither stored nor digested as text.
    return json.dumps(document, sort_keys=True, separators=(",", ":"))


def details_page(page: Mapping[str, Any]) -> Plain:
    """One page of GetAccountAuthorizationDetails; empty lists may be missing."""
    return {
        "users": [_user(item) for item in page.get("UserDetailList", [])],
        "groups": [_group(item) for item in page.get("GroupDetailList", [])],
        "roles": [_role(item) for item in page.get("RoleDetailList", [])],
        "policies": [_policy(item) for item in page.get("Policies", [])],
    }


def details_facts_page(page: Mapping[str, Any]) -> Plain:
    """What changes by itself on that page: use of roles, counts of attachments."""
    return {
        "roles": {role["RoleName"]: _last_used(role) for role in page.get("RoleDetailList", []) if _last_used(role)},
        "policies": {
            policy["Arn"]: {
                "attachments": policy.get("AttachmentCount", 0),
                "boundary_uses": policy.get("PermissionsBoundaryUsageCount", 0),
            }
            for policy in page.get("Policies", [])
        },
    }


def details_body(pages: Iterable[Mapping[str, list[Plain]]]) -> Plain:
    """All pages as one body, by name. An entity that moved between two pages while they were read counts once."""
    found: dict[str, dict[str, Plain]] = {"users": {}, "groups": {}, "roles": {}, "policies": {}}
    for page in pages:
        for kind, items in page.items():
            found[kind].update((item["name"], item) for item in items)
    return {kind: [items[name] for name in sorted(items)] for kind, items in found.items()}


def roles_page(page: Mapping[str, Any]) -> list[Plain]:
    """One page of ListRoles: what the details lack."""
    return [
        {
            "name": role["RoleName"],
            "description": role.get("Description") or "",
            "max_session_seconds": role.get("MaxSessionDuration", 3600),
        }
        for role in page.get("Roles", [])
    ]


def roles_body(pages: Iterable[list[Plain]]) -> Plain:
    """All pages of ListRoles."""
    found = {role["name"]: role for page in pages for role in page}
    return {"roles": [found[name] for name in sorted(found)]}


def summary_body(page: Mapping[str, Any]) -> Plain:
    """GetAccountSummary, live quotas apart from counts."""
    summary: dict[str, int] = page.get("SummaryMap", {})
    return {
        "quotas": {name: summary[name] for name in sorted(summary) if name.endswith("Quota")},
        "counts": {name: summary[name] for name in sorted(summary) if not name.endswith("Quota")},
    }


def _user(user: Mapping[str, Any]) -> Plain:
    return _entity(user, "User") | {
        "groups": sorted(user.get("GroupList", [])),
        **_policies_of(user, "User"),
        "boundary": _boundary(user),
        "tags": _tags(user),
    }


def _group(group: Mapping[str, Any]) -> Plain:
    return _entity(group, "Group") | _policies_of(group, "Group")


def _role(role: Mapping[str, Any]) -> Plain:
    return _entity(role, "Role") | {
        "trust": document_text(role.get("AssumeRolePolicyDocument")),
        **_policies_of(role, "Role"),
        "boundary": _boundary(role),
        "tags": _tags(role),
        "instance_profiles": _by_name(map(_instance_profile, role.get("InstanceProfileList", []))),
    }


def _policy(policy: Mapping[str, Any]) -> Plain:
    return {
        "name": policy.get("PolicyName") or policy["Arn"].rpartition("/")[2],
        "path": policy.get("Path", "/"),
        "arn": policy["Arn"],
        "id": policy.get("PolicyId", ""),
        "default_version": policy.get("DefaultVersionId", ""),
        "versions": sorted(map(_version, policy.get("PolicyVersionList", [])), key=_version_number),
    }


def _version(version: Mapping[str, Any]) -> Plain:
    created_at = version.get("CreateDate")
    return {
        "id": version["VersionId"],
        "document": document_text(version.get("Document")),
        "created_at": created_at.isoformat() if created_at else "",
    }


def _version_number(version: Plain) -> tuple[int, str]:
    # Ids are v1, v2, … and never reused, so their number is their age.
    number = version["id"].removeprefix("v")
    return (int(number) if number.isdecimal() else 0, version["id"])


def _instance_profile(profile: Mapping[str, Any]) -> Plain:
    return {
        "name": profile["InstanceProfileName"],
        "path": profile.get("Path", "/"),
        "roles": sorted(role["RoleName"] for role in profile.get("Roles", [])),
    }


def _entity(item: Mapping[str, Any], kind: str) -> Plain:
    return {
        "name": item[f"{kind}Name"],
        "path": item.get("Path", "/"),
        "arn": item["Arn"],
        "id": item.get(f"{kind}Id", ""),
    }


def _policies_of(item: Mapping[str, Any], kind: str) -> Plain:
    inline = {policy["PolicyName"]: policy.get("PolicyDocument") for policy in item.get(f"{kind}PolicyList", [])}
    return {
        "attached": sorted(policy["PolicyArn"] for policy in item.get("AttachedManagedPolicies", [])),
        "inline": {name: document_text(inline[name]) for name in sorted(inline)},
    }


def _boundary(item: Mapping[str, Any]) -> str | None:
    arn: str | None = (item.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn")
    return arn


def _tags(item: Mapping[str, Any]) -> dict[str, str]:
    return {tag["Key"]: tag.get("Value", "") for tag in sorted(item.get("Tags", []), key=lambda tag: str(tag["Key"]))}


def _last_used(role: Mapping[str, Any]) -> Plain:
    used = role.get("RoleLastUsed") or {}
    when = used.get("LastUsedDate")
    return {"last_used_at": when.isoformat(), "last_used_region": used.get("Region", "")} if when else {}


def _by_name(items: Iterable[Plain]) -> list[Plain]:
    return sorted(items, key=lambda item: str(item["name"]))
