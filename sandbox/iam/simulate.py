"""SimulatePrincipalPolicy and SimulateCustomPolicy (IAM API Reference), by the sandbox's own evaluation."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from moto.iam.models import IAMBackend

from sandbox.authorise import held_documents
from sandbox.call import Call
from sandbox.conditions import as_list, wildcard
from sandbox.errors import AwsError, no_such_entity
from sandbox.evaluate import applies, decide, parsed, statements
from sandbox.iam.documents import check_identity_policy
from sandbox.iam.managed_policies import default_document
from sandbox.iam.pages import page
from sandbox.scp import service_control_policies
from sandbox.world import world

_VARIABLE = re.compile(r"\$\{([^}*?$]+)\}")
_RANK = {"allowed": 0, "implicitDeny": 1, "explicitDeny": 2}


@dataclass
class _Policies:
    """What is weighed: documents by their id, boundaries (None: there is none) and SCPs (None: not weighed)."""

    identity: dict[str, str]
    boundary: list[str] | None = None
    scps: list[str] | None = None
    kinds: dict[str, str] = field(default_factory=dict)


def simulate_principal_policy(call: Call) -> dict[str, Any]:
    """A user's groups count too, and SCPs; a role's trust does not."""
    source = call.text("PolicySourceArn")
    backend = world.iam(call.account)
    holder = _holder(backend, source)
    if holder is None:
        raise no_such_entity(f"Policy source with ARN {source} cannot be found.")
    given = _documents(call, "PolicyInputList")
    identity = {**_held(backend, holder, source), **given}
    boundary = _documents(call, "PermissionsBoundaryPolicyInputList") or None
    arn = getattr(holder, "permissions_boundary_arn", None)
    bounds = [*boundary.values()] if boundary else [_boundary(backend, arn)] if arn else None
    context = _context(call, source) | ({"aws:username": holder.name} if ":user/" in source else {})
    kinds = dict.fromkeys(identity, source.split(":")[5].partition("/")[0])
    return _answer(call, _Policies(identity, bounds, service_control_policies(call.account), kinds), context)


def simulate_custom_policy(call: Call) -> dict[str, Any]:
    """Documents alone: no principal has to exist."""
    boundary = _documents(call, "PermissionsBoundaryPolicyInputList")
    identity = _documents(call, "PolicyInputList")
    context = _context(call, call.text("CallerArn"))
    return _answer(call, _Policies(identity, [*boundary.values()] if boundary else None), context)


def _answer(call: Call, policies: _Policies, context: dict[str, Any]) -> dict[str, Any]:
    actions = [str(name) for name in as_list(call.params["ActionNames"])]
    if patterns := [name for name in actions if "*" in name or "?" in name or ":" not in name]:
        raise AwsError("InvalidInput", f"Invalid Input Action: {patterns[0]}")
    resources = [str(arn) for arn in as_list(call.params.get("ResourceArns") or ["*"])]
    found = [_result(policies, action, resource, context) for action in actions for resource in resources]
    chosen, paging = page(call, found)
    return {"EvaluationResults": [*chosen], **paging}


def _result(policies: _Policies, action: str, resource: str, context: dict[str, Any]) -> dict[str, Any]:
    decision: str = decide(policies.identity.values(), action, resource, context)
    result: dict[str, Any] = {
        "EvalActionName": action,
        "EvalResourceName": resource,
        "MatchedStatements": [*_matched(policies, action, resource, context)],
        "MissingContextValues": sorted(_missing(policies, action, context)),
    }
    if policies.scps is not None:
        allowed = decide(policies.scps, action, resource, context) != "explicitDeny"
        result["OrganizationsDecisionDetail"] = {"AllowedByOrganizations": allowed}
        decision = decision if allowed else "explicitDeny"
    if policies.boundary is not None:
        bounded = decide(policies.boundary, action, resource, context)
        result["PermissionsBoundaryDecisionDetail"] = {"AllowedByPermissionsBoundary": bounded == "allowed"}
        decision = max(decision, bounded, key=_RANK.__getitem__)
    return {**result, "EvalDecision": decision}


def _matched(policies: _Policies, action: str, resource: str, context: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for name, document in policies.identity.items():
        for statement, (start, end) in zip(statements(parsed(document)), _spans(document), strict=False):
            if applies(statement, action, resource, context):
                yield {
                    "SourcePolicyId": name,
                    "SourcePolicyType": policies.kinds.get(name, "IAM Policy"),
                    "StartPosition": _position(document, start),
                    "EndPosition": _position(document, end),
                }


def _spans(document: str) -> Iterator[tuple[int, int]]:
    """Where each statement stands in the text."""
    decoder = json.JSONDecoder()
    at = document.index("[", document.index('"Statement"')) if '"Statement":[' in document.replace(" ", "") else -1
    if at < 0:
        start = document.index("{", document.index('"Statement"'))
        yield start, decoder.raw_decode(document, start)[1]
        return
    while (start := document.find("{", at)) >= 0:
        at = decoder.raw_decode(document, start)[1]
        yield start, at
        if document[at:].lstrip()[:1] != ",":
            return


def _position(document: str, at: int) -> dict[str, int]:
    before = document[:at]
    return {"Line": before.count("\n") + 1, "Column": at - before.rfind("\n")}


def _missing(policies: _Policies, action: str, context: Mapping[str, Any]) -> set[str]:
    """Keys that statements about the action ask for and the request does not bring."""
    wanted: set[str] = set()
    for document in (*policies.identity.values(), *(policies.boundary or ())):
        for statement in statements(parsed(document)):
            if _is_about(statement, action):
                wanted |= {key for keys in (statement.get("Condition") or {}).values() for key in keys}
                wanted |= set(_VARIABLE.findall(json.dumps(statement.get("Resource", ""))))
    return {key for key in wanted if key.lower() not in context}


def _is_about(statement: Mapping[str, Any], action: str) -> bool:
    def named(element: str) -> bool:
        return any(wildcard(item, True).fullmatch(action) for item in as_list(statement.get(element, [])))

    return not named("NotAction") if "NotAction" in statement else named("Action")


def _context(call: Call, caller: str) -> dict[str, Any]:
    entries = as_list(call.params.get("ContextEntries") or [])
    given = {str(one["ContextKeyName"]).lower(): _value(one) for one in entries}
    return {**({"aws:principalarn": caller} if caller else {}), **given}


def _value(entry: Mapping[str, Any]) -> Any:
    values = as_list(entry.get("ContextKeyValues") or [])
    return values if str(entry.get("ContextKeyType", "string")).endswith("List") else next(iter(values), None)


def _documents(call: Call, name: str) -> dict[str, str]:
    given = [str(text) for text in as_list(call.params.get(name) or [])]
    for text in given:
        check_identity_policy(text)
    return {f"{name}.{number}": text for number, text in enumerate(given, 1)}


def _holder(backend: IAMBackend, arn: str) -> Any | None:
    entities = (*backend.users.values(), *backend.groups.values(), *backend.roles.values())
    return next((entity for entity in entities if entity.arn == arn), None)


def _held(backend: IAMBackend, holder: Any, source: str) -> dict[str, str]:
    groups = [group for group in backend.groups.values() if ":user/" in source and holder in group.users]
    return {
        f"{one.name}_{number}": document
        for one in (holder, *groups)
        for number, document in enumerate(held_documents(one), 1)
    }


def _boundary(backend: IAMBackend, arn: str) -> str:
    policy = backend.managed_policies.get(arn)
    return default_document(policy) if policy else "{}"


OPERATIONS = {
    "SimulatePrincipalPolicy": simulate_principal_policy,
    "SimulateCustomPolicy": simulate_custom_policy,
}
