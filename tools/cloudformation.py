"""The resources of the CloudFormation templates, from the printed policies, and their YAML."""

import json
import re
from collections.abc import Mapping
from typing import Any

import yaml

from provisioning.core.access_path import WORKERS as WORKER_ROLES
from provisioning.core.access_path import AccessPath, Document
from provisioning.core.account_roles import BOUNDARY_PURPOSE, MAX_SESSION_SECONDS, PURPOSES
from provisioning.services.print_permissions import (
    HubFacts,
    hub_policies,
    management_policies,
    organisation_policies,
    role_policies,
    trusts,
)

Resources = dict[str, Any]

PLACE = AccessPath(partition="${AWS::Partition}", account_id="${AWS::AccountId}", role_path="${RolePath}")
WORKERS = {"LookWorker": "look", "ApplyWorker": "apply", "HandOver": "hand-over", "VendWorker": "vend"}
_ROLES = {"look": "Look", "apply": "Apply", "hand-over": "HandOver"}
_PAYER_ROLES = {"look": "Look", "payer-apply": "Apply"}
_ONE_VALUE = re.compile(r"\$\{([^}]+)\}")
_PATH = {"Ref": "RolePath"}


def account_resources() -> Resources:
    """The three roles of an account with their policies. Look and hand-over are bounded by their own policy."""
    policies = dict(role_policies(PLACE))
    # In the same policy, because that one bounds the role as well.
    policies["look-1"] = _with_simulator(policies["look-1"], policies.pop("simulator"))
    return _roles(_ROLES, policies)


def payer_resources() -> Resources:
    """The two roles of the management account, each bounded by its own policy."""
    return _roles(_PAYER_ROLES, role_policies(PLACE))


def _roles(roles: Mapping[str, str], policies: Mapping[str, Document]) -> Resources:
    made: Resources = {}
    for role, word in roles.items():
        purpose = PURPOSES[role]
        own = {name: one for name, one in policies.items() if name.rpartition("-")[0] == role}
        ids = {f"{word}Policy{name.rpartition('-')[2]}": name for name in own}
        for resource, name in ids.items():
            made[resource] = _policy(f"Firstline{word}-{name.rpartition('-')[2]}", purpose, own[name])
        boundary = next(iter(ids))
        if role == "apply":
            boundary = "ApplyBoundary"
            made[boundary] = _policy("FirstlineApplyBoundary", BOUNDARY_PURPOSE, policies["boundary-apply"])
        made[f"{word}Role"] = _account_role(word, purpose, list(ids), boundary)
    return made


def _with_simulator(look: Document, simulator: Document) -> Document:
    """The look role's policy, which asks the simulator where the template's parameter says so."""
    asked = [{"Fn::If": ["AsksSimulator", one, {"Ref": "AWS::NoValue"}]} for one in simulator["Statement"]]
    return {**look, "Statement": [*look["Statement"], *asked]}


def hub_resources() -> Resources:
    """A role per worker, and an instance profile of it where workers run on EC2."""
    made: Resources = {}
    for resource, worker in WORKERS.items():
        facts = HubFacts(
            account_id="${AWS::AccountId}",
            oidc_provider_arn="${OidcProviderArn}",
            oidc_issuer="${OidcIssuer}",
            oidc_subject=f"system:serviceaccount:${{Namespace}}:{worker_role(worker)}",
        )
        made[resource] = _role(
            worker_role(worker),
            f"Firstline's {worker} worker; it may assume one kind of role.",
            _platform_trust(trusts(facts)),
            Policies=[{"PolicyName": "assume", "PolicyDocument": substituted(hub_policies(PLACE)[f"hub-{worker}"])}],
        )
        made[f"{resource}Profile"] = {
            "Type": "AWS::IAM::InstanceProfile",
            "Condition": "OnEc2",
            "Properties": {
                "InstanceProfileName": worker_role(worker),
                "Path": _PATH,
                "Roles": [{"Ref": resource}],
            },
        }
    return made


