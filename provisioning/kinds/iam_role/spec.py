"""A role as both sides see it, read from a snapshot."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from provisioning.core.fields import UNMANAGED, Unmanaged
from provisioning.core.lazy import LazyMap
from provisioning.core.policy_document import PolicyDocument
from provisioning.core.snapshot import Section, Snapshot
from provisioning.kinds.iam_attachments import Attachments
from provisioning.kinds.iam_grants import InlineField, observed_grants
from provisioning.kinds.iam_names import IamName
from provisioning.kinds.iam_reads import is_named, read_stored
from provisioning.kinds.iam_tags import TagsField, observed_tags

DEFAULT_SESSION_SECONDS = 3600


@dataclass(frozen=True)
class Trust:
    """Who may take the role. The account is there to tell who is outside; it takes no part in comparing."""

    document: PolicyDocument
    account_id: str = field(compare=False)

    def to_plain(self) -> Any:
        return self.document.to_plain()


@dataclass(frozen=True)
class RoleSpec:
    """One role. `boundary` None: it has none. `instance_profile`: one of the role's own name holds it."""

    path: str | Unmanaged = UNMANAGED
    trust: Trust | Unmanaged = UNMANAGED
    description: str | Unmanaged = UNMANAGED
    max_session_seconds: int | Unmanaged = UNMANAGED
    attached_policies: Attachments | Unmanaged = UNMANAGED
    inline_policies: InlineField | Unmanaged = UNMANAGED
    boundary: IamName | Unmanaged | None = UNMANAGED
    tags: TagsField | Unmanaged = UNMANAGED
    instance_profile: bool | Unmanaged = UNMANAGED


def observed_roles(snapshot: Snapshot) -> Mapping[str, RoleSpec]:
    """Every role by its stored name. Description and session length come from a read of their own."""
    settings = {row["name"]: row for row in snapshot.body(Section.IAM_ROLES)["roles"]}
    rows = {row["name"]: row for row in snapshot.body(Section.IAM_DETAILS)["roles"]}
    return LazyMap(rows, lambda row: _spec(row, settings.get(row["name"], {}), snapshot.account_id))


def own_profile(row: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The instance profile that bears the role's name and holds it."""
    return next((dict(profile) for profile in row["instance_profiles"] if is_named(profile["name"], row["name"])), None)


def _spec(row: Mapping[str, Any], settings: Mapping[str, Any], account_id: str) -> RoleSpec:
    attached, inline = observed_grants(row)
    return RoleSpec(
        path=row["path"],
        trust=Trust(read_stored(row["trust"]), account_id),
        description=settings.get("description") or "",
        max_session_seconds=settings.get("max_session_seconds") or DEFAULT_SESSION_SECONDS,
        attached_policies=attached,
        inline_policies=inline,
        boundary=IamName.of_policy(row["boundary"]) if row["boundary"] else None,
        tags=observed_tags(row),
        instance_profile=own_profile(row) is not None,
    )
