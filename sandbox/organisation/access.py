"""The way in: the hub's worker roles, each account's look and apply role, and the roles that AWS makes."""

from __future__ import annotations

import json
from typing import Any

from sandbox.call import Call
from sandbox.iam import roles
from sandbox.iam.managed_policies import ensure
from sandbox.iam.principals import store_trust
from sandbox.organisation import grants
from sandbox.organisation.content import owner, run
from sandbox.world import world

_ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
_WORKERS = {"firstline-look-worker": "FirstlineLook", "firstline-apply-worker": "FirstlineApply"}


def trust(principal: dict[str, str], condition: dict[str, Any] | None = None) -> dict[str, Any]:
    statement: dict[str, Any] = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return grants.document(statement | ({"Condition": condition} if condition else {}))


def add_hub_roles(account: str) -> None:
    """Each worker's identity may assume its own kind of role in every account, and nothing else."""
    for worker, role in _WORKERS.items():
        policy = grants.document(grants.allow(["sts:AssumeRole"], f"arn:aws:iam::*:role/firstline/{role}"))
        _role(account, worker, "/", trust({"Service": "ecs-tasks.amazonaws.com"}), policy)


def add_access_roles(account: str, external_id: str, policies: dict[str, Any]) -> None:
    """Each trusts exactly one role of the hub, with the external id and the organisation.

    `policies` may hold other documents for FirstlineLook and FirstlineApply, such as those the product prints.
    """
    hub, org_id = world.hub["account"], world.hub["org_id"]
    condition = {"StringEquals": {"sts:ExternalId": external_id, "aws:PrincipalOrgID": org_id}}
    policies = {"FirstlineLook": grants.LOOK_POLICY, "FirstlineApply": grants.APPLY_POLICY, **policies}
    for worker, name in _WORKERS.items():
        trusted = trust({"AWS": f"arn:aws:iam::{hub}:role/{worker}"}, condition)
        _role(account, name, "/firstline/", trusted, policies[name])


def _role(account: str, name: str, path: str, trusted: dict[str, Any], policy: dict[str, Any]) -> None:
    run(account, "CreateRole", RoleName=name, Path=path, AssumeRolePolicyDocument=json.dumps(trusted))
    run(account, "PutRolePolicy", RoleName=name, PolicyName="firstline", PolicyDocument=json.dumps(policy))


def add_aws_roles(account: str) -> None:
    """OrganizationAccountAccessRole's permissions, a service-linked role and an Identity Center role."""
    backend = world.iam(account)
    for role in backend.roles.values():
        if role.name == "OrganizationAccountAccessRole":
            ensure(backend, _ADMINISTRATOR).attach_to(role)
    support = "support.amazonaws.com"
    _aws_role(account, "AWSServiceRoleForSupport", f"/aws-service-role/{support}/", {"Service": support})
    saml = {"Federated": f"arn:aws:iam::{account}:saml-provider/AWSSSO_DO_NOT_DELETE"}
    sso = _aws_role(account, "AWSReservedSSO_ViewOnly_1a2b3c4d5e6f7a8b", "/aws-reserved/sso.amazonaws.com/", saml)
    ensure(backend, "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess").attach_to(sso)


def _aws_role(account: str, name: str, path: str, principal: dict[str, str]) -> Any:
    """Made as AWS makes them, past the rules for customers."""
    params = {"RoleName": name, "Path": path}
    role = roles.new_role(Call("iam", "CreateRole", params, principal=owner(account)), name)
    store_trust(role, json.dumps(trust(principal)))
    world.iam(account).roles[role.id] = role
    return role
