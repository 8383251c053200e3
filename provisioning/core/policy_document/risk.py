"""What makes a document dangerous: administration, and trust beyond the account. Errs on the side of danger."""

import re

from provisioning.core.policy_document.boxes import ACTION, PRINCIPAL, RESOURCE, Atom
from provisioning.core.policy_document.document import PolicyDocument
from provisioning.core.policy_document.effort import Effort, TooMuchEffort
from provisioning.core.policy_document.normal_form import Sides, widest
from provisioning.core.policy_document.wildcard import Flavour, contains, read_pattern

# Each of these on any resource is a way to administrator rights, alone or with a role that already has them.
_WAYS_TO_ADMIN = tuple(
    f"iam:{name}"
    for name in (
        *("AddUserToGroup", "CreateAccessKey", "CreateLoginProfile", "UpdateLoginProfile"),
        *("AttachGroupPolicy", "AttachRolePolicy", "AttachUserPolicy"),
        *("PutGroupPolicy", "PutRolePolicy", "PutUserPolicy"),
        *("CreatePolicyVersion", "SetDefaultPolicyVersion", "UpdateAssumeRolePolicy"),
        *("DeleteRolePermissionsBoundary", "DeleteUserPermissionsBoundary"),
        *("PutRolePermissionsBoundary", "PutUserPermissionsBoundary"),
    )
)
_EVERY_IDENTITY = re.compile(
    r"\*|arn:\*|arn:[^:]*:\*|arn:[^:]*:(iam|\*):(\*|[^:]*:(\*|[^:]*:(\*|\?*\*|(user|role|group|policy)/?\*)))"
)
_OWN_ARN = re.compile(r"arn:[a-z0-9-]+:(?:iam|sts)::(\d{12}):.+")


def grants_admin(document: PolicyDocument) -> bool:
    """Whether it allows, on any resource, everything, IAM writes that lead to everything, or all but a list.

    Assuming roles is left out: their trust decides what it leads to. A condition doesn't make a grant harmless; a Deny
    of the same document that wholly contains it does.
    """
    if document.meaning.opaque:
        return True
    return any(
        any(_is_way_to_admin(action, sides) for action in sides[ACTION])
        and any(map(_is_every_identity, sides[RESOURCE]))
        for sides in _effective_allows(document)
    )


def trusted_principals(document: PolicyDocument) -> frozenset[str]:
    """Whom the Allows of a trust policy name: `*`, `aws:123456789012` (the account), `aws:arn:…`, `service:…`,
    `federated:…`, `canonicaluser:…`. NotPrincipal, and a statement that isn't understood, count as `*`."""
    named = {_named(atom) for sides in _effective_allows(document) for atom in sides[PRINCIPAL]}
    return frozenset(name for name in named if name) | ({"*"} if document.meaning.opaque else frozenset())


def trusts_outside(document: PolicyDocument, account_id: str) -> frozenset[str]:
    """Those trusted principals that are not surely inside the account: others, anyone, deleted ones, and whoever an
    identity provider speaks for, even the account's own. AWS services are not counted.
    """
    return frozenset(name for name in trusted_principals(document) if not _is_inside(name, account_id))


def _effective_allows(document: PolicyDocument) -> list[Sides]:
    meaning = document.meaning
    allows = meaning.of_effect("Allow")
    try:
        return widest(allows, meaning.of_effect("Deny"), meaning.variables, Effort())
    except TooMuchEffort:
        return [{side: tuple(atoms) for side, atoms in box.sides.items()} for box in allows]


def _is_way_to_admin(action: Atom, sides: Sides) -> bool:
    if action[0] == "not":
        return True
    # Passing any role to any service makes one its administrator; to named services it is everyday work.
    named_services = any(side.key == "iam:passedtoservice" for side in sides)
    ways = _WAYS_TO_ADMIN if named_services else (*_WAYS_TO_ADMIN, "iam:PassRole")
    pattern = read_pattern(action[1], Flavour.ACTION, False)
    return any(contains(pattern, read_pattern(name, Flavour.ACTION, False)) for name in ways)


def _is_every_identity(resource: Atom) -> bool:
    return resource[0] == "not" or (resource[0] == "is" and bool(_EVERY_IDENTITY.fullmatch(resource[1])))


def _named(principal: Atom) -> str:
    if principal[0] == "not":
        return "*"
    return principal[1] if principal[0] == "is" else ""


def _is_inside(name: str, account_id: str) -> bool:
    kind, _, value = name.partition(":")
    own = _OWN_ARN.fullmatch(value)
    named = own.group(1) if own else value
    return kind == "service" or (kind == "aws" and named == account_id)
