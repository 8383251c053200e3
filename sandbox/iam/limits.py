"""IAM's quotas, read from the account's own summary so that a test may move one."""

from __future__ import annotations

import re
from typing import Any

from moto.iam.models import IAMBackend

from sandbox.errors import limit_exceeded

INLINE_QUOTAS = {"user": "UserPolicySizeQuota", "role": "RolePolicySizeQuota", "group": "GroupPolicySizeQuota"}
_ATTACHED = {
    "user": "AttachedPoliciesPerUserQuota",
    "role": "AttachedPoliciesPerRoleQuota",
    "group": "AttachedPoliciesPerGroupQuota",
}
_COUNTS = {
    "user": "UsersQuota",
    "role": "RolesQuota",
    "group": "GroupsQuota",
    "instance-profile": "InstanceProfilesQuota",
    "policy": "PoliciesQuota",
}


def attribute(quota: str) -> str:
    """moto's attribute of a SummaryMap key: AttachedPoliciesPerRoleQuota -> _attached_policies_per_role_quota."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", "_" + quota).lower().replace("__", "_")


def quota(backend: IAMBackend, name: str) -> int:
    return int(getattr(backend.account_summary, attribute(name)))


def size(document: str) -> int:
    """IAM does not count whitespace."""
    return len(re.sub(r"\s", "", document))


def check_count(backend: IAMBackend, kind: str, present: int) -> None:
    name = _COUNTS[kind]
    if present >= quota(backend, name):
        raise limit_exceeded(f"Cannot exceed quota for {name.removesuffix('Quota')}PerAccount: {quota(backend, name)}")


def check_attached(backend: IAMBackend, kind: str, holder: Any) -> None:
    allowed = quota(backend, _ATTACHED[kind])
    if len(holder.managed_policies) >= allowed:
        raise limit_exceeded(f"Cannot exceed quota for PoliciesPer{kind.capitalize()}: {allowed}")


def check_inline(backend: IAMBackend, kind: str, holder: Any, name: str, document: str) -> None:
    """The sum over all inline policies of one holder counts."""
    allowed = quota(backend, INLINE_QUOTAS[kind])
    others = sum(size(text) for stored, text in holder.policies.items() if stored != name)
    if others + size(document) > allowed:
        raise limit_exceeded(f"Maximum policy size of {allowed} bytes exceeded for {kind} {holder.name}")


def check_policy_size(backend: IAMBackend, document: str) -> None:
    if size(document) > quota(backend, "PolicySizeQuota"):
        raise limit_exceeded(f"Cannot exceed quota for PolicySize: {quota(backend, 'PolicySizeQuota')}")


def check_trust_size(backend: IAMBackend, document: str) -> None:
    if size(document) > quota(backend, "AssumeRolePolicySizeQuota"):
        allowed = quota(backend, "AssumeRolePolicySizeQuota")
        raise limit_exceeded(f"Cannot exceed quota for ACLSizePerRole: {allowed}")


def check_groups_per_user(backend: IAMBackend, present: int) -> None:
    if present >= quota(backend, "GroupsPerUserQuota"):
        raise limit_exceeded(f"Cannot exceed quota for GroupsPerUser: {quota(backend, 'GroupsPerUserQuota')}")
