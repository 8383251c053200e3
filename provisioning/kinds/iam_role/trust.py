"""Who may take a role: how it is declared, what two trusts have in common, who in it is from outside."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any

from pydantic import PlainValidator, ValidationInfo, WithJsonSchema

from provisioning.core.policy_document import (
    PolicyDocument,
    covers,
    read_document,
    trusted_principals,
    trusts_outside,
)
from provisioning.kinds.declaration import refuse
from provisioning.kinds.iam_documents import DOCUMENT_SCHEMA, TRUST_SIZE, declared_document
from provisioning.kinds.iam_role.spec import Trust
from provisioning.kinds.iam_role.trust_federation import ROLES_ANYWHERE, trusts_every_subject
from provisioning.kinds.iam_role.trust_shortcuts import ASSUME, Place, fault_reasons, item_schema, statements_of

VERSION = "2012-10-17"
ANYONE = "*"
CLOSED = read_document(
    {"Version": VERSION, "Statement": [{"Effect": "Deny", "Principal": {"AWS": ANYONE}, "Action": ASSUME}]}
)
"""Trusts nobody; AWS wants at least one statement."""

_SCHEMA: dict[str, Any] = {
    "description": "Who may take the role: typed shortcuts, or the whole document.",
    "oneOf": [
        {"type": "array", "minItems": 1, "items": item_schema()},
        {
            "type": "object",
            "properties": {"document": DOCUMENT_SCHEMA},
            "required": ["document"],
            "additionalProperties": False,
        },
    ],
}


def _declared(value: Any, info: ValidationInfo) -> Trust:
    place = Place(info.context.account_id, info.context.partition)  # type: ignore[union-attr]
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], Mapping) and "document" in value[0]:
        value = value[0]
    if isinstance(value, Mapping):
        return Trust(_whole(value), place.account_id)
    if not isinstance(value, list) or not value:
        raise refuse("Give a list of shortcuts such as [{service: ec2}], or {document: {...}}.")
    if faults := [fault for index, item in enumerate(value) for fault in fault_reasons(item, index)]:
        raise refuse(*faults)
    written = {"Version": VERSION, "Statement": statements_of(value, place)}
    return Trust(declared_document(written, "trust", TRUST_SIZE), place.account_id)


def _whole(value: Mapping[str, Any]) -> PolicyDocument:
    if set(value) != {"document"}:
        raise refuse("A trust that is no list of shortcuts is {document: {...}} and nothing else.")
    return declared_document(value["document"], "trust", TRUST_SIZE, "/document")


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
    """Those outside the account whom `desired` lets in by a statement that is not covered by what was applied.

    `*` also for a statement that takes the tokens of an OpenID Connect provider whoever they are for; whoever shows a
    certificate to IAM Roles Anywhere counts as federated.
    """
    allows, denies = _statements(desired.document)
    parts = [_document([allow, *denies], _version(desired.document)) for allow in allows] or [desired.document]
    new = [part for part in parts if applied is None or not covers(applied.document, part)]
    return frozenset(principal for part in new for principal in _outsiders(part, desired.account_id))


def _outsiders(part: PolicyDocument, account_id: str) -> Iterator[str]:
    yield from trusts_outside(part, account_id)
    if f"service:{ROLES_ANYWHERE}" in trusted_principals(part):
        yield f"federated:{ROLES_ANYWHERE}"
    if any(map(trusts_every_subject, _statements(part)[0])):
        yield ANYONE


def providers(trust: Trust) -> Iterator[tuple[str, str]]:
    """The identity providers of the account itself that it names: (kind, name)."""
    kinds = {"saml-provider": "iam.saml_provider", "oidc-provider": "iam.oidc_provider"}
    for principal in sorted(trusted_principals(trust.document)):
        parts = principal.removeprefix("federated:").split(":", 5)
        kind, _, name = parts[-1].partition("/")
        if len(parts) == 6 and parts[4] == trust.account_id and kind in kinds:
            yield kinds[kind], name


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
