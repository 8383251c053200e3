"""IAM's answer shapes from moto's objects; each list shows only what AWS shows in it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from urllib.parse import quote

from moto.iam.models import IAMBackend

from sandbox.iam.principals import printed_trust


@lru_cache(maxsize=4096)
def encoded(document: str) -> str:
    """Documents travel percent-encoded."""
    return quote(document, safe="")


def boundary(entity: Any) -> dict[str, str] | None:
    """AWS says `Policy` here, though its own model lists another word."""
    arn = getattr(entity, "permissions_boundary_arn", None)
    return {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn} if arn else None


def tags_of(entity: Any) -> list[dict[str, str]]:
    """In one place for all kinds: moto keeps a user's tags under an ARN that a rename loses."""
    return list(getattr(entity, "sandbox_tags", []))


def inline_policies(holder: Any) -> list[dict[str, str]]:
    names = sorted(holder.policies)
    return [{"PolicyName": name, "PolicyDocument": encoded(holder.policies[name])} for name in names]


def attached_policies(holder: Any) -> list[dict[str, str]]:
    policies = sorted(holder.managed_policies.values(), key=lambda policy: policy.name)
    return [{"PolicyName": policy.name, "PolicyArn": policy.arn} for policy in policies]


def group(entity: Any) -> dict[str, Any]:
    return {
        "Path": entity.path,
        "GroupName": entity.name,
        "GroupId": entity.id,
        "Arn": entity.arn,
        "CreateDate": entity.create_date,
    }


def user(entity: Any) -> dict[str, Any]:
    return {
        "Path": entity.path,
        "UserName": entity.name,
        "UserId": entity.id,
        "Arn": entity.arn,
        "CreateDate": entity.create_date,
        "PasswordLastUsed": entity.password_last_used,
    }


def user_in_full(entity: Any) -> dict[str, Any]:
    return user(entity) | {"PermissionsBoundary": boundary(entity), "Tags": tags_of(entity) or None}


def role(entity: Any) -> dict[str, Any]:
    return {
        "Path": entity.path,
        "RoleName": entity.name,
        "RoleId": entity.id,
        "Arn": entity.arn,
        "CreateDate": entity.create_date,
        "AssumeRolePolicyDocument": encoded(printed_trust(entity)),
        "Description": entity.description or None,
        "MaxSessionDuration": int(entity.max_session_duration or 3600),
    }


def role_in_full(entity: Any) -> dict[str, Any]:
    return role(entity) | {
        "PermissionsBoundary": boundary(entity),
        "Tags": tags_of(entity) or None,
        "RoleLastUsed": last_used(entity),
    }


def last_used(entity: Any) -> dict[str, Any]:
    return {"LastUsedDate": entity.last_used, "Region": "us-east-1"} if entity.last_used else {}


def nested_role(entity: Any) -> dict[str, Any]:
    """A role inside an instance profile: neither description nor session length."""
    return {k: v for k, v in role(entity).items() if k not in ("Description", "MaxSessionDuration")}


def instance_profile(entity: Any) -> dict[str, Any]:
    return {
        "Path": entity.path,
        "InstanceProfileName": entity.name,
        "InstanceProfileId": entity.id,
        "Arn": entity.arn,
        "CreateDate": entity.create_date,
        "Roles": [nested_role(item) for item in entity.roles],
    }


def boundary_uses(backend: IAMBackend, arn: str) -> list[Any]:
    holders = [*backend.users.values(), *backend.roles.values()]
    return [holder for holder in holders if getattr(holder, "permissions_boundary_arn", None) == arn]


def policy(backend: IAMBackend, entity: Any) -> dict[str, Any]:
    """As in ListPolicies: no description, no tags."""
    return {
        "PolicyName": entity.name,
        "PolicyId": entity.id,
        "Arn": entity.arn,
        "Path": entity.path,
        "DefaultVersionId": entity.default_version_id,
        "AttachmentCount": entity.attachment_count,
        "PermissionsBoundaryUsageCount": len(boundary_uses(backend, entity.arn)),
        "IsAttachable": True,
        "CreateDate": entity.create_date,
        "UpdateDate": entity.update_date,
    }


def policy_in_full(backend: IAMBackend, entity: Any) -> dict[str, Any]:
    return policy(backend, entity) | {"Description": entity.description or None, "Tags": tags_of(entity) or None}


def policy_version(version: Any, with_document: bool = True) -> dict[str, Any]:
    return {
        "Document": encoded(version.document) if with_document else None,
        "VersionId": version.version_id,
        "IsDefaultVersion": version.is_default,
        "CreateDate": version.create_date,
    }
