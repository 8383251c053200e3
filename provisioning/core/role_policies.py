"""What the roles in an account may do, from what reading does and what the kinds declare of themselves. Pure.

A managed policy has 6,144 characters at most, whitespace not counted (IAM user guide, quotas); what is longer is cut
into several.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from provisioning.core.access_path import AccessPath, Document, Statement, document
from provisioning.core.kind import Kind
from provisioning.core.snapshot import Section

LONGEST_MANAGED_POLICY = 6144

_WHO_IS_THERE = "iam:GetAccountAuthorizationDetails"
SECTION_ACTIONS: Mapping[Section, frozenset[str]] = {
    Section.IAM_DETAILS: frozenset({_WHO_IS_THERE}),
    Section.IAM_ROLES: frozenset({"iam:ListRoles"}),
    Section.IAM_SUMMARY: frozenset({"iam:GetAccountSummary"}),
    Section.LOGIN_PROFILES: frozenset({_WHO_IS_THERE, "iam:GetLoginProfile"}),
    Section.PASSWORD_USE: frozenset({_WHO_IS_THERE, "iam:GetLoginProfile", "iam:GetUser"}),
    Section.ACCESS_KEYS: frozenset({_WHO_IS_THERE, "iam:ListAccessKeys"}),
    Section.ACCESS_KEY_USE: frozenset({_WHO_IS_THERE, "iam:ListAccessKeys", "iam:GetAccessKeyLastUsed"}),
    Section.USER_MFA: frozenset({_WHO_IS_THERE, "iam:GetLoginProfile", "iam:ListMFADevices"}),
    Section.ROOT_MFA: frozenset({"iam:GetAccountSummary", "iam:ListVirtualMFADevices"}),
    Section.BUDGETS: frozenset({"budgets:ViewBudget"}),
    Section.BUDGET_NOTIFICATIONS: frozenset({"budgets:ViewBudget"}),
    Section.BUDGET_SUBSCRIBERS: frozenset({"budgets:ViewBudget"}),
    Section.BILLING_EVENTS: frozenset({"cloudtrail:LookupEvents"}),
    Section.PASSWORD_POLICY: frozenset({"iam:GetAccountPasswordPolicy"}),
    Section.ACCOUNT_ALIAS: frozenset({"iam:ListAccountAliases"}),
    Section.ALTERNATE_CONTACTS: frozenset({"account:GetAlternateContact"}),
    Section.SAML_PROVIDERS: frozenset({"iam:GetSAMLProvider", "iam:ListSAMLProviders"}),
    Section.OIDC_PROVIDERS: frozenset({"iam:GetOpenIDConnectProvider", "iam:ListOpenIDConnectProviders"}),
    Section.ANALYZERS: frozenset({"access-analyzer:ListAnalyzers"}),
    Section.ACCESS_FINDINGS: frozenset({"access-analyzer:ListAnalyzers", "access-analyzer:ListFindings"}),
}
"""The IAM actions that reading each section takes (Service Authorization Reference)."""

MAKES_CREDENTIALS = (
    *("iam:ChangePassword", "iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:CreateServiceSpecificCredential"),
    *("iam:ResetServiceSpecificCredential", "iam:UpdateLoginProfile", "iam:UploadSSHPublicKey"),
    *("iam:UploadSigningCertificate",),
)
"""What gives somebody a way to sign in: never in the apply role."""

HAND_OVER_READS = (
    *("iam:GetAccessKeyLastUsed", "iam:GetAccountPasswordPolicy", "iam:GetLoginProfile", "iam:GetUser"),
    *("iam:ListAccessKeys",),
)
HAND_OVER_WRITES = (
    *("iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:DeleteAccessKey", "iam:DeleteLoginProfile"),
    *("iam:UpdateAccessKey", "iam:UpdateLoginProfile"),
)
_ONLY_FOR = {
    "iam:CreateServiceLinkedRole": {"StringEquals": {"iam:AWSServiceName": "access-analyzer.amazonaws.com"}},
    "iam:PassRole": {"StringEquals": {"iam:PassedToService": ["ec2.amazonaws.com", "ec2.amazonaws.com.cn"]}},
}
_AT_MOST = (
    *("access-analyzer:*", "account:*AlternateContact"),
    *("budgets:*", "cloudtrail:LookupEvents", "iam:*"),
)
_SEEING = ["iam:Get*", "iam:List*"]
_LINKED = "iam:CreateServiceLinkedRole"
"""What such a role may do, and who takes it, is AWS's to say; which one may be made, the grant of it says."""


def look_policies(kinds: Iterable[Kind[Any]]) -> tuple[Document, ...]:
    """Every read of a look and of re-reading one resource; no write."""
    return in_documents([_reads(kinds)])


