"""Every IAM policy of the way in, by the name of its file in deploy/policies/, derived from the kinds."""

from collections.abc import Mapping
from dataclasses import dataclass

from provisioning.core.access_path import (
    AccessPath,
    Document,
    access_trust,
    discovery_policy,
    hub_policy,
    pod_identity_trust,
    protecting_scp,
    service_trust,
    vending_policy,
    web_identity_trust,
)
from provisioning.core.role_policies import (
    apply_boundary,
    apply_policies,
    hand_over_policy,
    look_policies,
    payer_apply_policies,
    simulator_policy,
)
from provisioning.kinds import all_kinds
from provisioning.kinds.iam_protected import PROTECTED_ROLES


@dataclass(frozen=True)
class HubFacts:
    """What the trusts name: literal values, or the placeholders of a template."""

    role_arn: str = "<ARN of the hub's role>"
    external_id: str = "<external id>"
    organization_id: str = "<organisation id>"
    account_id: str = "<hub account id>"
    oidc_provider_arn: str = "<ARN of the cluster's OIDC provider>"
    oidc_issuer: str = "<issuer without https://>"
    oidc_subject: str = "<system:serviceaccount:namespace:name>"


def role_policies(place: AccessPath) -> Mapping[str, Document]:
    """What the three roles of an account may do, numbered where one role needs several policies.

    In the management account, which pays for the members, the apply role has `payer-apply` instead.
    """
    kinds = [*all_kinds().values()]
    numbered = {
        "look": look_policies(kinds),
        "apply": apply_policies(kinds, PROTECTED_ROLES, place),
        "hand-over": (hand_over_policy(place),),
        "payer-apply": payer_apply_policies(kinds, PROTECTED_ROLES, place),
    }
    return {
        **{f"{role}-{number}": one for role, policies in numbered.items() for number, one in enumerate(policies, 1)},
        "simulator": simulator_policy(),
        "boundary-apply": apply_boundary(PROTECTED_ROLES, place),
    }


def organisation_policies() -> Mapping[str, Document]:
    """What the role that reads the organisation may do; it stands in one account only."""
    return {"discovery": discovery_policy()}


def hub_policies(place: AccessPath) -> Mapping[str, Document]:
    """What each worker of the hub may do: the look worker reads, in accounts and in the organisation."""
    return {
        "hub-look": hub_policy(place, place.look, place.discovery),
        "hub-apply": hub_policy(place, place.apply),
        "hub-hand-over": hub_policy(place, place.hand_over),
        "hub-vend": hub_policy(place, place.vending),
    }


def management_policies(place: AccessPath) -> Mapping[str, Document]:
    """What the vending role of the management account may do."""
    return {"vending-1": vending_policy(place)}


def trusts(facts: HubFacts) -> Mapping[str, Document]:
    """Whom the roles of an account trust, and whom those of the hub, by the platform its workers run on."""
    return {
        "trust": access_trust(facts.role_arn, facts.external_id, facts.organization_id),
        "hub-trust-ecs": service_trust("ecs-tasks.amazonaws.com", facts.account_id),
        "hub-trust-ec2": service_trust("ec2.amazonaws.com", facts.account_id),
        "hub-trust-eks-pod-identity": pod_identity_trust(facts.account_id),
        "hub-trust-eks-irsa": web_identity_trust(facts.oidc_provider_arn, facts.oidc_issuer, facts.oidc_subject),
    }


def printed_policies(place: AccessPath, facts: HubFacts) -> Mapping[str, Document]:
    """All of them, the service control policy included."""
    return {
        **role_policies(place),
        **organisation_policies(),
        **hub_policies(place),
        **management_policies(place),
        **trusts(facts),
        "scp": protecting_scp(place),
    }
