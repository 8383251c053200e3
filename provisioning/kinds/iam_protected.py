"""What Firstline never touches, whoever declares it (IAM user guide, service-linked roles; our own access path)."""

import re

from provisioning.core.kind import Context

_AWS_PATHS = {
    "/aws-service-role/": "a service-linked role belongs to its AWS service",
    "/aws-reserved/": "AWS reserves this path for IAM Identity Center",
}
_LANDING_ZONE = {
    "aws-controltower-": "AWS Control Tower keeps it",
    "stacksets-exec-": "CloudFormation StackSets deploy with it",
}
_ACCESS_ROLES = {
    "OrganizationAccountAccessRole": "the organisation's management account enters by it",
    "AWSControlTowerExecution": "AWS Control Tower enters by it",
}
_CDK_BOOTSTRAP = re.compile(r"cdk-[a-z0-9]+-[a-z-]+-role-\d{12}-[a-z0-9-]+")


PROTECTED_ROLES = (
    *(f"role{path}*" for path in _AWS_PATHS),
    *(f"role/{start}*" for start in _LANDING_ZONE),
    *(f"role/{name}" for name in _ACCESS_ROLES),
    "role/cdk-*-role-*",
)
"""The same as resources of an account, for the apply role's own denials; AWS tells their case apart."""


def protected_resource(name: str, path: str, context: Context) -> str | None:
    """Why nobody may change this role, user, group or policy by its name or path, or None."""
    low = name.lower()
    for start, reason in _AWS_PATHS.items():
        if path.lower().startswith(start):
            return reason
    for start, reason in _LANDING_ZONE.items():
        if low.startswith(start):
            return reason
    if any(path.startswith(own) for own in _own_paths(context)):
        return "it lies below the path of the roles Firstline enters by"
    return None


def protected_user(name: str, path: str, context: Context) -> str | None:
    """Why nobody may change this user, or None."""
    if name.lower() in {kept.lower() for kept in context.break_glass}:
        return "it is declared as break glass"
    return protected_resource(name, path, context)


def protected_role(name: str, path: str, context: Context) -> str | None:
    """Why nobody may change this role, or None."""
    low = name.lower()
    if low in {role.rpartition("/")[2].lower() for role in context.own_roles}:
        return "Firstline enters this account by it"
    if low in {kept.lower() for kept in context.break_glass}:
        return "it is declared as break glass"
    for role, reason in _ACCESS_ROLES.items():
        if low == role.lower():
            return reason
    if _CDK_BOOTSTRAP.fullmatch(low):
        return "AWS CDK deploys with it"
    return protected_resource(name, path, context)


def _own_paths(context: Context) -> frozenset[str]:
    paths = {"/" + role.partition(":role/")[2].rpartition("/")[0] + "/" for role in context.own_roles}
    return frozenset(path for path in paths if path.strip("/"))
