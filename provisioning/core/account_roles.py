"""The roles of an account as data, for whoever makes them: a template's text or IAM calls. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from provisioning.core.access_path import AccessPath, Document

PURPOSES = {
    "look": "Reads what a look compares; it can write nothing.",
    "apply": "Makes the calls of approved plans, each session narrowed to its calls.",
    "payer-apply": "Writes the budgets that members keep at the payer; it can write nothing else.",
    "hand-over": "Makes a first password or an access key, and takes it back.",
}
BOUNDARY_PURPOSE = "The most that apply can do."
MAX_SESSION_SECONDS = 3600
"""An hour: the hub's workers are roles themselves, and chained sessions last no longer."""


@dataclass(frozen=True)
class WantedPolicy:
    """A managed policy below our path."""

    arn: str
    name: str
    description: str
    document: Document


@dataclass(frozen=True)
class WantedRole:
    """A role below our path, with the ARNs of its policies and of its boundary."""

    name: str
    description: str
    trust: Document
    policies: tuple[str, ...]
    boundary: str


@dataclass(frozen=True)
class WantedRoles:
    """Everything of the way into one account, policies first."""

    path: str
    policies: tuple[WantedPolicy, ...]
    roles: tuple[WantedRole, ...]


def wanted_roles(
    place: AccessPath, documents: Mapping[str, Document], trusted_by: Mapping[str, Document]
) -> WantedRoles:
    """The same as deploy/cloudformation/firstline-roles.yaml makes.

    `documents`: the printed policies of the account by their file's name; `trusted_by`: each role's trust.
    """
    names = {"look": place.look, "apply": place.apply, "hand-over": place.hand_over}
    policies: list[WantedPolicy] = []
    roles: list[WantedRole] = []
    for role, name in names.items():
        own = [
            _policy(place, f"{name}-{file.rpartition('-')[2]}", PURPOSES[role], one)
            for file, one in documents.items()
            if file.rpartition("-")[0] == role
        ]
        boundary = own[0]
        policies += own
        if role == "apply":
            boundary = _policy(place, f"{name}Boundary", BOUNDARY_PURPOSE, documents["boundary-apply"])
            policies.append(boundary)
        attached = tuple(one.arn for one in own)
        roles.append(WantedRole(name, PURPOSES[role], trusted_by[role], attached, boundary.arn))
    return WantedRoles(place.role_path, tuple(policies), tuple(roles))


def _policy(place: AccessPath, name: str, description: str, policy: Document) -> WantedPolicy:
    return WantedPolicy(place.arn(f"policy{place.role_path}{name}"), name, description, policy)
