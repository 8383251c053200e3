"""Which IAM actions on which ARNs a call needs (Service Authorization Reference): operation and action differ."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sandbox.arns import budget_arn, iam_arn, named_budget
from sandbox.call import Call

_KINDS = (
    ("InstanceProfileName", "instance-profile"),
    ("GroupName", "group"),
    ("RoleName", "role"),
    ("UserName", "user"),
)
_TAGGED_CREATES = {
    "CreateRole": "iam:TagRole",
    "CreateUser": "iam:TagUser",
    "CreatePolicy": "iam:TagPolicy",
    "CreateInstanceProfile": "iam:TagInstanceProfile",
}
_BUDGET_TAGGING = ("TagResource", "UntagResource", "ListTagsForResource")


@dataclass(frozen=True)
class Needed:
    action: str
    resource: str
    context: dict[str, Any] = field(default_factory=dict)


def needed_actions(call: Call) -> list[Needed]:
    """Nothing for GetCallerIdentity, which AWS lets everybody call."""
    if call.service == "iam":
        return _iam(call)
    if call.service == "budgets":
        return _budgets(call)
    if call.service == "sts":
        return _sts(call)
    needed = [Needed(f"{call.service}:{call.operation}", "*")]
    if (call.service, call.operation) == ("organizations", "CreateAccount") and call.params.get("Tags"):
        needed.append(Needed("organizations:TagResource", "*"))
    return needed


def _iam(call: Call) -> list[Needed]:
    resource = _iam_resource(call)
    needed = [Needed(f"iam:{call.operation}", resource, _iam_context(call))]
    if call.params.get("Tags") and call.operation in _TAGGED_CREATES:
        needed.append(Needed(_TAGGED_CREATES[call.operation], resource))
    if call.operation == "AddRoleToInstanceProfile":
        context = {"iam:passedtoservice": "ec2.amazonaws.com"}
        needed.append(Needed("iam:PassRole", iam_arn(call, "role", call.text("RoleName")), context))
    return needed


def _iam_resource(call: Call) -> str:
    attaching = call.operation.startswith(("Attach", "Detach"))
    if call.params.get("PolicyArn") and not attaching:
        return call.text("PolicyArn")
    if call.operation == "ChangePassword":
        return call.caller.arn
    if call.operation == "CreatePolicy":
        return iam_arn(call, "policy", call.text("PolicyName"))
    for parameter, kind in _KINDS:
        if call.params.get(parameter):
            return iam_arn(call, kind, call.text(parameter))
    return call.text("PolicySourceArn", "*")


def _iam_context(call: Call) -> dict[str, Any]:
    context: dict[str, Any] = {}
    if call.operation.startswith(("Attach", "Detach")):
        context["iam:policyarn"] = call.text("PolicyArn")
    if call.params.get("PermissionsBoundary"):
        context["iam:permissionsboundary"] = call.text("PermissionsBoundary")
    for tag in call.params.get("Tags") or []:
        context[f"aws:requesttag/{tag.get('Key', '')}".lower()] = tag.get("Value", "")
    return context


def _budgets(call: Call) -> list[Needed]:
    if call.operation in _BUDGET_TAGGING:
        return [Needed(f"budgets:{call.operation}", call.text("ResourceARN"))]
    arn = budget_arn(call.text("AccountId", call.account), named_budget(call.params))
    if "Action" in call.operation:
        return [Needed(f"budgets:{call.operation}", arn)]
    if not call.is_write:
        return [Needed("budgets:ViewBudget", arn)]
    needed = [Needed("budgets:ModifyBudget", arn)]
    if call.params.get("ResourceTags"):
        needed.append(Needed("budgets:TagResource", arn))
    return needed


def _sts(call: Call) -> list[Needed]:
    if call.operation == "GetCallerIdentity":
        return []
    if call.operation == "AssumeRole":
        context = {"sts:externalid": call.params["ExternalId"]} if call.params.get("ExternalId") else {}
        return [Needed("sts:AssumeRole", call.text("RoleArn"), context)]
    return [Needed(f"sts:{call.operation}", "*")]
