"""Policy grammar as IAM checks it when a document is written (IAM User Guide, grammar of the JSON policy language)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from moto.iam.exceptions import MalformedPolicyDocument
from moto.iam.policy_validation import IAMPolicyDocumentValidator

from sandbox.conditions import as_list
from sandbox.errors import malformed
from sandbox.evaluate import statements

_TRUST_ACTIONS = re.compile(
    r"(?i)sts:(AssumeRole|AssumeRoleWithSAML|AssumeRoleWithWebIdentity|TagSession|SetSourceIdentity|SetContext|.*\*.*)"
)
_PRINCIPALS = {"AWS", "Service", "Federated", "CanonicalUser"}
_SID = re.compile(r"[A-Za-z0-9]*")


def check_identity_policy(document: str) -> None:
    """Raises MalformedPolicyDocument."""
    loaded = _load(document)
    for statement in statements(loaded):
        if "Principal" in statement or "NotPrincipal" in statement:
            raise malformed("Policy document should not specify a principal.")
        if not _SID.fullmatch(str(statement.get("Sid", ""))):
            raise malformed("Statement IDs (SID) must be alpha-numeric.")
    _check_grammar(loaded)


def _check_grammar(loaded: dict[str, Any]) -> None:
    """By moto's grammar, which refuses two things that AWS takes: the old version, and bare values in conditions."""
    taken = {**loaded, "Version": "2012-10-17"} if loaded.get("Version") in (None, "2008-10-17") else loaded
    taken = {**taken, "Statement": [_quoted(statement) for statement in statements(taken)]}
    try:
        IAMPolicyDocumentValidator(json.dumps(taken)).validate()
    except MalformedPolicyDocument as error:
        raise malformed(str(error.message)) from None


def _quoted(statement: Mapping[str, Any]) -> Mapping[str, Any]:
    condition = statement.get("Condition")
    if not isinstance(condition, dict) or not all(isinstance(keys, dict) for keys in condition.values()):
        return statement
    return {**statement, "Condition": {op: {k: _texts(v) for k, v in keys.items()} for op, keys in condition.items()}}


def _texts(value: Any) -> Any:
    if isinstance(value, list):
        return [_texts(item) for item in value]
    return str(value).lower() if isinstance(value, bool) else str(value) if isinstance(value, int | float) else value


def check_trust_policy(document: str) -> None:
    """Raises MalformedPolicyDocument."""
    loaded = _load(document)
    if loaded.get("Version") not in (None, "2008-10-17", "2012-10-17"):
        raise malformed("The policy must contain a valid version string")
    if not statements(loaded) or "Statement" not in loaded:
        raise malformed("Syntax errors in policy.")
    for statement in statements(loaded):
        _check_trust_statement(statement)


def _check_trust_statement(statement: Any) -> None:
    if not isinstance(statement, dict) or statement.get("Effect") not in ("Allow", "Deny"):
        raise malformed("Syntax errors in policy.")
    if "Resource" in statement or "NotResource" in statement:
        raise malformed("Has prohibited field Resource")
    if "Principal" not in statement and "NotPrincipal" not in statement:
        raise malformed("Missing required field Principal")
    _check_principal(statement.get("Principal", statement.get("NotPrincipal")))
    actions = as_list(statement.get("Action", statement.get("NotAction", [])))
    if not actions:
        raise malformed("Missing required field Action")
    if not all(isinstance(action, str) and _TRUST_ACTIONS.fullmatch(action) for action in actions):
        raise malformed("AssumeRole policy may only specify STS AssumeRole actions.")
    if not isinstance(statement.get("Condition") or {}, dict):
        raise malformed("Syntax errors in policy.")


def _check_principal(principal: Any) -> None:
    if principal == "*":
        return
    if not isinstance(principal, dict) or not principal:
        raise malformed("Invalid principal in policy.")
    unknown = set(principal) - _PRINCIPALS
    values = [item for value in principal.values() for item in as_list(value)]
    if unknown or not values or not all(isinstance(item, str) and item for item in values):
        raise malformed(f"Invalid principal in policy: {json.dumps(principal)}")
    for item in as_list(principal.get("AWS", [])):
        if not (item == "*" or re.fullmatch(r"\d{12}|arn:aws[a-z-]*:(iam|sts)::\d{12}:.+|A[A-Z]{3}[A-Z0-9]{8,}", item)):
            raise malformed(f'Invalid principal in policy: "AWS":"{item}"')


def _load(document: str) -> dict[str, Any]:
    try:
        loaded = json.loads(document, object_pairs_hook=_without_duplicates)
    except ValueError:
        raise malformed("This policy contains invalid Json") from None
    if not isinstance(loaded, dict):
        raise malformed("Syntax errors in policy.")
    return loaded


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({key for key, _ in pairs}) != len(pairs):
        raise malformed("This policy contains duplicate keys")
    return dict(pairs)
