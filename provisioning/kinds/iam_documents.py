"""Policy documents as they are declared, and inline policies (IAM quotas: sizes leave white space out)."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import PlainValidator, WithJsonSchema

from provisioning.core.errors import Reason
from provisioning.core.policy_document import PolicyDocument, PolicyDocumentError, Use, parse_document
from provisioning.kinds.declaration import BINDING, EXCLUSIVE, SHARED, Include, contents, refuse
from provisioning.kinds.iam_names import LONG_NAME, name_faults

MANAGED_SIZE, TRUST_SIZE = 6144, 2048
GROUP_INLINE_SIZE, ROLE_INLINE_SIZE, USER_INLINE_SIZE = 5120, 10240, 2048

DOCUMENT_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "An IAM policy document.",
    "properties": {
        "Version": {"enum": ["2012-10-17", "2008-10-17"]},
        "Statement": {"type": ["array", "object"]},
    },
    "required": ["Statement"],
}


def declared_document(value: Any, use: Use, largest: int, pointer: str = "") -> PolicyDocument:
    """A declared document. Raises the validator's error with every fault below `pointer`, too great a size included."""
    if not isinstance(value, Mapping):
        raise refuse(Reason(pointer, "Give a policy document: a map with Version and Statement."))
    try:
        document = parse_document(value, use)
    except PolicyDocumentError as error:
        raise refuse(*(Reason(pointer + fault.pointer, fault.message) for fault in error.reasons)) from None
    if document.size > largest:
        told = f"{document.size} characters without white space; AWS takes {largest} at most. Shorten it."
        raise refuse(Reason(pointer, told))
    return document


def _managed(value: Any) -> PolicyDocument:
    return declared_document(value, "identity", MANAGED_SIZE)


def _inline(value: Any) -> PolicyDocument:
    return declared_document(value, "identity", ROLE_INLINE_SIZE)


ManagedDocument = Annotated[PolicyDocument, PlainValidator(_managed), WithJsonSchema(DOCUMENT_SCHEMA)]
InlineDocument = Annotated[PolicyDocument, PlainValidator(_inline), WithJsonSchema(DOCUMENT_SCHEMA)]
InlinePolicies = Annotated[
    Annotated[dict[str, InlineDocument], EXCLUSIVE] | Annotated[Include[dict[str, InlineDocument]], SHARED], BINDING
]


def check_inline(value: Any, largest: int, whose: str) -> Any:
    """Refuse inline policies with bad names, names that differ only in case, or more characters than AWS takes."""
    pointer = "/include" if isinstance(value, Include) else ""
    documents: Mapping[str, PolicyDocument] = contents(value)
    faults = [*_name_faults(documents, pointer), *case_faults(documents, "inline policies", pointer)]
    size = sum(document.size for document in documents.values())
    if size > largest:
        faults.append(
            Reason(
                pointer,
                f"{size} characters in all, white space left out; the inline policies of a {whose} may have "
                f"{largest} together. Move some into an iam.policy.",
            )
        )
    if faults:
        raise refuse(*faults)
    return value


def _name_faults(names: Mapping[str, Any], pointer: str) -> Iterator[Reason]:
    for name in names:
        yield from name_faults(name, LONG_NAME, "an inline policy", pointer + member(name))


def case_faults(names: Mapping[str, Any], what: str, pointer: str) -> Iterator[Reason]:
    """Names that AWS takes for the same one because it ignores case."""
    seen: dict[str, str] = {}
    for name in names:
        first = seen.setdefault(name.lower(), name)
        if first != name:
            yield Reason(pointer + member(name), f"AWS ignores the case of {what}: this is {first} again.")


def member(name: str) -> str:
    """The pointer of one name below a map."""
    return "/" + name.replace("~", "~0").replace("/", "~1")
