"""Fills an account with users, policies, groups, roles and budgets, through the same handlers that answer calls."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sandbox.call import Call, Principal
from sandbox.iam.managed_policies import every_aws_policy
from sandbox.operations import OPERATIONS
from sandbox.world import world


def owner(account: str) -> Principal:
    return Principal(account, f"arn:aws:iam::{account}:root", account, "administrator", "builder")


def run(account: str, operation: str, service: str = "iam", **params: Any) -> Any:
    """One operation as the account's administrator, unlogged; parameters of value None are left out."""
    given = {name: value for name, value in params.items() if value is not None}
    return OPERATIONS[(service, operation)](Call(service, operation, given, principal=owner(account)))


def add_content(account: str, one: Mapping[str, Any]) -> None:
    """The sections users, policies, groups, roles and budgets of an account's description, all optional."""
    for name, policy in one.get("policies", {}).items():
        _policy(account, name, policy)
    for name, user in _named(one.get("users", {})).items():
        _user(account, name, user)
    for name, group in one.get("groups", {}).items():
        _group(account, name, group)
    for name, role in one.get("roles", {}).items():
        _role(account, name, role)
    for name, budget in one.get("budgets", {}).items():
        _budget(account, name, budget)


def _named(given: Any) -> dict[str, Any]:
    """A plain list of names is a mapping of names to nothing said."""
    return dict(given) if isinstance(given, Mapping) else {name: {} for name in given}


def _policy(account: str, name: str, given: Mapping[str, Any]) -> None:
    """`versions` from the oldest on; the last is the default unless `default` names another."""
    first, *later = [json.dumps(document) for document in given["versions"]]
    made = run(
        account,
        "CreatePolicy",
        PolicyName=name,
        Path=given.get("path"),
        PolicyDocument=first,
        Description=given.get("description"),
        Tags=_tags(given),
    )
    arn = made["Policy"]["Arn"]
    for document in later:
        run(account, "CreatePolicyVersion", PolicyArn=arn, PolicyDocument=document, SetAsDefault=True)
    if "default" in given:
        run(account, "SetDefaultPolicyVersion", PolicyArn=arn, VersionId=given["default"])


def _user(account: str, name: str, given: Mapping[str, Any]) -> None:
    boundary = _policy_arn(account, given["boundary"]) if given.get("boundary") else None
    run(account, "CreateUser", UserName=name, Path=given.get("path"), Tags=_tags(given), PermissionsBoundary=boundary)
    if given.get("console"):
        run(account, "CreateLoginProfile", UserName=name, Password="Sandbox-1!", PasswordResetRequired=True)
    _hold(account, "User", name, given)


def _group(account: str, name: str, given: Mapping[str, Any]) -> None:
    run(account, "CreateGroup", GroupName=name, Path=given.get("path"))
    _hold(account, "Group", name, given)
    for member in given.get("members", []):
        run(account, "AddUserToGroup", GroupName=name, UserName=member)


def _role(account: str, name: str, given: Mapping[str, Any]) -> None:
    boundary = _policy_arn(account, given["boundary"]) if given.get("boundary") else None
    run(
        account,
        "CreateRole",
        RoleName=name,
        Path=given.get("path"),
        AssumeRolePolicyDocument=json.dumps(given["trust"]),
        Description=given.get("description"),
        MaxSessionDuration=given.get("max_session_duration"),
        PermissionsBoundary=boundary,
        Tags=_tags(given),
    )
    _hold(account, "Role", name, given)
    if given.get("instance_profile"):
        run(account, "CreateInstanceProfile", InstanceProfileName=name, Path=given.get("path"))
        run(account, "AddRoleToInstanceProfile", InstanceProfileName=name, RoleName=name)


def _hold(account: str, word: str, name: str, given: Mapping[str, Any]) -> None:
    holder = {f"{word}Name": name}
    for policy in given.get("attached_policies", []):
        run(account, f"Attach{word}Policy", PolicyArn=_policy_arn(account, policy), **holder)
    for policy, document in given.get("inline_policies", {}).items():
        run(account, f"Put{word}Policy", PolicyName=policy, PolicyDocument=json.dumps(document), **holder)


def _policy_arn(account: str, name: str) -> str:
    """A full ARN as it is, an own policy by name, else the AWS managed one of that name. Raises ValueError."""
    if name.startswith("arn:"):
        return name
    backend = world.iam(account)
    candidates = [*backend.managed_policies.values(), *every_aws_policy(backend)]
    found = next((policy for policy in candidates if policy.name == name), None)
    if found is None:
        raise ValueError(
            f"attached_policies: account {account} has no policy {name!r}, and AWS manages none of that name"
        )
    return str(found.arn)


def _tags(given: Mapping[str, Any]) -> list[dict[str, str]] | None:
    return [{"Key": key, "Value": value} for key, value in given.get("tags", {}).items()] or None


def _budget(account: str, name: str, given: Mapping[str, Any]) -> None:
    """`budget` is the API's Budget without its name, `notifications` the API's NotificationsWithSubscribers."""
    run(
        account,
        "CreateBudget",
        "budgets",
        AccountId=account,
        Budget={"BudgetName": name, **given["budget"]},
        NotificationsWithSubscribers=given.get("notifications", []),
        ResourceTags=_tags(given),
    )
