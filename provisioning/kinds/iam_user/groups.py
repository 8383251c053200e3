"""The groups of a user, which is the other side of a group's members.

A group that lists its members says who is in it: a user may name it too, but the group's own change joins them. Every
other group is the user's to name.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import AfterValidator, PlainValidator, ValidationInfo, WithJsonSchema

from provisioning.core.change import Call
from provisioning.core.errors import Reason
from provisioning.core.fields import Exclusive, Shared, Unmanaged
from provisioning.core.kind import Context
from provisioning.core.snapshot import Section, Snapshot
from provisioning.kinds.context import names_in
from provisioning.kinds.declaration import BINDING, EXCLUSIVE, SHARED, Include, contents, refuse
from provisioning.kinds.iam_grants import (
    MOST_GROUPS,
    Phase,
    Step,
    aws_denies,
    denies_something,
    guards_among,
    observed_grants,
)
from provisioning.kinds.iam_names import LONG_NAME, arn, name_faults
from provisioning.kinds.iam_risks import dangerous_grants


@dataclass(frozen=True)
class GroupName:
    """A group's name as AWS compares it. The rest says how the group itself is declared, if it is.

    `path`: where it is declared to lie; `lists_members`: it says who is in it, so its own change joins and parts them.
    """

    text: str = field(compare=False)
    key: str
    declared: bool = field(default=False, compare=False)
    path: str | None = field(default=None, compare=False)
    lists_members: bool = field(default=False, compare=False)

    @classmethod
    def of(cls, text: str) -> "GroupName":
        """A group as the account has it."""
        return cls(text, text.lower())

    def __str__(self) -> str:
        return self.text

    def to_plain(self) -> str:
        return self.text


GroupsField = Exclusive[frozenset[GroupName]] | Shared[frozenset[GroupName]]


def _group(value: Any, info: ValidationInfo) -> GroupName:
    if not isinstance(value, str):
        raise refuse("Give the name of a group; in YAML put numbers, dates, yes and no in quotes.")
    if faults := [*name_faults(value, LONG_NAME, "a group")]:
        raise refuse(*faults)
    context: Context = info.context  # type: ignore[assignment]
    declared = context.groups.get(value.lower())
    if declared is None:
        return GroupName.of(value)
    return GroupName(value, value.lower(), True, declared.path, declared.members is not None)


def _few(value: Any) -> Any:
    if len(contents(value)) > MOST_GROUPS:
        pointed = "include: " if isinstance(value, Include) else ""
        raise refuse(f"{pointed}{len(contents(value))} groups; AWS lets a user be in {MOST_GROUPS} at most.")
    return value


_Name = Annotated[GroupName, PlainValidator(_group), WithJsonSchema({"type": "string", "maxLength": LONG_NAME})]
GroupNames = Annotated[
    Annotated[list[_Name], EXCLUSIVE] | Annotated[Include[list[_Name]], SHARED], BINDING, AfterValidator(_few)
]


def contradictions(name: str, declared: Any, context: Context) -> Iterator[Reason]:
    """Where a user's declared groups and the members that declared groups list don't agree."""
    user, named = name.lower(), names_in(declared)
    is_exclusive = isinstance(declared, list)
    for key, group in sorted(context.groups.items()):
        if group.members is None or (key in named) == (user in group.members):
            continue
        if key in named:
            told = f"The group {group.name} lists its members, and {name} is not among them. Add {name} there"
            yield Reason("/groups", f"{told}, or take {group.name} out here.")
        elif is_exclusive:
            told = f"The group {group.name} lists {name} as a member, and these groups leave it out. Add {group.name}"
            yield Reason("/groups", f"{told}, or write {{include: [...]}} (at least these).")


def group_names(groups: GroupsField | Unmanaged) -> frozenset[GroupName]:
    """The groups a field names; none when it isn't managed."""
    return groups.items if isinstance(groups, Exclusive | Shared) else frozenset()


def group_row(snapshot: Snapshot, name: GroupName) -> Mapping[str, Any] | None:
    """The group's row, if the account has it."""
    rows = snapshot.body(Section.IAM_DETAILS).get("groups", ())
    return next((row for row in rows if row["name"].lower() == name.key), None)


def join_steps(
    user: str, held: GroupsField | Unmanaged, desired: GroupsField | Unmanaged, snapshot: Snapshot
) -> Iterator[Step]:
    """A group that is neither there nor declared gets no call: `person` says so."""
    for group in sorted(group_names(desired) - group_names(held), key=str):
        row = group_row(snapshot, group)
        if not group.lists_members and (row or group.declared):
            call = _call("AddUserToGroup", user, group, row, snapshot)
            yield Step(Phase.GUARD if _is_guard(row, snapshot) else Phase.WIDEN, call, "groups", 1, may_widen=True)


def leave_steps(
    user: str, held: GroupsField | Unmanaged, desired: GroupsField | Unmanaged, snapshot: Snapshot
) -> Iterator[Step]:
    """Only where the list is exclusive."""
    gone = group_names(held) - group_names(desired) if isinstance(desired, Exclusive) else frozenset()
    for group in sorted(gone, key=str):
        row = group_row(snapshot, group)
        call = _call("RemoveUserFromGroup", user, group, row, snapshot, "NoSuchEntity")
        phase = Phase.UNGUARD if _is_guard(row, snapshot) else Phase.NARROW
        yield Step(phase, call, "groups", -1, may_widen=True, removes=True)


def _call(
    operation: str, user: str, group: GroupName, row: Mapping[str, Any] | None, snapshot: Snapshot, *accepts: str
) -> Call:
    """AWS asks for the right on the group, which may be about to move to where it is declared."""
    name = row["name"] if row else group.text
    path = group.path or (row["path"] if row else "/")
    actions = frozenset({(f"iam:{operation}", arn(snapshot, "group", path, name))})
    return Call("iam", operation, {"GroupName": name, "UserName": user}, actions, frozenset(accepts))


def _is_guard(row: Mapping[str, Any] | None, snapshot: Snapshot) -> bool:
    """Whether being in the group only ever takes something away, as far as the snapshot tells."""
    if row is None or not (row["attached"] or row["inline"]):
        return False
    attached, inline = observed_grants(row)
    guards = guards_among(attached.items, snapshot)
    return all(policy in guards or aws_denies(policy) for policy in attached.items) and all(
        denies_something(document) for document in inline.items.values()
    )


def dangers_of_joining(
    desired: GroupsField | Unmanaged,
    applied: GroupsField | Unmanaged,
    observed: GroupsField | Unmanaged,
    snapshot: Snapshot,
) -> frozenset[str]:
    """Codes of what the groups that the user newly joins grant.

    What a declared group grants was approved with it. What another grants may have changed since the user was put
    there, so going back there counts as new.
    """
    new, away = group_names(desired) - group_names(applied), group_names(desired) - group_names(observed)
    joining = new | {group for group in away if not group.declared}
    found: set[str] = set()
    for group in joining:
        row = group_row(snapshot, group)
        if row and not group.lists_members:
            found |= set(dangerous_grants(*observed_grants(row), snapshot).values())
    return frozenset(found)
