"""The policy documents of a declaration, each with what is worth telling of it. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from provisioning.core.merge import pointer
from provisioning.core.policy_findings import PolicyFinding, Use, policy_findings

_HOLDERS = ("iam.group", "iam.role", "iam.user")


def declaration_findings(content: Mapping[str, Any]) -> tuple[PolicyFinding, ...]:
    """Findings of every policy written in a declaration: managed, inline, trust."""
    return tuple(
        finding
        for place, document, use in _documents(content.get("resources"))
        for finding in policy_findings(document, use, place)
    )


def _documents(resources: Any) -> Iterator[tuple[str, Any, Use]]:
    for kind in ("iam.policy", *_HOLDERS):
        items = resources.get(kind) if isinstance(resources, Mapping) else None
        for name, fields in (items if isinstance(items, Mapping) else {}).items():
            if isinstance(fields, Mapping):
                yield from _of_item(kind, fields, pointer("resources", kind, name))


def _of_item(kind: str, fields: Mapping[str, Any], place: str) -> Iterator[tuple[str, Any, Use]]:
    if kind == "iam.policy":
        yield f"{place}/document", fields.get("document"), "identity"
        return
    yield from _inline(fields.get("inline_policies"), f"{place}/inline_policies")
    trust = fields.get("trust")
    if isinstance(trust, Mapping):
        yield f"{place}/trust/document", trust.get("document"), "trust"


def _inline(policies: Any, place: str) -> Iterator[tuple[str, Any, Use]]:
    if isinstance(policies, Mapping) and isinstance(policies.get("include"), Mapping):
        policies, place = policies["include"], f"{place}/include"
    for name, document in (policies if isinstance(policies, Mapping) else {}).items():
        yield place + pointer(name), document, "identity"
