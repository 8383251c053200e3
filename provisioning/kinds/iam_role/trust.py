"""Who may take a role: how it is declared, what two trusts have in common, who in it is from outside."""

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from pydantic import PlainValidator, ValidationInfo, WithJsonSchema

from provisioning.core.errors import Reason
from provisioning.core.policy_document import (
    PolicyDocument,
    covers,
    read_document,
    trusts_outside,
)
from provisioning.kinds.declaration import refuse
from provisioning.kinds.iam_documents import DOCUMENT_SCHEMA, TRUST_SIZE, declared_document
from provisioning.kinds.iam_role.spec import Trust

ASSUME = "sts:AssumeRole"
VERSION = "2012-10-17"
ANYONE = "*"
CLOSED = read_document(
    {"Version": VERSION, "Statement": [{"Effect": "Deny", "Principal": {"AWS": ANYONE}, "Action": ASSUME}]}
)
"""Trusts nobody; AWS wants at least one statement."""

_LATER = ("account", "saml", "oidc")
# In the China regions EC2 goes by the name of its own DNS suffix; other services keep the global one.
_OTHER_SUFFIX = {("aws-cn", "ec2"): "amazonaws.com.cn"}
_SERVICE = re.compile(r"[a-z0-9][a-z0-9.-]*")
_SCHEMA: dict[str, Any] = {
    "description": "Who may take the role: typed shortcuts, or the whole document.",
    "oneOf": [
        {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "properties": {"service": {"type": "string", "description": "An AWS service, e.g. ec2."}},
                "required": ["service"],
                "additionalProperties": False,
            },
        },
        {
            "type": "object",
            "properties": {"document": DOCUMENT_SCHEMA},
            "required": ["document"],
            "additionalProperties": False,
        },
    ],
}


def _declared(value: Any, info: ValidationInfo) -> Trust:
    account_id, partition = info.context.account_id, info.context.partition  # type: ignore[union-attr]
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], Mapping) and "document" in value[0]:
        value = value[0]
    if isinstance(value, Mapping):
        return Trust(_whole(value), account_id)
    if not isinstance(value, list) or not value:
        raise refuse("Give a list of shortcuts such as [{service: ec2}], or {document: {...}}.")
    if faults := [Reason(f"/{index}", fault) for index, item in enumerate(value) if (fault := _fault(item))]:
        raise refuse(*faults)
    return Trust(_of_services({_service(item["service"], partition) for item in value}), account_id)


def _whole(value: Mapping[str, Any]) -> PolicyDocument:
    if set(value) != {"document"}:
        raise refuse("A trust that is no list of shortcuts is {document: {...}} and nothing else.")
    return declared_document(value["document"], "trust", TRUST_SIZE, "/document")


def _fault(item: Any) -> str:
    if not isinstance(item, Mapping) or len(item) != 1:
        return "Give one shortcut per entry, e.g. {service: ec2}."
    (shortcut,) = item
    if shortcut in _LATER:
        return f"The shortcut {shortcut} is not supported yet. Write the whole trust as {{document: {{...}}}}."
    if shortcut == "document":
        return "A whole document can't stand beside other entries. Put everything into trust: {document: {...}}."
    if shortcut != "service":
        return f"There is no shortcut {shortcut}. Use {{service: ec2}} and the like, or trust: {{document: {{...}}}}."
    if not isinstance(item["service"], str) or not _SERVICE.fullmatch(item["service"]):
        return "Name an AWS service, e.g. ec2 or ecs-tasks.amazonaws.com."
    return ""


def _service(named: str, partition: str) -> str:
    return named if "." in named else f"{named}.{_OTHER_SUFFIX.get((partition, named), 'amazonaws.com')}"


def _of_services(services: set[str]) -> PolicyDocument:
    return _document([{"Effect": "Allow", "Principal": {"Service": sorted(services)}, "Action": ASSUME}], VERSION)


TrustPolicy = Annotated[Trust, PlainValidator(_declared), WithJsonSchema(_SCHEMA)]


def shared_trust(old: PolicyDocument, new: PolicyDocument) -> PolicyDocument:
    """A trust that surely lets in nobody whom either of the two keeps out: the Allows both have, all Denies.

    CLOSED where nothing certain remains or AWS would find it too long.
    """
    (old_allows, old_denies), (new_allows, new_denies) = _statements(old), _statements(new)
    ours, theirs = _document(old_allows, _version(old)), _document(new_allows, _version(new))
    kept = [one for one in new_allows if covers(ours, _document([one], _version(new)))]
    kept += [one for one in old_allows if one not in kept and covers(theirs, _document([one], _version(old)))]
    both = _document([_without_sid(one) for one in (*kept, *old_denies, *new_denies)], _version(new))
    if not kept or _version(old) != _version(new) or both.size > TRUST_SIZE:
        return CLOSED
    return both


def newly_trusted(desired: Trust, applied: Trust | None) -> frozenset[str]:
    """Those outside the account whom `desired` lets in by a statement that is not covered by what was applied."""
    allows, denies = _statements(desired.document)
    parts = [_document([allow, *denies], _version(desired.document)) for allow in allows] or [desired.document]
    return frozenset(
        principal
        for part in parts
        if applied is None or not covers(applied.document, part)
        for principal in trusts_outside(part, desired.account_id)
    )


def _statements(document: PolicyDocument) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The statements that allow and those that deny; what is not understood is in neither."""
    written = document.to_plain()
    statements = written.get("Statement", []) if isinstance(written, dict) else []
    listed = statements if isinstance(statements, list) else [statements]
    understood = [one for one in listed if isinstance(one, dict)]
    return (
        [one for one in understood if one.get("Effect") == "Allow"],
        [one for one in understood if one.get("Effect") == "Deny"],
    )


def _version(document: PolicyDocument) -> str:
    return document.meaning.version


def _document(statements: Iterable[Mapping[str, Any]], version: str) -> PolicyDocument:
    return read_document({"Version": version, "Statement": [*statements]})


def _without_sid(statement: Mapping[str, Any]) -> dict[str, Any]:
    # Statements of two documents may bear the same Sid, which AWS refuses in one.
    return {key: part for key, part in statement.items() if key != "Sid"}
