"""The strict side: what may be declared. Every fault at once, each with its pointer and what to do.

Rules: IAM user guide, "Grammar of the IAM JSON policy language" and the quotas of IAM.
"""

import re
from collections.abc import Iterator
from typing import Any, Literal

from provisioning.core.policy_document.document import PolicyDocument, Source, document_of
from provisioning.core.policy_document.errors import PolicyDocumentError, Reason, pointer_to
from provisioning.core.policy_document.grammar_condition import condition_faults
from provisioning.core.policy_document.grammar_principal import principal_faults
from provisioning.core.policy_document.json_text import strict_json
from provisioning.core.policy_document.meaning import NEW, OLD

# What the document will be attached to. "any" leaves the rules out that differ between the two.
Use = Literal["any", "identity", "trust"]

# The largest quota of IAM: the inline policies of one role together.
MOST_CHARACTERS = 10_240
_DOCUMENT = ("Version", "Id", "Statement")
_STATEMENT = ("Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource")
_STATEMENT_ELEMENTS = (*_STATEMENT, "Condition")
_SID = re.compile(r"[A-Za-z0-9]*")
_ACTION = re.compile(r"\*|(\*|[A-Za-z0-9-]+):[A-Za-z0-9_*?.-]+")
_OUTSIDE = re.compile(r"[^\t\n\r\u0020-\u00ff]")


def parse_document(value: Source, use: Use = "any") -> PolicyDocument:
    """Reads a declared document, as parsed JSON or as text. Raises PolicyDocumentError with every fault."""
    plain = strict_json(value)
    reasons = [*_document_faults(plain, use), *_character_faults(plain, "")]
    document = document_of(plain)
    if document.size > MOST_CHARACTERS:
        reasons.append(
            Reason("", f"{document.size} characters; IAM takes {MOST_CHARACTERS} at most. Shorten or split it.")
        )
    if reasons:
        raise PolicyDocumentError(reasons)
    return document


def _document_faults(value: Any, use: Use) -> Iterator[Reason]:
    if not isinstance(value, dict):
        yield Reason("", "A policy document is an object with Version and Statement.")
        return
    yield from _unknown(value, _DOCUMENT, "")
    if value.get("Version", NEW) not in (OLD, NEW):
        yield Reason("/Version", f"The version is {NEW} (or {OLD}).")
    if not isinstance(value.get("Id", ""), str):
        yield Reason("/Id", "The Id is a text.")
    if use != "any" and "Id" in value:
        yield Reason("/Id", "Only resource policies have an Id. Leave it out.")
    if value.get("Statement") in (None, []):
        yield Reason("/Statement", "Give at least one statement.")
        return
    yield from _statements_faults(value["Statement"], use)


def _statements_faults(value: Any, use: Use) -> Iterator[Reason]:
    sids: set[str] = set()
    single = not isinstance(value, list)
    for index, statement in enumerate([value] if single else value):
        pointer = "/Statement" if single else f"/Statement/{index}"
        if not isinstance(statement, dict):
            yield Reason(pointer, "A statement is an object with Effect, Action and Resource or Principal.")
            continue
        yield from _statement_faults(statement, pointer, use)
        sid = statement.get("Sid")
        if isinstance(sid, str) and sid in sids:
            yield Reason(f"{pointer}/Sid", f"Sid {sid} is used twice. Give each statement its own.")
        sids |= {sid} if isinstance(sid, str) and sid else set()


def _statement_faults(statement: dict[str, Any], pointer: str, use: Use) -> Iterator[Reason]:
    yield from _unknown(statement, _STATEMENT_ELEMENTS, pointer)
    sid = statement.get("Sid", "")
    if not isinstance(sid, str) or not _SID.fullmatch(sid):
        yield Reason(f"{pointer}/Sid", "A Sid holds letters and digits only.")
    if statement.get("Effect") not in ("Allow", "Deny"):
        yield Reason(f"{pointer}/Effect", "The effect is Allow or Deny, spelt so.")
    for element in ("Action", "Resource", "Principal"):
        if element in statement and f"Not{element}" in statement:
            yield Reason(f"{pointer}/Not{element}", f"Give {element} or Not{element}, not both.")
    if not {"Action", "NotAction"} & set(statement):
        yield Reason(pointer, "Give Action or NotAction.")
    yield from _use_faults(statement, pointer, use)
    yield from _text_faults(statement, pointer)
    for element in {"Principal", "NotPrincipal"} & set(statement):
        yield from principal_faults(statement[element], f"{pointer}/{element}")
    if "Condition" in statement:
        yield from condition_faults(statement["Condition"], f"{pointer}/Condition")


def _use_faults(statement: dict[str, Any], pointer: str, use: Use) -> Iterator[Reason]:
    resource = next((name for name in ("Resource", "NotResource") if name in statement), None)
    principal = next((name for name in ("Principal", "NotPrincipal") if name in statement), None)
    if use == "identity" and principal:
        yield Reason(f"{pointer}/{principal}", "A policy of an identity names no principal. Leave it out.")
    if use == "trust" and resource:
        yield Reason(f"{pointer}/{resource}", "A trust policy names no resource. Leave it out.")
    if use == "trust" and not principal:
        yield Reason(pointer, "A trust policy names who is trusted. Give Principal.")
    if use == "identity" and not resource:
        yield Reason(pointer, "Give Resource or NotResource.")
    if use == "any" and not resource and not principal:
        yield Reason(pointer, "Give Resource (a policy of an identity) or Principal (a trust policy).")


def _text_faults(statement: dict[str, Any], pointer: str) -> Iterator[Reason]:
    for element in ("Action", "NotAction", "Resource", "NotResource"):
        if element not in statement:
            continue
        value = statement[element]
        if value == []:
            yield Reason(
                f"{pointer}/{element}", "An empty list is refused by IAM. Name at least one, or drop the statement."
            )
        single = not isinstance(value, list)
        for index, text in enumerate([value] if single else value):
            below = f"{pointer}/{element}" if single else f"{pointer}/{element}/{index}"
            if not isinstance(text, str):
                yield Reason(below, "Give a text.")
            elif element.endswith("Action") and not _ACTION.fullmatch(text):
                yield Reason(below, "An action is `service:Name`, with * and ? as wildcards, or `*`.")
            elif element.endswith("Resource") and not (text == "*" or text.startswith("arn:")):
                yield Reason(below, "A resource is an ARN (arn:…) or `*`.")


def _unknown(value: dict[str, Any], known: tuple[str, ...], pointer: str) -> Iterator[Reason]:
    for key in value:
        if key not in known:
            meant = next((name for name in known if name.lower() == key.lower()), None)
            hint = f"Spell it {meant}." if meant else f"Known here: {', '.join(known)}."
            yield Reason(pointer_to(pointer, key), f"There is no element {key}. {hint}")


def _character_faults(value: Any, pointer: str) -> Iterator[Reason]:
    if isinstance(value, str) and _OUTSIDE.search(value):
        yield Reason(pointer, "IAM takes Latin-1 characters only (tab, line feed, U+0020 to U+00FF).")
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in members:
        if isinstance(key, str) and _OUTSIDE.search(key):
            yield Reason(pointer_to(pointer, key), "IAM takes Latin-1 characters only, in keys too.")
        yield from _character_faults(member, pointer_to(pointer, key))
