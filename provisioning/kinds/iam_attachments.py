"""Managed policies as they are named in declarations: AWS's by short name, our own by name, any by its full ARN."""

import re
from typing import Annotated, Any

from pydantic import PlainValidator, ValidationInfo, WithJsonSchema

from provisioning.core.change import ResourceKey
from provisioning.core.fields import Exclusive, Shared, Unmanaged
from provisioning.core.kind import Context
from provisioning.kinds.declaration import BINDING, EXCLUSIVE, SHARED, Include, contents, refuse
from provisioning.kinds.iam_names import IamName, arn
from provisioning.kinds.managed_policies import UnknownManagedPolicyError, known_names, managed_policy_arn

_ARN = re.compile(r"arn:(?P<partition>[a-z0-9-]+):iam::(?P<owner>aws|\d{12}):policy(?P<path>/(?:.+/)?)(?P<name>[^/]+)")
Attachments = Exclusive[frozenset[IamName]] | Shared[frozenset[IamName]]


def resolve(named: str, context: Context) -> IamName:
    """The ARN of a managed policy named in a declaration. Raises the validator's error that says what to write."""
    if named.startswith("arn:"):
        return IamName.of_policy(_checked(named, context))
    path = context.customer_policies.get(named.lower())
    if path is None:
        try:
            return IamName.of_policy(managed_policy_arn(named, context.partition))
        except UnknownManagedPolicyError as error:
            raise refuse(str(error)) from None
    own = arn(context, "policy", path, named)
    if named in known_names():
        raise refuse(
            f"Both AWS and this account have a policy {named}. Give the ARN of the one you mean, ours is {own}."
        )
    return IamName.of_policy(own)


def _checked(text: str, context: Context) -> str:
    parts = _ARN.fullmatch(text)
    if not parts:
        raise refuse("This is not the ARN of a managed policy, e.g. arn:aws:iam::aws:policy/ReadOnlyAccess.")
    if parts["partition"] != context.partition:
        raise refuse(f"This account is in the partition {context.partition}, not {parts['partition']}.")
    if parts["owner"] not in ("aws", context.account_id):
        raise refuse(f"AWS attaches its own policies and those of account {context.account_id} only.")
    return text


def _reference(value: Any, info: ValidationInfo) -> IamName:
    if not isinstance(value, str) or not value:
        raise refuse("Give the name or the ARN of a managed policy.")
    return resolve(value, info.context)  # type: ignore[arg-type]


PolicyReference = Annotated[
    IamName,
    PlainValidator(_reference),
    WithJsonSchema({"type": "string", "description": "Short name of an AWS managed policy, own name, or full ARN."}),
]
PolicyReferences = Annotated[
    Annotated[list[PolicyReference], EXCLUSIVE] | Annotated[Include[list[PolicyReference]], SHARED], BINDING
]


def check_attachments(value: Any, most: int, whose: str) -> Any:
    """Refuse more attached policies than AWS can be made to take."""
    pointed = "include: " if isinstance(value, Include) else ""
    if len(contents(value)) > most:
        raise refuse(f"{pointed}{len(contents(value))} policies; AWS attaches {most} to a {whose} at most.")
    return value


def attached_names(attached: Attachments | Unmanaged) -> frozenset[IamName]:
    """The policies a field names; none when it isn't managed."""
    return attached.items if isinstance(attached, Exclusive | Shared) else frozenset()


def is_own(policy: IamName) -> bool:
    """Whether the policy is a customer's, not AWS's."""
    return ":iam::aws:" not in policy.text


def policy_keys(policies: frozenset[IamName], context: Context) -> frozenset[ResourceKey]:
    """The declared customer managed policies among these, as what must exist first."""
    names = (policy.text.rpartition("/")[2] for policy in policies if is_own(policy))
    return frozenset(ResourceKey("iam.policy", name) for name in names if name.lower() in context.customer_policies)