def apply_policies(kinds: Sequence[Kind[Any]], protected: Sequence[str], place: AccessPath) -> tuple[Document, ...]:
    """What looking needs, what the kinds' calls need, and denials that no Allow anywhere outweighs.

    `protected`: the account's resources nobody may change, e.g. role/aws-reserved/*.
    """
    grants = {grant for kind in kinds for grant in kind.writes}
    return in_documents([*_denials(protected, place), _reads(kinds), *_writes(grants, place)])


def payer_apply_policies(
    kinds: Sequence[Kind[Any]], protected: Sequence[str], place: AccessPath
) -> tuple[Document, ...]:
    """In the management account: what looking needs, and the calls of what members keep there; nothing else."""
    grants = {grant for kind in kinds if kind.at_payer for grant in kind.writes}
    return in_documents([*_denials(protected, place), _reads(kinds), *_writes(grants, place)])


def apply_boundary(protected: Sequence[str], place: AccessPath) -> Document:
    """The most the apply role can ever do, whatever else somebody attaches to it."""
    return document(
        {"Sid": "AtMost", "Effect": "Allow", "Action": [*_AT_MOST], "Resource": "*"},
        *_denials(protected, place),
    )


def hand_over_policy(place: AccessPath) -> Document:
    """First passwords and access keys of users, and to take them back; nothing that says what a user may do."""
    users = place.arn("user/*")
    return document(
        {"Sid": "Read", "Effect": "Allow", "Action": [*HAND_OVER_READS], "Resource": "*"},
        {"Sid": "HandOver", "Effect": "Allow", "Action": [*HAND_OVER_WRITES], "Resource": users},
    )


def simulator_policy() -> Document:
    """What the look role may be given besides, where IAM's own simulator is to be asked about checks."""
    return document(
        {"Sid": "AskSimulator", "Effect": "Allow", "Action": ["iam:SimulatePrincipalPolicy"], "Resource": "*"}
    )


def in_documents(statements: Sequence[Statement]) -> tuple[Document, ...]:
    """As few documents as hold them in this order, each no longer than a managed policy may be."""
    found: list[list[Statement]] = [[]]
    for statement in [part for one in statements for part in _parts(one)]:
        if size(document(*found[-1], statement)) > LONGEST_MANAGED_POLICY:
            found.append([])
        found[-1].append(statement)
    return tuple(document(*one) for one in found)


def size(policy: Document) -> int:
    """Its length as IAM counts it."""
    return len(json.dumps(policy, separators=(",", ":")))


def _parts(statement: Statement) -> list[Statement]:
    """The statement, or two halves of it that say the same, where it alone is too long."""
    actions = statement.get("Action", [])
    if size(document(statement)) <= LONGEST_MANAGED_POLICY or len(actions) < 2:
        return [statement]
    middle = len(actions) // 2
    halves = [
        statement | {"Sid": f"{statement['Sid']}{number}", "Action": half}
        for number, half in enumerate((actions[:middle], actions[middle:]), 1)
    ]
    return [part for half in halves for part in _parts(half)]


def _reads(kinds: Iterable[Kind[Any]]) -> Statement:
    actions = {action for section in SECTION_ACTIONS.values() for action in section}
    actions |= {action for kind in kinds for action in kind.rereads}
    return {"Sid": "Read", "Effect": "Allow", "Action": sorted(actions), "Resource": "*"}


def _writes(grants: Iterable[tuple[str, str]], place: AccessPath) -> list[Statement]:
    """One statement per kind of resource; what is allowed under a condition stands alone."""
    actions_on: dict[tuple[str, str], set[str]] = defaultdict(set)
    for action, resource in grants:
        actions_on[resource, action if action in _ONLY_FOR else ""].add(action)
    return [
        {
            "Sid": _sid(resource, alone),
            "Effect": "Allow",
            "Action": sorted(actions),
            "Resource": place.arn(resource, alone.partition(":")[0] or min(actions).partition(":")[0]),
            **({"Condition": _ONLY_FOR[alone]} if alone else {}),
        }
        for (resource, alone), actions in sorted(actions_on.items())
    ]


def _sid(resource: str, alone: str) -> str:
    if resource == "*":
        return "WriteAccount"
    if alone:
        return alone.partition(":")[2]
    return "Write" + "".join(word.title() for word in resource.partition("/")[0].split("-"))


def _denials(protected: Sequence[str], place: AccessPath) -> list[Statement]:
    theirs = [place.arn(resource) for resource in protected]
    return [
        {"Sid": "DenyOurAccessPath", "Effect": "Deny", "NotAction": _SEEING, "Resource": place.ours},
        {"Sid": "DenyProtectedRoles", "Effect": "Deny", "NotAction": [*_SEEING, _LINKED], "Resource": theirs},
        {"Sid": "DenyCredentials", "Effect": "Deny", "Action": [*MAKES_CREDENTIALS], "Resource": "*"},
    ]
