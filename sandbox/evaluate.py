"""Decides whether policy documents allow an action on a resource (IAM User Guide, policy evaluation logic)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Literal

from sandbox.conditions import Context, as_list, holds, substitute, wildcard

Decision = Literal["allowed", "explicitDeny", "implicitDeny"]


@lru_cache(maxsize=4096)
def parsed(document: str) -> Mapping[str, Any]:
    """The document as JSON; one that can't be read grants nothing."""
    try:
        loaded = json.loads(document)
    except ValueError:
        return {}
    return loaded if isinstance(loaded, dict) else {}


def statements(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return as_list(document.get("Statement", []))


def decide(documents: Iterable[str], action: str, resource: str, context: Context) -> Decision:
    """An explicit Deny in any document wins, then any Allow."""
    allowed = False
    for document in documents:
        for statement in statements(parsed(document)):
            if not applies(statement, action, resource, context):
                continue
            if statement.get("Effect") == "Deny":
                return "explicitDeny"
            allowed = True
    return "allowed" if allowed else "implicitDeny"


def applies(statement: Mapping[str, Any], action: str, resource: str, context: Context) -> bool:
    return (
        action_matches(statement, action)
        and _resource_matches(statement, resource, context)
        and holds(statement.get("Condition") or {}, context)
    )


def action_matches(statement: Mapping[str, Any], action: str) -> bool:
    if "NotAction" in statement:
        return not any(wildcard(item, True).fullmatch(action) for item in as_list(statement["NotAction"]))
    return any(wildcard(item, True).fullmatch(action) for item in as_list(statement.get("Action", [])))


def _resource_matches(statement: Mapping[str, Any], resource: str, context: Context) -> bool:
    def hit(pattern: str) -> bool:
        return pattern == "*" or bool(wildcard(substitute(pattern, context)).fullmatch(resource))

    if "NotResource" in statement:
        return not any(hit(item) for item in as_list(statement["NotResource"]))
    return any(hit(item) for item in as_list(statement.get("Resource", [])))
