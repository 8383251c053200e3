"""Our roles in a new account, made from the role that AWS left in it: the same as the template for StackSets makes.

By IAM calls and not as a stack, because a stack would need more permissions and another wait, and would stand in the
way of the StackSet that may take the account over later.
"""

import json
from collections.abc import Mapping
from typing import Any

from django.conf import settings

from accounts.account_request import AccountRequest
from accounts.services.register_accounts import PARTITION
from provisioning.aws.session import AwsSession, Sent
from provisioning.core.access_path import WORKERS, AccessPath
from provisioning.core.account_roles import MAX_SESSION_SECONDS, WantedPolicy, WantedRole, WantedRoles, wanted_roles
from provisioning.core.change import Call, Read
from provisioning.core.errors import AccessFailedError
from provisioning.services.print_permissions import HubFacts, role_policies, trusts
from provisioning.services.vending.claims import Claim
from provisioning.services.vending.entering import enter_as_left
from provisioning.services.vending.outcome import Moved, Outcome, Waits, backoff

EXISTS = "EntityAlreadyExists"
STACKSET = "stackset"
_NONE_OF_OURS: frozenset[tuple[str, str]] = frozenset()


def bootstrap(claim: Claim, row: AccountRequest) -> Outcome:
    """Make the three roles, or leave them to a StackSet. Any part of it may have been done before."""
    if settings.FIRSTLINE.vending_bootstrap == STACKSET:
        return Moved(AccountRequest.State.PROVING)
    wanted = roles_of(row.account_id)
    try:
        with enter_as_left(claim, row.account_id) as session:
            for policy in wanted.policies:
                _ensure_policy(session, wanted.path, policy)
            for role in wanted.roles:
                _ensure_role(session, wanted.path, role)
    except AccessFailedError as error:
        if error.code == "no_hub_credentials" or settings.FIRSTLINE.management_account_id in error.message:
            raise
        told = f"The role that AWS makes in a new account can't be assumed yet. {error.message}"
        return Waits(backoff(row.attempts), "role_not_assumable", told, is_trouble=True)
    return Moved(AccountRequest.State.PROVING)


def roles_of(account_id: str) -> WantedRoles:
    """What our roles in this account are to be, by this installation's names and this version's kinds."""
    given = settings.FIRSTLINE
    path, names = _names(given)
    place = AccessPath(PARTITION, account_id, path, *names)
    hub = f"arn:{PARTITION}:iam::{given.hub_account_id}:role{path}"
    trusted_by = {
        role: trusts(HubFacts(f"{hub}{WORKERS[role]}", given.external_id, given.organization_id))["trust"]
        for role in ("look", "apply", "hand-over")
    }
    return wanted_roles(place, role_policies(place), trusted_by)


def _names(given: Any) -> tuple[str, list[str]]:
    roles = [given.look_role, given.apply_role, given.hand_over_role]
    return f"/{roles[0].rpartition('/')[0]}/", [one.rpartition("/")[2] for one in roles]


def _ensure_policy(session: AwsSession, path: str, policy: WantedPolicy) -> None:
    document = json.dumps(policy.document, separators=(",", ":"))
    params = {"PolicyName": policy.name, "Path": path, "Description": policy.description, "PolicyDocument": document}
    if _send(session, "CreatePolicy", params, EXISTS) is Sent.OK:
        return
    versions = _read(session, "ListPolicyVersions", {"PolicyArn": policy.arn}, "Versions")["Versions"]
    default = next(one["VersionId"] for one in versions if one["IsDefaultVersion"])
    now = _read(session, "GetPolicyVersion", {"PolicyArn": policy.arn, "VersionId": default})["PolicyVersion"]
    if now["Document"] == policy.document:
        return
    for one in versions:
        if not one["IsDefaultVersion"]:
            _send(
                session, "DeletePolicyVersion", {"PolicyArn": policy.arn, "VersionId": one["VersionId"]}, "NoSuchEntity"
            )
    _send(session, "CreatePolicyVersion", {"PolicyArn": policy.arn, "PolicyDocument": document, "SetAsDefault": True})


def _ensure_role(session: AwsSession, path: str, role: WantedRole) -> None:
    trust = json.dumps(role.trust, separators=(",", ":"))
    settled = {"RoleName": role.name, "Description": role.description, "MaxSessionDuration": MAX_SESSION_SECONDS}
    more = {"Path": path, "AssumeRolePolicyDocument": trust, "PermissionsBoundary": role.boundary}
    if _send(session, "CreateRole", {**settled, **more}, EXISTS) is not Sent.OK:
        _send(session, "UpdateAssumeRolePolicy", {"RoleName": role.name, "PolicyDocument": trust})
        _send(session, "PutRolePermissionsBoundary", {"RoleName": role.name, "PermissionsBoundary": role.boundary})
        _send(session, "UpdateRole", settled)
    for arn in role.policies:
        _send(session, "AttachRolePolicy", {"RoleName": role.name, "PolicyArn": arn})


def _send(session: AwsSession, operation: str, params: Mapping[str, Any], *accepts: str) -> Sent:
    return session.send(Call("iam", operation, params, _NONE_OF_OURS, frozenset(accepts)))


def _read(session: AwsSession, operation: str, params: Mapping[str, Any], result_key: str = "") -> Any:
    return session.read(Read("iam", operation, params, _NONE_OF_OURS, result_key, absent=frozenset()))
