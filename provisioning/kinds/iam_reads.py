"""How IAM kinds find their rows in a snapshot and re-read single resources."""

from collections.abc import Generator, Mapping
from functools import lru_cache
from typing import Any

from provisioning.core.change import Read
from provisioning.core.plain import canonical
from provisioning.core.policy_document import PolicyDocument, read_document
from provisioning.core.snapshot import Section, Snapshot

ANYWHERE = "*"
"""Where to read a resource by its name: its ARN holds its path, which isn't known before."""


def iam_read(operation: str, arn: str, result_key: str = "", **params: Any) -> Read:
    """One IAM read; `result_key` names the list that comes in pages."""
    return Read("iam", operation, params, frozenset({(f"iam:{operation}", arn)}), result_key)


def grant_rereads(noun: str, *others: str) -> frozenset[str]:
    """IAM actions of `grant_reads` and of these other operations."""
    operations = (f"ListAttached{noun}Policies", f"List{noun}Policies", f"Get{noun}Policy", *others)
    return frozenset(f"iam:{operation}" for operation in operations)


def stored_document(document: Any) -> str:
    """A document as a snapshot has it; botocore hands it over parsed, or as raw text where it could not."""
    if document is None:
        return ""
    return document if isinstance(document, str) else canonical(document)


@lru_cache(maxsize=2048)
def read_stored(text: str) -> PolicyDocument:
    """The document of a snapshot's text. Remembered, since the same few stand in every account."""
    return read_document(text)


def is_named(stored: str, name: str) -> bool:
    """Whether AWS takes both names for the same."""
    return stored.lower() == name.lower()


def row_named(snapshot: Snapshot, rows: str, name: str) -> Mapping[str, Any]:
    """The row of one resource in the account's details. Raises LookupError when it is not there."""
    for row in snapshot.body(Section.IAM_DETAILS)[rows]:
        if is_named(row["name"], name):
            return dict(row)
    raise LookupError(f"{name} is not among the {rows} of this snapshot")


def grant_reads(noun: str, name: str, arn: str) -> Generator[Read, Any, dict[str, Any]]:
    """The attached and inline policies of one role or group, as the members of its row."""
    named = {f"{noun}Name": name}
    attached = yield iam_read(f"ListAttached{noun}Policies", arn, "AttachedPolicies", **named)
    listed = yield iam_read(f"List{noun}Policies", arn, "PolicyNames", **named)
    inline = {}
    for policy in sorted((listed or {}).get("PolicyNames", [])):
        shown = yield iam_read(f"Get{noun}Policy", arn, PolicyName=policy, **named)
        if shown is not None:
            inline[policy] = stored_document(shown["PolicyDocument"])
    return {
        "attached": sorted(policy["PolicyArn"] for policy in (attached or {}).get("AttachedPolicies", [])),
        "inline": inline,
    }
