"""The way in, made from the templates that the product ships, and the roles that AWS makes."""

from __future__ import annotations

import json
from typing import Any

from sandbox.call import Call
from sandbox.cloudformation.deploy import deploy_stackset, shipped
from sandbox.iam import roles
from sandbox.iam.managed_policies import ensure
from sandbox.iam.principals import store_trust
from sandbox.organisation.content import owner
from sandbox.world import world

_ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"


def add_hub_roles(account: str) -> None:
    """Each worker's identity may assume its own kind of role in every account, and nothing else."""
    deploy_stackset(shipped("firstline-hub"), {"Platform": "ecs"}, [account])


def add_access_roles(account: str, external_id: str) -> None:
    """Each trusts exactly one role of the hub, with the external id and the organisation."""
    hub = f"arn:aws:iam::{world.hub['account']}:role/firstline/"
    parameters = {
        "HubLookRoleArn": f"{hub}firstline-look-worker",
        "HubApplyRoleArn": f"{hub}firstline-apply-worker",
        "HubHandOverRoleArn": f"{hub}firstline-hand-over",
        "ExternalId": external_id,
        "OrganizationId": world.hub["org_id"],
    }
    deploy_stackset(shipped("firstline-roles"), parameters, [account])


def add_vending_role(management: str, external_id: str) -> None:
    """The management account's only role of ours: it makes accounts."""
    parameters = {
        "HubVendingRoleArn": f"arn:aws:iam::{world.hub['account']}:role/firstline/firstline-vend-worker",
        "ExternalId": external_id,
        "OrganizationId": world.hub["org_id"],
    }
    deploy_stackset(shipped("firstline-vending"), parameters, [management])


def add_payer_roles(account: str, external_id: str) -> None:
    """In the management account: a look role, and one that writes budgets only."""
    hub = f"arn:aws:iam::{world.hub['account']}:role/firstline/"
    parameters = {
        "HubLookRoleArn": f"{hub}firstline-look-worker",
        "HubApplyRoleArn": f"{hub}firstline-apply-worker",
        "ExternalId": external_id,
        "OrganizationId": world.hub["org_id"],
    }
    deploy_stackset(shipped("firstline-payer"), parameters, [account])


def add_discovery_role(account: str, external_id: str) -> None:
    """The role by which the look worker reads the organisation, in the account that may."""
    parameters = {
        "HubLookRoleArn": f"arn:aws:iam::{world.hub['account']}:role/firstline/firstline-look-worker",
        "ExternalId": external_id,
        "OrganizationId": world.hub["org_id"],
    }
    deploy_stackset(shipped("firstline-discovery"), parameters, [account])


def add_aws_roles(account: str) -> None:
    """OrganizationAccountAccessRole's permissions, a service-linked role and an Identity Center role."""
    backend = world.iam(account)
    for role in backend.roles.values():
        if role.name == "OrganizationAccountAccessRole":
            ensure(backend, _ADMINISTRATOR).attach_to(role)
    support = "support.amazonaws.com"
    aws_role(account, "AWSServiceRoleForSupport", f"/aws-service-role/{support}/", {"Service": support})
    saml = {"Federated": f"arn:aws:iam::{account}:saml-provider/AWSSSO_DO_NOT_DELETE"}
    sso = aws_role(account, "AWSReservedSSO_ViewOnly_1a2b3c4d5e6f7a8b", "/aws-reserved/sso.amazonaws.com/", saml)
    ensure(backend, "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess").attach_to(sso)


def aws_role(account: str, name: str, path: str, principal: dict[str, str]) -> Any:
    """Made as AWS makes them, past the rules for customers."""
    params = {"RoleName": name, "Path": path}
    role = roles.new_role(Call("iam", "CreateRole", params, principal=owner(account)), name)
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    store_trust(role, json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    world.iam(account).roles[role.id] = role
    return role
