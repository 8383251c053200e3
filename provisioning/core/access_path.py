"""The way into accounts as data: where our roles stand, whom they trust, and what guards them. Pure.

Text values may be placeholders of a template, such as ${AWS::AccountId}; nothing here looks into them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Document = dict[str, Any]
Statement = dict[str, Any]

OUR_RESOURCES = ("role", "policy", "instance-profile")
"""What lies below the path of our roles, in the accounts and in the hub."""
STACK_SETS = "role/stacksets-exec-*"
"""The roles that service-managed StackSets deploy with."""

_REGIONAL = frozenset({"access-analyzer"})
DISCOVERY_READS = (
    *("DescribeOrganization", "DescribePolicy", "ListAccountsForParent", "ListOrganizationalUnitsForParent"),
    *("ListPolicies", "ListRoots", "ListTagsForResource", "ListTargetsForPolicy"),
)
"""The operations of a discovery; action and operation have the same name (Service Authorization Reference)."""

_WRITES = [
    *("iam:Add*", "iam:Attach*", "iam:Create*", "iam:Delete*", "iam:Detach*", "iam:Put*", "iam:Remove*"),
    *("iam:Set*", "iam:Tag*", "iam:Untag*", "iam:Update*"),
]


@dataclass(frozen=True)
class AccessPath:
    """Where the roles that Firstline enters by stand. `role_path` begins and ends with a slash and is no bare one."""

    partition: str = "aws"
    account_id: str = "*"
    role_path: str = "/firstline/"
    look: str = "FirstlineLook"
    apply: str = "FirstlineApply"
    hand_over: str = "FirstlineHandOver"
    vending: str = "FirstlineVending"
    discovery: str = "FirstlineDiscovery"

    def arn(self, resource: str, service: str = "iam") -> str:
        """ARN of a resource of the account, e.g. role/*; `*` is the account. IAM and Budgets have no region."""
        if resource == "*":
            return "*"
        region = "*" if service in _REGIONAL else ""
        return f"arn:{self.partition}:{service}:{region}:{self.account_id}:{resource}"

    @property
    def ours(self) -> list[str]:
        """Everything below our path."""
        return [self.arn(f"{kind}{self.role_path}*") for kind in OUR_RESOURCES]


WORKERS = {
    "look": "firstline-look-worker",
    "apply": "firstline-apply-worker",
    "hand-over": "firstline-hand-over",
    "vend": "firstline-vend-worker",
}
"""Names of the workers' roles in the hub, and of their Kubernetes service accounts."""
BOOTSTRAP_ROLE = "OrganizationAccountAccessRole"
"""What CreateAccount makes in a new account, trusting the management account (Organizations user guide)."""


def document(*statements: Statement) -> Document:
    """A policy document of these statements."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def hub_policy(place: AccessPath, *roles: str) -> Document:
    """What one worker of the hub may do: assume its kind of role, in any account, and nothing else."""
    targets = [f"arn:{place.partition}:iam::*:role{place.role_path}{role}" for role in roles]
    return document(_allow("AssumeOneKindOfRole", ["sts:AssumeRole"], targets[0] if len(targets) == 1 else targets))


def discovery_policy() -> Document:
    """What the discovery role may do: read the organisation."""
    return document(_allow("ReadTheOrganisation", [f"organizations:{one}" for one in DISCOVERY_READS], "*"))


def vending_policy(place: AccessPath) -> Document:
    """Making accounts, placing them, and entering them as AWS left them; no other change of the organisation."""
    reads = ["DescribeCreateAccountStatus", "ListAccounts", "ListCreateAccountStatus"]
    reads += ["ListOrganizationalUnitsForParent", "ListParents", "ListRoots", "ListTagsForResource"]
    return document(
        _allow("Read", [f"organizations:{one}" for one in reads], "*"),
        # None of the three can be held to accounts that do not exist yet.
        _allow("Vend", [f"organizations:{one}" for one in ("CreateAccount", "MoveAccount", "TagResource")], "*"),
        _allow("EnterWhatWasMade", ["sts:AssumeRole"], f"arn:{place.partition}:iam::*:role/{BOOTSTRAP_ROLE}"),
    )


def access_trust(hub_role_arn: str, external_id: str, organization_id: str) -> Document:
    """Exactly one identity of the hub, in our organisation, with the external id (IAM user guide, confused deputy)."""
    return document(
        {
            "Sid": "TrustOneWorkerOfTheHub",
            "Effect": "Allow",
            "Principal": {"AWS": hub_role_arn},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"sts:ExternalId": external_id, "aws:PrincipalOrgID": organization_id}},
        }
    )


def service_trust(service: str, account_id: str) -> Document:
    """A hub role for tasks of ECS or instances of EC2; ECS names the account it acts for."""
    statement: Statement = {
        "Sid": "TrustThePlatform",
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
    }
    if service.startswith("ecs-tasks."):
        statement["Condition"] = {"StringEquals": {"aws:SourceAccount": account_id}}
    return document(statement)


def pod_identity_trust(account_id: str) -> Document:
    """A hub role for pods through EKS Pod Identity, which always tags its sessions unless told not to."""
    return document(
        {
            "Sid": "TrustThePlatform",
            "Effect": "Allow",
            "Principal": {"Service": "pods.eks.amazonaws.com"},
            "Action": ["sts:AssumeRole", "sts:TagSession"],
            "Condition": {"StringEquals": {"aws:SourceAccount": account_id}},
        }
    )


def web_identity_trust(provider_arn: str, issuer: str, subject: str) -> Document:
    """A hub role for one Kubernetes service account through the cluster's OIDC provider (IRSA)."""
    return document(
        {
            "Sid": "TrustThePlatform",
            "Effect": "Allow",
            "Principal": {"Federated": provider_arn},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {"StringEquals": {f"{issuer}:aud": "sts.amazonaws.com", f"{issuer}:sub": subject}},
        }
    )


def protecting_scp(place: AccessPath) -> Document:
    """A service control policy: only the roles of StackSets change what lies below our path.

    AWS makes those roles with a service-linked role, which no SCP binds; anybody else who made one would get past.
    """
    deployer = place.arn(STACK_SETS)
    return document(
        _deny("ProtectFirstline", _WRITES, place.ours)
        | {"Condition": {"ArnNotLike": {"aws:PrincipalArn": [deployer]}}},
        _deny("ProtectItsDeployer", _WRITES, [deployer]),
    )


def _allow(sid: str, actions: Sequence[str], resource: str | list[str]) -> Statement:
    return {"Sid": sid, "Effect": "Allow", "Action": list(actions), "Resource": resource}


def _deny(sid: str, actions: Sequence[str], resource: list[str]) -> Statement:
    return {"Sid": sid, "Effect": "Deny", "Action": list(actions), "Resource": resource}
