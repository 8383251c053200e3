"""Groups: path, attached and inline policies, members. A member who is no user, and isn't
declared as one, waits for a person.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator

from provisioning.core.change import Call, Change, Create, ResourceKey
from provisioning.core.diff import Difference, DriftType
from provisioning.core.fields import UNMANAGED, Exclusive, Shared, Unmanaged
from provisioning.core.kind import Context, Kind, Reread
from provisioning.core.lazy import LazyMap
from provisioning.core.snapshot import Section, Snapshot
from provisioning.kinds.declaration import Declaration, bound_map, bound_set, json_schema, read, undeclared
from provisioning.kinds.iam_attachments import (
    Attachments,
    PolicyReferences,
    attached_names,
    check_attachments,
    policy_keys,
)
from provisioning.kinds.iam_documents import GROUP_INLINE_SIZE, InlinePolicies, check_inline
from provisioning.kinds.iam_grants import (
    Container,
    Grants,
    InlineField,
    container_writes,
    grant_steps,
    guards_among,
    in_order,
    observed_grants,
)
from provisioning.kinds.iam_names import LONG_NAME, IamName, Path, UserNames, arn, name_faults
from provisioning.kinds.iam_protected import protected_resource
from provisioning.kinds.iam_reads import ANYWHERE, grant_reads, grant_rereads, iam_read, is_named
from provisioning.kinds.iam_risks import dangerous_grants

MOST_ATTACHED = 10

Members = Exclusive[frozenset[IamName]] | Shared[frozenset[IamName]]


@dataclass(frozen=True)
class GroupSpec:
    """One group."""

    path: str | Unmanaged = UNMANAGED
    attached_policies: Attachments | Unmanaged = UNMANAGED
    inline_policies: InlineField | Unmanaged = UNMANAGED
    members: Members | Unmanaged = UNMANAGED


class GroupDeclaration(Declaration):
    """The fields of one `iam.group`."""

    path: Path = undeclared(description="Where the group lies, e.g. /teams/; a change moves it.")
    attached_policies: Annotated[
        PolicyReferences, AfterValidator(partial(check_attachments, most=MOST_ATTACHED, whose="group"))
    ] = undeclared(description="Managed policies by name or ARN.")
    inline_policies: Annotated[
        InlinePolicies, AfterValidator(partial(check_inline, largest=GROUP_INLINE_SIZE, whose="group"))
    ] = undeclared(description="Policy documents by name.")
    members: UserNames = undeclared(description="Names of users.")


class GroupKind(Kind[GroupSpec]):
    """`iam.group`."""

    name: ClassVar[str] = "iam.group"
    sections: ClassVar[frozenset[Section]] = frozenset({Section.IAM_DETAILS})
    writes: ClassVar[frozenset[tuple[str, str]]] = container_writes(
        "Group", "CreateGroup", "UpdateGroup", "AddUserToGroup", "RemoveUserFromGroup"
    )
    rereads: ClassVar[frozenset[str]] = grant_rereads("Group", "GetGroup")
    example: ClassVar[Mapping[str, Any]] = {
        "Developers": {
            "path": "/teams/",
            "attached_policies": ["ReadOnlyAccess"],
            "inline_policies": {
                "StartInstances": {
                    "Version": "2012-10-17",
                    "Statement": [{"Effect": "Allow", "Action": "ec2:StartInstances", "Resource": "*"}],
                }
            },
            "members": {"include": ["ann"]},
        }
    }

    def parse(self, name: str, declared: Mapping[str, Any], context: Context) -> GroupSpec:
        model = read(GroupDeclaration, declared, context, name_faults(name, LONG_NAME, "a group"))
        return GroupSpec(
            path=model.path,
            attached_policies=bound_set(model.attached_policies),
            inline_policies=bound_map(model.inline_policies, IamName.of),
            members=bound_set(model.members),
        )

    def schema(self) -> Mapping[str, Any]:
        return json_schema(GroupDeclaration)

    def identity(self, name: str) -> str:
        return name.lower()

    def observed(self, snapshot: Snapshot) -> Mapping[str, GroupSpec]:
        body = snapshot.body(Section.IAM_DETAILS)
        members: dict[str, set[IamName]] = {}
        for user in body["users"]:
            for group in user["groups"]:
                members.setdefault(group.lower(), set()).add(IamName.of(user["name"]))
        rows = {row["name"]: row for row in body["groups"]}
        return LazyMap(rows, lambda row: _spec(row, frozenset(members.get(row["name"].lower(), ()))))

    def inventory(self, snapshot: Snapshot) -> Mapping[str, Mapping[str, Any]]:
        rows = snapshot.body(Section.IAM_DETAILS)["groups"]
        return {row["name"]: {"arn": row["arn"], "path": row["path"]} for row in rows}

    def arn(self, name: str, spec: GroupSpec, context: Context | Snapshot) -> str:
        return arn(context, "group", spec.path if isinstance(spec.path, str) else "/", name)

    def references(self, name: str, spec: GroupSpec, context: Context) -> frozenset[ResourceKey]:
        users = frozenset(ResourceKey("iam.user", user.text) for user in _users(spec) if user.key in context.users)
        return policy_keys(attached_names(spec.attached_policies), context) | users

    def calls(self, change: Change[GroupSpec], snapshot: Snapshot) -> Sequence[Call]:
        """Members leave first and join last; in between the policies change (iam_grants.py)."""
        name, desired = change.key.name, change.desired
        observed = GroupSpec() if isinstance(change, Create) else change.observed
        changing = attached_names(observed.attached_policies) | attached_names(desired.attached_policies)
        guards = guards_among(changing, snapshot)
        after = observed if desired.path is UNMANAGED else desired
        group = Container("Group", name, self.arn(name, after, snapshot), GROUP_INLINE_SIZE, guards)
        if isinstance(change, Create):
            opening = [group.call("Create{}", Path=desired.path if isinstance(desired.path, str) else "/")]
        else:
            opening = [*_leave(observed, desired, name, self.arn(name, observed, snapshot))]
            opening += _move(group, observed, desired, self.arn(name, observed, snapshot))
        held, wanted = _grants(observed), _grants(desired)
        changes = in_order(grant_steps(group, held, wanted), group, held)
        return (*opening, *changes, *_join(group, observed, desired, snapshot))

    def reread(self, name: str, context: Context) -> Reread:
        shown = yield iam_read("GetGroup", ANYWHERE, "Users", GroupName=name)
        if shown is None:
            return {Section.IAM_DETAILS: {"groups": [], "users": [], "absent": {"groups": [name]}}}
        group = shown["Group"]
        grants = yield from grant_reads("Group", name, group["Arn"])
        stored = group["GroupName"]
        row = {"name": stored, "path": group["Path"], "arn": group["Arn"], "id": group["GroupId"], **grants}
        members = sorted(user["UserName"] for user in shown.get("Users", []))
        return {Section.IAM_DETAILS: {"groups": [row], "users": [{"name": one, "groups": [stored]} for one in members]}}

    def protected(self, name: str, spec: GroupSpec, context: Context) -> str | None:
        return protected_resource(name, spec.path if isinstance(spec.path, str) else "/", context)

    def risks(self, name: str, desired: GroupSpec, applied: GroupSpec | None, snapshot: Snapshot) -> tuple[str, ...]:
        last = applied or GroupSpec()
        dangerous = dangerous_grants(desired.attached_policies, desired.inline_policies, snapshot)
        granted_before = dangerous_grants(last.attached_policies, last.inline_policies, snapshot)
        joining = _users(desired) - _users(last)
        new = dangerous if joining else {grant: dangerous[grant] for grant in dangerous.keys() - granted_before.keys()}
        return tuple(sorted(set(new.values())))

    def person(self, name: str, difference: Difference, snapshot: Snapshot) -> str | None:
        if difference.field != "members" or difference.type is not DriftType.MISSING:
            return None
        return None if _stored_user(str(difference.desired), snapshot) else "user_does_not_exist"

    def settled_by(self, difference: Difference, context: Context) -> ResourceKey | None:
        """A member that is declared too is made first, and joins then."""
        name = str(difference.desired)
        missing = difference.field == "members" and difference.type is DriftType.MISSING
        return ResourceKey("iam.user", name) if missing and name.lower() in context.users else None


def _spec(row: Mapping[str, Any], members: frozenset[IamName]) -> GroupSpec:
    attached, inline = observed_grants(row)
    return GroupSpec(row["path"], attached, inline, Exclusive(members))


def _grants(spec: GroupSpec) -> Grants:
    return Grants(spec.attached_policies, spec.inline_policies)


def _users(spec: GroupSpec) -> frozenset[IamName]:
    return spec.members.items if isinstance(spec.members, Exclusive | Shared) else frozenset()


def _stored_user(name: str, snapshot: Snapshot) -> str | None:
    users = snapshot.body(Section.IAM_DETAILS)["users"]
    return next((user["name"] for user in users if is_named(user["name"], name)), None)


def _leave(observed: GroupSpec, desired: GroupSpec, name: str, group_arn: str) -> Iterator[Call]:
    group = Container("Group", name, group_arn, GROUP_INLINE_SIZE)
    gone = _users(observed) - _users(desired) if isinstance(desired.members, Exclusive) else frozenset()
    for user in sorted(gone, key=str):
        yield group.call("RemoveUserFrom{}", ("NoSuchEntity",), UserName=user.text)


def _move(group: Container, observed: GroupSpec, desired: GroupSpec, from_arn: str) -> Iterator[Call]:
    if desired.path is not UNMANAGED and desired.path != observed.path:
        # AWS asks for the permission on what it was and on what it becomes.
        actions = frozenset({("iam:UpdateGroup", from_arn), ("iam:UpdateGroup", group.arn)})
        yield Call("iam", "UpdateGroup", {"GroupName": group.name, "NewPath": desired.path}, actions)


def _join(group: Container, observed: GroupSpec, desired: GroupSpec, snapshot: Snapshot) -> Iterator[Call]:
    """Whoever doesn't exist as a user, and isn't declared as one, gets no call: `person` says so."""
    for user in sorted(_users(desired) - _users(observed), key=str):
        stored = _stored_user(user.text, snapshot)
        if stored or user.declared:
            yield group.call("AddUserTo{}", UserName=stored or user.text)
