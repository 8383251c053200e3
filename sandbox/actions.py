"""Which IAM actions on which ARNs a call needs (Service Authorization Reference): operation and action differ."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sandbox.access_analyzer import SIGNING_NAME, analyzer_arn, linked_role_arn
from sandbox.arns import budget_arn, iam_arn, named_budget
from sandbox.call import Call
from sandbox.iam.providers import OIDC, SAML, provider_arn

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
    "CreateSAMLProvider": "iam:TagSAMLProvider",
    "CreateOpenIDConnectProvider": "iam:TagOpenIDConnectProvider",
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
    if call.service == "accessanalyzer":
        return _access_analyzer(call)
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
    if provider := _provider(call):
        return provider
    for parameter, kind in _KINDS:
        if call.params.get(parameter):
            return iam_arn(call, kind, call.text(parameter))
    return call.text("PolicySourceArn", "*")


def _provider(call: Call) -> str:
    if call.operation == "CreateSAMLProvider":
        return provider_arn(call.account, SAML, call.text("Name"))
    if call.operation == "CreateOpenIDConnectProvider":
        return provider_arn(call.account, OIDC, call.text("Url").removeprefix("https://"))
    return call.text("SAMLProviderArn") or call.text("OpenIDConnectProviderArn")


def _access_analyzer(call: Call) -> list[Needed]:
    """Making an account's first analyzer makes the service-linked role too; both lists of findings are one action."""
    if call.operation == "CreateAnalyzer":
        arn = analyzer_arn(call.account, call.region, call.text("analyzerName"))
        service = {"iam:awsservicename": f"{SIGNING_NAME}.amazonaws.com"}
        needed = [Needed(f"{SIGNING_NAME}:CreateAnalyzer", arn)]
        needed.append(Needed("iam:CreateServiceLinkedRole", linked_role_arn(call.account), service))
        tagging = [Needed(f"{SIGNING_NAME}:TagResource", arn)] if call.params.get("tags") else []
        return [*needed, *tagging]
    action = f"{SIGNING_NAME}:{call.operation.removesuffix('V2')}"
    if call.params.get("analyzerName"):
        return [Needed(action, analyzer_arn(call.account, call.region, call.text("analyzerName")))]
    return [Needed(action, call.text("analyzerArn") or call.text("resourceArn") or "*")]


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
