"""Checks every call against SCPs, the caller's boundary, its identity policies and its session policy.

Left out: RCPs and resource policies (trusts are in trust.py). An SCP's denials count, not what it leaves unsaid.
"""

from __future__ import annotations

from typing import Any

from sandbox.actions import Needed, needed_actions
from sandbox.call import Call, Principal
from sandbox.conditions import Context
from sandbox.errors import AwsError
from sandbox.evaluate import decide
from sandbox.iam.entities import find, find_role_by_arn
from sandbox.iam.managed_policies import default_document
from sandbox.scp import service_control_policies
from sandbox.service_models import REST_SERVICES
from sandbox.world import world

SCP = "service control policy"


def authorise(call: Call) -> None:
    """Raises AccessDenied (AccessDeniedException in JSON services) naming the action and the resource."""
    principal = call.caller
    if principal.kind == "administrator":
        return
    needed = needed_actions(call)
    if not needed:
        return
    if world.is_suspended(principal.account):
        raise denied(call.service, principal, needed[0], "the account is suspended")
    for one in needed:
        reason = refusal(principal, one)
        if reason:
            raise denied(call.service, principal, one, reason)


def refusal(principal: Principal, needed: Needed) -> str:
    """Why the principal may not, '' when it may."""
    context = request_context(principal) | needed.context
    if denied_by_scp(principal, needed, context):
        return f"with an explicit deny in a {SCP}"
    checks = [("identity-based policy", identity_documents(principal))]
    if boundary := boundary_documents(principal):
        checks.append(("permissions boundary", boundary))
    if principal.session_policies or principal.session_policy_arns:
        checks.append(("session policy", session_documents(principal)))
    for name, documents in checks:
        decision = decide(documents, needed.action, needed.resource, context)
        if decision == "explicitDeny":
            return f"with an explicit deny in a {name}"
        if decision == "implicitDeny":
            return f"because no {name} allows the {needed.action} action"
    return ""


def denied_by_scp(principal: Principal, needed: Needed, context: Context) -> bool:
    """Service-linked roles are beyond SCPs."""
    if ":role/aws-service-role/" in principal.role_arn:
        return False
    documents = service_control_policies(principal.account)
    return decide(documents, needed.action, needed.resource, context) == "explicitDeny"


def denied(service: str, principal: Principal, needed: Needed, reason: str) -> AwsError:
    text = (
        f"User: {principal.arn} is not authorized to perform: {needed.action} on resource: {needed.resource} {reason}"
    )
    if service in ("iam", "sts"):
        return AwsError("AccessDenied", text, 403)
    return AwsError("AccessDeniedException", text, 403 if service in REST_SERVICES else 400)


def request_context(principal: Principal) -> dict[str, Any]:
    context: dict[str, Any] = {
        "aws:principalaccount": principal.account,
        "aws:principalarn": principal.role_arn or principal.arn,
        "aws:userid": principal.user_id,
        "aws:requestedregion": "us-east-1",
        "aws:securetransport": True,
    }
    if principal.kind == "user":
        context["aws:username"] = principal.name
    if org_id := world.org_id(principal.account):
        context["aws:principalorgid"] = org_id
    return context


def identity_documents(principal: Principal) -> list[str]:
    """Inline and attached policies, a user's groups included; nothing when the entity is gone."""
    entity = _entity(principal)
    if entity is None:
        return []
    groups = [] if principal.kind == "role" else world.iam(principal.account).groups.values()
    holders = [entity, *(group for group in groups if entity in group.users)]
    return [document for holder in holders for document in held_documents(holder)]


def boundary_documents(principal: Principal) -> list[str]:
    """The caller's permissions boundary, if it has one; a boundary that is gone allows nothing."""
    arn = getattr(_entity(principal), "permissions_boundary_arn", None)
    if not arn:
        return []
    policy = world.iam(principal.account).managed_policies.get(arn)
    return [default_document(policy) if policy else "{}"]


def _entity(principal: Principal) -> Any:
    backend = world.iam(principal.account)
    if principal.kind == "role":
        return find_role_by_arn(backend, principal.role_arn)
    return find(backend, "user", principal.name)


def held_documents(holder: Any) -> list[str]:
    return [*holder.policies.values(), *(default_document(policy) for policy in holder.managed_policies.values())]


def session_documents(principal: Principal) -> list[str]:
    policies = world.iam(principal.account).managed_policies
    attached = [default_document(policies[arn]) for arn in principal.session_policy_arns if arn in policies]
    return [*principal.session_policies, *attached]