def vending_resources() -> Resources:
    """The role of the management account that makes accounts, bounded by its own policy."""
    purpose = "Makes accounts that were asked for, places them, and enters them as AWS left them."
    policy = _policy("FirstlineVending-1", purpose, management_policies(PLACE)["vending-1"])
    return {
        "VendingPolicy1": policy,
        "VendingRole": _account_role("Vending", purpose, ["VendingPolicy1"], "VendingPolicy1"),
    }


def discovery_resources() -> Resources:
    """The role that reads the organisation, bounded by its own policy."""
    purpose = "Reads accounts, units, tags and policies of the organisation; it can write nothing."
    return {
        "DiscoveryPolicy": _policy("FirstlineDiscovery", purpose, organisation_policies()["discovery"]),
        "DiscoveryRole": _account_role(
            "Discovery", purpose, ["DiscoveryPolicy"], "DiscoveryPolicy", trusts_worker="Look"
        ),
    }


def worker_role(worker: str) -> str:
    """The name of a worker's role, and of its Kubernetes service account."""
    return WORKER_ROLES[worker]


def substituted(value: Any) -> Any:
    """Placeholders as CloudFormation's own functions."""
    if isinstance(value, Mapping):
        return {name: substituted(item) for name, item in value.items()}
    if isinstance(value, list):
        return [substituted(item) for item in value]
    if isinstance(value, str) and (alone := _ONE_VALUE.fullmatch(value)):
        return {"Ref": alone[1]}
    return {"Fn::Sub": value} if isinstance(value, str) and "${" in value else value


def as_yaml(resources: Resources) -> str:
    """The resources below `Resources:`, two spaces in."""
    text = yaml.dump(resources, Dumper=_Dumper, sort_keys=False, width=118, allow_unicode=True)
    return "".join(f"  {line}\n" if line else "\n" for line in text.splitlines())


def _policy(name: str, description: str, policy: Document) -> dict[str, Any]:
    return {
        "Type": "AWS::IAM::ManagedPolicy",
        "Properties": {
            "ManagedPolicyName": name,
            "Path": _PATH,
            "Description": description,
            "PolicyDocument": substituted(policy),
        },
    }


def _account_role(
    word: str, purpose: str, policies: list[str], boundary: str, trusts_worker: str = ""
) -> dict[str, Any]:
    facts = HubFacts(
        role_arn=f"${{Hub{trusts_worker or word}RoleArn}}",
        external_id="${ExternalId}",
        organization_id="${OrganizationId}",
    )
    return _role(
        f"Firstline{word}",
        purpose,
        substituted(trusts(facts)["trust"]),
        ManagedPolicyArns=[{"Ref": one} for one in policies],
        PermissionsBoundary={"Ref": boundary},
    )


def _role(name: str, description: str, trust: Any, **more: Any) -> dict[str, Any]:
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "RoleName": name,
            "Path": _PATH,
            "Description": description,
            "MaxSessionDuration": MAX_SESSION_SECONDS,
            "AssumeRolePolicyDocument": trust,
            **more,
        },
    }


def _platform_trust(by_platform: Mapping[str, Document]) -> Any:
    # The keys of a condition can't hold placeholders, so the last is text, which CloudFormation takes as well.
    irsa = {"Fn::Sub": json.dumps(by_platform["hub-trust-eks-irsa"])}
    pods = _if("OnPodIdentity", by_platform["hub-trust-eks-pod-identity"], irsa)
    ec2 = {"Fn::If": ["OnEc2", substituted(by_platform["hub-trust-ec2"]), pods]}
    return _if("OnEcs", by_platform["hub-trust-ecs"], ec2)


def _if(condition: str, then: Document, otherwise: Any) -> Any:
    return {"Fn::If": [condition, substituted(then), otherwise]}


class _Dumper(yaml.SafeDumper):
    """Short forms of CloudFormation's functions, no anchors, lists indented."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _represent(dumper: _Dumper, value: dict[str, Any]) -> yaml.Node:
    if len(value) == 1:
        ((name, given),) = value.items()
        if name in ("Ref", "Fn::Sub"):
            return dumper.represent_scalar(f"!{name.removeprefix('Fn::')}", given)
        if name == "Fn::If":
            return dumper.represent_sequence("!If", given)
    return dumper.represent_mapping("tag:yaml.org,2002:map", value.items())


_Dumper.add_representer(dict, _represent)
