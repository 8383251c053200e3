"""Tags of roles and users (IAM user guide, tagging: 50 per resource, keys compare ignoring case, aws: is AWS's own)."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator

from provisioning.core.change import Call
from provisioning.core.errors import Reason
from provisioning.core.fields import Exclusive, FrozenMap, Shared, Unmanaged
from provisioning.kinds.declaration import BINDING, EXCLUSIVE, SHARED, Include, contents, refuse
from provisioning.kinds.iam_documents import case_faults, member
from provisioning.kinds.iam_grants import Container
from provisioning.kinds.iam_names import IamName

MOST_TAGS = 50
LONGEST_KEY, LONGEST_VALUE = 128, 256
_SIGNS = "_.:/=+-@"

Tags = FrozenMap[IamName, str]
TagsField = Exclusive[Tags] | Shared[Tags]


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


PrincipalTags = Annotated[
    Annotated[dict[str, str], EXCLUSIVE] | Annotated[Include[dict[str, str]], SHARED],
    BINDING,
    AfterValidator(_check),
]


def observed_tags(row: Mapping[str, Any]) -> Exclusive[Tags]:
    """The tags of a row of the snapshot, without AWS's own (aws:), which nobody else can set or remove."""
    tags = {IamName.of(key): value for key, value in row["tags"].items() if not key.lower().startswith("aws:")}
    return Exclusive(FrozenMap(tags))


@dataclass(frozen=True)
class Provider:
    """An identity provider. `noun` is AWS's word for it in operation and parameter names."""

    noun: str
    arn: str

    def call(self, operation: str, accepts: Iterable[str] = (), **params: Any) -> Call:
        """A call on this provider alone, e.g. operation `Tag{}`."""
        named = operation.format(self.noun)
        sent = {f"{self.noun}Arn": self.arn, **params}
        return Call("iam", named, sent, frozenset({(f"iam:{named}", self.arn)}), frozenset(accepts))


def tag_calls(
    container: Container | Provider, observed: TagsField | Unmanaged, desired: TagsField | Unmanaged
) -> Iterator[Call]:
    """Tagging merges, so what goes is untagged."""
    there, wanted = _tags(observed), _tags(desired)
    gone = [key for key in there if key not in wanted] if isinstance(desired, Exclusive) else []
    changed = Tags({key: value for key, value in wanted.items() if there.get(key) != value})
    if gone:
        yield container.call("Untag{}", TagKeys=sorted(key.text for key in gone))
    if changed:
        yield container.call("Tag{}", Tags=_as_list(changed))


def tag_list(field: TagsField | Unmanaged) -> list[dict[str, str]]:
    """Declared tags as AWS takes them, in a steady order."""
    return _as_list(_tags(field))


def _tags(field: TagsField | Unmanaged) -> Tags:
    return field.items if isinstance(field, Exclusive | Shared) else Tags()


def _as_list(tags: Tags) -> list[dict[str, str]]:
    return [{"Key": key.text, "Value": value} for key, value in sorted(tags.items(), key=lambda pair: pair[0].text)]
