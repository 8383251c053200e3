"""What a policy document may do that its author may not have meant: findings beside its grammar. Pure.

The words and severities follow IAM Access Analyzer's policy checks (IAM user guide, policy check reference); AWS's own
ValidatePolicy is not asked. Grammar errors are found before (policy_document/grammar.py) and refuse the document.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any, Literal

from provisioning.core.plain import canonical

Statement = Mapping[str, Any]
Use = Literal["identity", "trust"]


class Severity(StrEnum):
    """How much a finding weighs. Errors refuse the declaration; the others are told."""

    ERROR = "error"
    SECURITY_WARNING = "security_warning"
    WARNING = "warning"
    SUGGESTION = "suggestion"


@dataclass(frozen=True, order=True)
class PolicyFinding:
    """One finding: where (RFC 6901 pointer), how it weighs, a stable code, and a sentence."""

    pointer: str
    severity: Severity
    code: str
    sentence: str


def policy_findings(document: Any, use: Use, pointer: str = "") -> tuple[PolicyFinding, ...]:
    """Everything worth telling of one document, in the order it is written. What is no document has none."""
    if not isinstance(document, Mapping):
        return ()
    whole = document.get("Statement", [])
    listed = isinstance(whole, list)
    statements = [
        (f"{pointer}/Statement" + (f"/{index}" if listed else ""), one)
        for index, one in enumerate(whole if listed else [whole])
        if isinstance(one, Mapping)
    ]
    found = [*_of_version(document, pointer), *_twice(statements)]
    for place, statement in statements:
        found += _of_trust(statement, place) if use == "trust" else _of_grant(statement, place)
        found += _covered(statement, place)
    return tuple(found)


def _of_version(document: Mapping[str, Any], pointer: str) -> Iterator[PolicyFinding]:
    if document.get("Version") == "2012-10-17":
        return
    place = f"{pointer}/Version" if "Version" in document else pointer
    yield PolicyFinding(
        place,
        Severity.WARNING,
        "old_version",
        'Without Version "2012-10-17" policy variables such as ${aws:username} are taken as plain text.',
    )


def _twice(statements: list[tuple[str, Statement]]) -> Iterator[PolicyFinding]:
    seen: dict[str, str] = {}
    for place, statement in statements:
        text = canonical({key: value for key, value in statement.items() if key != "Sid"})
        first = seen.setdefault(text, place)
        if first != place:
            told = f"This statement says what {first.rpartition('/')[2]} says already: remove one."
            yield PolicyFinding(place, Severity.SUGGESTION, "redundant_statement", told)


def _of_grant(statement: Statement, place: str) -> Iterator[PolicyFinding]:
    if statement.get("Effect") != "Allow":
        return
    actions, everywhere = _texts(statement.get("Action")), "*" in _texts(statement.get("Resource"))
    if "NotAction" in statement:
        told = "Allow with NotAction grants every action that is not listed, those of services to come among them."
        yield PolicyFinding(f"{place}/NotAction", Severity.SECURITY_WARNING, "allow_with_not_action", told)
    if "NotResource" in statement:
        told = "Allow with NotResource grants access to everything that is not listed: list what is meant."
        yield PolicyFinding(f"{place}/NotResource", Severity.SECURITY_WARNING, "allow_with_not_resource", told)
    if everywhere and not statement.get("Condition"):
        yield from _everywhere(actions, place)
    if everywhere and _may_pass_any_role(statement, actions):
        told = "iam:PassRole on every role lets its holder act as any of them: name the roles, or the service."
        yield PolicyFinding(f"{place}/Resource", Severity.SECURITY_WARNING, "pass_role_on_any_role", told)


def _everywhere(actions: list[str], place: str) -> Iterator[PolicyFinding]:
    if any(action in ("*", "*:*") for action in actions):
        told = "Every action on every resource makes its holder an administrator."
        yield PolicyFinding(place, Severity.SECURITY_WARNING, "allow_everything", told)
    elif any(action.lower() == "iam:*" for action in actions):
        told = "iam:* on every resource lets its holder give himself any right: that is an administrator."
        yield PolicyFinding(place, Severity.SECURITY_WARNING, "allow_all_of_iam", told)


def _may_pass_any_role(statement: Statement, actions: list[str]) -> bool:
    """Said by name or by iam:P*; `*` and iam:* have a finding of their own."""
    keys = {key.lower() for block in _blocks(statement) for key in block}
    named = [action for action in actions if action.lower() not in ("*", "*:*", "iam:*")]
    return "iam:passedtoservice" not in keys and any(fnmatchcase("iam:passrole", action.lower()) for action in named)


def _of_trust(statement: Statement, place: str) -> Iterator[PolicyFinding]:
    if statement.get("Effect") != "Allow":
        return
    principal, below = statement.get("Principal"), f"{place}/Principal"
    conditions = bool(statement.get("Condition"))
    if "NotPrincipal" in statement:
        told = "Allow with NotPrincipal trusts everybody who is not listed: list whom you trust."
        yield PolicyFinding(f"{place}/NotPrincipal", Severity.SECURITY_WARNING, "allow_with_not_principal", told)
    kinds = principal if isinstance(principal, Mapping) else {"AWS": principal}
    if "*" in _texts(kinds.get("AWS")) and not conditions:
        told = "Anyone in any AWS account may take this role: name whom you trust, or add a condition."
        yield PolicyFinding(below, Severity.SECURITY_WARNING, "trusts_anyone", told)
    if kinds.get("Federated") and not conditions:
        told = "Whoever the identity provider vouches for may take this role: add a condition on audience and subject."
        yield PolicyFinding(below, Severity.SECURITY_WARNING, "federated_without_condition", told)


def _covered(statement: Statement, place: str) -> Iterator[PolicyFinding]:
    """Actions that another of the same list covers."""
    element = "NotAction" if "NotAction" in statement else "Action"
    actions = [action.lower() for action in _texts(statement.get(element))]
    for index, action in enumerate(actions):
        wider = [one for at, one in enumerate(actions) if at != index and _covers(one, action, at < index)]
        if wider:
            told = f"{wider[0]} in the same list says this already: remove it."
            yield PolicyFinding(f"{place}/{element}/{index}", Severity.SUGGESTION, "redundant_action", told)


def _covers(wider: str, action: str, is_before: bool) -> bool:
    return is_before if wider == action else fnmatchcase(action, wider)


def _blocks(statement: Statement) -> list[Mapping[str, Any]]:
    condition = statement.get("Condition")
    return (
        [block for block in condition.values() if isinstance(block, Mapping)] if isinstance(condition, Mapping) else []
    )


def _texts(value: Any) -> list[str]:
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)]
