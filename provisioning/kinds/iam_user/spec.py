"""A user as both sides see it, read from a snapshot."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from provisioning.core.fields import UNMANAGED, Exclusive, Unmanaged
from provisioning.core.lazy import LazyMap
from provisioning.core.snapshot import Section, Snapshot
from provisioning.kinds.iam_attachments import Attachments
from provisioning.kinds.iam_grants import InlineField, observed_grants
from provisioning.kinds.iam_names import IamName
from provisioning.kinds.iam_tags import TagsField, observed_tags
from provisioning.kinds.iam_user.groups import GroupName, GroupsField
from provisioning.kinds.iam_user.login import ConsoleRule, Login, ResetRule, logins


@dataclass(frozen=True)
class UserSpec:
    """One user. `boundary` None: it has none."""

    path: str | Unmanaged = UNMANAGED
    groups: GroupsField | Unmanaged = UNMANAGED
    attached_policies: Attachments | Unmanaged = UNMANAGED
    inline_policies: InlineField | Unmanaged = UNMANAGED
    boundary: IamName | Unmanaged | None = UNMANAGED
    tags: TagsField | Unmanaged = UNMANAGED
    console_access: ConsoleRule | Login | Unmanaged = UNMANAGED
    password_reset_required: ResetRule | Login | Unmanaged = UNMANAGED


def user_rows(snapshot: Snapshot) -> Mapping[str, Mapping[str, Any]]:
    """The users by stored name. A group's re-read shows names alone: those say nothing of the users themselves."""
    return {row["name"]: row for row in snapshot.body(Section.IAM_DETAILS)["users"] if "attached" in row}


def observed_users(snapshot: Snapshot) -> Mapping[str, UserSpec]:
    """Every user by its stored name."""
    known = logins(snapshot)
    return LazyMap(user_rows(snapshot), lambda row: user_spec(row, known.get(row["name"].lower(), UNMANAGED)))


def user_spec(row: Mapping[str, Any], login: Login | Unmanaged = UNMANAGED) -> UserSpec:
    """The user of one row; `login` where it was read how it signs in."""
    attached, inline = observed_grants(row)
    return UserSpec(
        path=row["path"],
        groups=Exclusive(frozenset(map(GroupName.of, row["groups"]))),
        attached_policies=attached,
        inline_policies=inline,
        boundary=IamName.of_policy(row["boundary"]) if row["boundary"] else None,
        tags=observed_tags(row),
        console_access=login,
        password_reset_required=login,
    )
