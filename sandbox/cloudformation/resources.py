"""Makes IAM resources as CloudFormation does, through the handlers that answer calls; one that is there is updated."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.iam.entities import find
from sandbox.iam.managed_policies import default_document
from sandbox.organisation.content import run
from sandbox.world import PARTITION, world


@dataclass(frozen=True)
class Made:
    """What Ref and GetAtt give for it."""

    ref: str
    attributes: Mapping[str, str]


def make(account: str, kind: str, properties: Mapping[str, Any]) -> Made:
    """Raises ValueError for a type the sandbox doesn't make, AwsError where IAM refuses."""
    maker = _MAKERS.get(kind)
    if maker is None:
        raise ValueError(f"template: the sandbox makes no {kind}; it knows {', '.join(sorted(_MAKERS))}")
    return maker(account, properties)


def _managed_policy(account: str, given: Mapping[str, Any]) -> Made:
    name, path, document = given["ManagedPolicyName"], given.get("Path", "/"), _text(given["PolicyDocument"])
    arn = f"arn:{PARTITION}:iam::{account}:policy{path}{name}"
    there = world.iam(account).managed_policies.get(arn)
    if there is None:
        more = {"Path": path, "Description": given.get("Description"), "Tags": given.get("Tags")}
        run(account, "CreatePolicy", PolicyName=name, PolicyDocument=document, **more)
    elif default_document(there) != document:
        for version in [one.version_id for one in there.versions if one.version_id != there.default_version_id]:
            run(account, "DeletePolicyVersion", PolicyArn=arn, VersionId=version)
        run(account, "CreatePolicyVersion", PolicyArn=arn, PolicyDocument=document, SetAsDefault=True)
    return Made(arn, {"PolicyArn": arn})


def _role(account: str, given: Mapping[str, Any]) -> Made:
    name, trust = given["RoleName"], _text(given["AssumeRolePolicyDocument"])
    settings = {"Description": given.get("Description"), "MaxSessionDuration": given.get("MaxSessionDuration")}
    there = find(world.iam(account), "role", name)
    if there is None or there.path != given.get("Path", "/"):
        more = {"Path": given.get("Path"), "PermissionsBoundary": given.get("PermissionsBoundary")}
        run(account, "CreateRole", RoleName=name, AssumeRolePolicyDocument=trust, Tags=given.get("Tags"), **more)
    else:
        run(account, "UpdateAssumeRolePolicy", RoleName=name, PolicyDocument=trust)
        if given.get("PermissionsBoundary"):
            run(account, "PutRolePermissionsBoundary", RoleName=name, PermissionsBoundary=given["PermissionsBoundary"])
    run(account, "UpdateRole", RoleName=name, **settings)
    _grant(account, name, given)
    made = find(world.iam(account), "role", name)
    return Made(name, {"Arn": made.arn, "RoleId": made.id})


def _grant(account: str, name: str, given: Mapping[str, Any]) -> None:
    """What an earlier version of the template attached, and this one doesn't, goes."""
    role = find(world.iam(account), "role", name)
    wanted = given.get("ManagedPolicyArns", [])
    inline = {one["PolicyName"]: _text(one["PolicyDocument"]) for one in given.get("Policies", [])}
    for arn in [one for one in role.managed_policies if one not in wanted]:
        run(account, "DetachRolePolicy", RoleName=name, PolicyArn=arn)
    for arn in wanted:
        run(account, "AttachRolePolicy", RoleName=name, PolicyArn=arn)
    for policy in [one for one in role.policies if one not in inline]:
        run(account, "DeleteRolePolicy", RoleName=name, PolicyName=policy)
    for policy, document in inline.items():
        run(account, "PutRolePolicy", RoleName=name, PolicyName=policy, PolicyDocument=document)


def _instance_profile(account: str, given: Mapping[str, Any]) -> Made:
    name, backend = given["InstanceProfileName"], world.iam(account)
    if not any(profile.name == name for profile in backend.instance_profiles.values()):
        run(account, "CreateInstanceProfile", InstanceProfileName=name, Path=given.get("Path"))
        for role in given["Roles"]:
            run(account, "AddRoleToInstanceProfile", InstanceProfileName=name, RoleName=role)
    arn = next(profile.arn for profile in backend.instance_profiles.values() if profile.name == name)
    return Made(name, {"Arn": arn})


def _text(document: Any) -> str:
    return document if isinstance(document, str) else json.dumps(document)


_MAKERS: dict[str, Callable[[str, Mapping[str, Any]], Made]] = {
    "AWS::IAM::ManagedPolicy": _managed_policy,
    "AWS::IAM::Role": _role,
    "AWS::IAM::InstanceProfile": _instance_profile,
}
