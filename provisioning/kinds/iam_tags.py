"""Tags of roles (IAM user guide, tagging: 50 per resource, keys compare ignoring case, aws: is AWS's own)."""

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import AfterValidator

from provisioning.core.errors import Reason
from provisioning.kinds.declaration import BINDING, EXCLUSIVE, SHARED, Include, contents, refuse
from provisioning.kinds.iam_documents import case_faults, member

MOST_TAGS = 50
LONGEST_KEY, LONGEST_VALUE = 128, 256
_SIGNS = "_.:/=+-@"


def _check(value: Any) -> Any:
    pointer = "/include" if isinstance(value, Include) else ""
    tags: Mapping[str, str] = contents(value)
    faults = [*case_faults(tags, "tag keys", pointer)]
    faults += [fault for key, text in tags.items() for fault in _tag_faults(key, text, pointer + member(key))]
    if len(tags) > MOST_TAGS:
        faults.append(Reason(pointer, f"{len(tags)} tags; AWS takes {MOST_TAGS} per resource at most."))
    if faults:
        raise refuse(*faults)
    return value


def _tag_faults(key: str, value: str, pointer: str) -> Iterator[Reason]:
    if not 1 <= len(key) <= LONGEST_KEY:
        yield Reason(pointer, f"A tag key has 1 to {LONGEST_KEY} characters.")
    if len(value) > LONGEST_VALUE:
        yield Reason(pointer, f"A tag value has {LONGEST_VALUE} characters at most.")
    if key.lower().startswith("aws:"):
        yield Reason(pointer, "Tag keys that begin with aws: belong to AWS. Choose another key.")
    if not all(_is_allowed(character) for character in key + value):
        yield Reason(pointer, f"Tags hold letters, digits, spaces and {' '.join(_SIGNS)} only.")


def _is_allowed(character: str) -> bool:
    return character in _SIGNS or unicodedata.category(character)[0] in "LNZ"


RoleTags = Annotated[
    Annotated[dict[str, str], EXCLUSIVE] | Annotated[Include[dict[str, str]], SHARED],
    BINDING,
    AfterValidator(_check),
]
