"""Tags of identity providers: keys tell their case apart, unlike those of users and roles (IAM user guide, tagging)."""

from collections.abc import Mapping
from typing import Any

from provisioning.core.fields import Exclusive, FrozenMap, Shared, Unmanaged
from provisioning.kinds.declaration import Include, bound_map
from provisioning.kinds.iam_names import IamName
from provisioning.kinds.iam_tags import Tags, TagsField


def exact(key: str) -> IamName:
    """A tag key that compares with its case."""
    return IamName(key, key)


def declared_tags(value: dict[str, str] | Include[dict[str, str]] | Unmanaged) -> TagsField | Unmanaged:
    """Declared tags of a provider."""
    return bound_map(value, exact)


def seen_tags(row: Mapping[str, Any]) -> TagsField:
    """Those of a row of the snapshot, without AWS's own."""
    return Exclusive(FrozenMap({exact(key): value for key, value in row["tags"].items() if not key.startswith("aws:")}))


def created_with(tags: TagsField | Unmanaged) -> list[dict[str, str]]:
    """Declared tags as a Create call takes them."""
    items = tags.items if isinstance(tags, Exclusive | Shared) else Tags()
    return [{"Key": key.text, "Value": items[key]} for key in sorted(items, key=lambda key: key.text)]


def create_actions(noun: str, arn: str, tags: list[dict[str, str]]) -> frozenset[tuple[str, str]]:
    """What creating a provider needs; with tags the right to tag as well (Service Authorization Reference)."""
    tagging = {(f"iam:Tag{noun}", arn)} if tags else set()
    return frozenset({(f"iam:Create{noun}", arn), *tagging})
