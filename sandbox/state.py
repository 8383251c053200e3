"""A complete, readable dump of one account, straight from the backends."""

from __future__ import annotations

import json
from typing import Any

from moto.iam.models import AWSManagedPolicy, IAMBackend

from sandbox.budgets.model import Budget
from sandbox.iam.principals import printed_trust
from sandbox.iam.shapes import tags_of
from sandbox.organisation.content import run
from sandbox.world import world


def state(account: str) -> dict[str, Any]:
    """Raises KeyError for an account that doesn't exist."""
    known, backend = world.accounts[account], world.iam(account)
    return {
        "account": {"id": known.id, "name": known.name, "status": known.status, "root_mfa": known.root_mfa},
        "groups": {group.name: _group(group) for group in backend.groups.values()},
        "roles": {role.name: _role(role) for role in backend.roles.values()},
        "users": {user.name: _user(backend, user) for user in backend.users.values()},
        "policies": {p.name: _policy(p) for p in backend.managed_policies.values() if not _is_aws(p)},
        "instance_profiles": {p.name: _profile(p) for p in backend.instance_profiles.values()},
        "password_policy": run(account, "GetAccountPasswordPolicy") if backend.account_password_policy else None,
        "alias": next(iter(backend.account_aliases), None),
        "contacts": world.contacts.get(account, {}),
        "providers": {arn: vars(one) for arn, one in world.providers.get(account, {}).items()},
        "analyzers": {f"{one.region}/{one.name}": one.shown() for one in world.analyzers.get(account, {}).values()},
        "budgets": {name: _budget(budget) for name, budget in world.account_budgets(account).items()},
    }


def _is_aws(policy: Any) -> bool:
    return isinstance(policy, AWSManagedPolicy)


def _holder(entity: Any) -> dict[str, Any]:
    return {
        "path": entity.path,
        "arn": entity.arn,
        "id": entity.id,
        "attached_policies": sorted(entity.managed_policies),
        "inline_policies": {name: _json(text) for name, text in sorted(entity.policies.items())},
    }


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _tags(entity: Any) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in tags_of(entity)}


def _group(group: Any) -> dict[str, Any]:
    return _holder(group) | {"members": sorted(user.name for user in group.users)}


def _role(role: Any) -> dict[str, Any]:
    return _holder(role) | {
        "trust": _json(printed_trust(role)),
        "description": role.description or "",
        "max_session_duration": int(role.max_session_duration or 3600),
        "boundary": role.permissions_boundary_arn or "",
        "tags": _tags(role),
        "instance_profiles": sorted(profile.name for profile in role.instance_profile_list),
    }


def _user(backend: IAMBackend, user: Any) -> dict[str, Any]:
    return _holder(user) | {
        "groups": sorted(group.name for group in backend.groups.values() if user in group.users),
        "boundary": getattr(user, "permissions_boundary_arn", None) or "",
        "tags": _tags(user),
        "console": bool(user.password),
        "password_to_change": bool(user.password and user.password_reset_required),
        "mfa_devices": sorted(user.mfa_devices),
        "access_keys": {key.access_key_id: key.status for key in user.access_keys},
    }


def _policy(policy: Any) -> dict[str, Any]:
    return {
        "path": policy.path,
        "arn": policy.arn,
        "id": policy.id,
        "description": policy.description or "",
        "default_version": policy.default_version_id,
        "versions": {version.version_id: _json(version.document) for version in policy.versions},
        "attachment_count": policy.attachment_count,
        "tags": _tags(policy),
    }


def _profile(profile: Any) -> dict[str, Any]:
    return {"path": profile.path, "arn": profile.arn, "roles": [role.name for role in profile.roles]}


def _budget(budget: Budget) -> dict[str, Any]:
    return {
        "body": budget.shown(show_filter_expression=True),
        "notifications": [item.shown(budget) | {"Subscribers": item.subscribers} for item in budget.notifications],
        "tags": {tag["Key"]: tag["Value"] for tag in budget.tags},
    }
