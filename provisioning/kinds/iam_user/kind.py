"""The user kind: its declaration, and the contract put together from its parts."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator

from provisioning.core.change import Call, Change, Create, ResourceKey
from provisioning.core.diff import Difference, DriftType
from provisioning.core.fields import UNMANAGED, Rule
from provisioning.core.kind import Context, Kind, Reread
from provisioning.core.snapshot import Section, Snapshot
from provisioning.kinds.declaration import Declaration, bound_map, bound_set, json_schema, read, undeclared
from provisioning.kinds.iam_attachments import (
    PolicyReference,
    PolicyReferences,
    attached_names,
    check_attachments,
    policy_keys,
)
from provisioning.kinds.iam_documents import USER_INLINE_SIZE, InlinePolicies, check_inline
from provisioning.kinds.iam_grants import container_writes, guards_among
from provisioning.kinds.iam_names import SHORT_NAME, IamName, Path, arn, name_faults
from provisioning.kinds.iam_protected import protected_user
from provisioning.kinds.iam_reads import grant_rereads, is_named
from provisioning.kinds.iam_risks import dangerous_grants
from provisioning.kinds.iam_tags import PrincipalTags
from provisioning.kinds.iam_user.changes import User, create_calls, update_calls
from provisioning.kinds.iam_user.groups import (
    GroupName,
    GroupNames,
    contradictions,
    dangers_of_joining,
    group_names,
    group_row,
)
from provisioning.kinds.iam_user.login import ConsoleAccess, ConsoleRule, ResetRule, asked_sections, loses_password
from provisioning.kinds.iam_user.reread import reread_user
from provisioning.kinds.iam_user.spec import UserSpec, observed_users, user_rows

# 10 by default, up to this on request; what this account allows is checked when the plan is made.
MOST_ATTACHED = 20
USER_OPERATIONS = (
    *("CreateUser", "UpdateUser", "TagUser", "UntagUser"),
    *("PutUserPermissionsBoundary", "DeleteUserPermissionsBoundary", "DeleteLoginProfile"),
)


class UserDeclaration(Declaration):
    """The fields of one `iam.user`."""

    path: Path = undeclared(description="Where the user lies, e.g. /people/. A change moves it and changes its ARN.")
    groups: GroupNames = undeclared(description="Names of groups; one that lists its members must list the user.")
    attached_policies: Annotated[
        PolicyReferences, AfterValidator(partial(check_attachments, most=MOST_ATTACHED, whose="user"))
    ] = undeclared(description="Managed policies by name or ARN.")
    inline_policies: Annotated[
        InlinePolicies, AfterValidator(partial(check_inline, largest=USER_INLINE_SIZE, whose="user"))
    ] = undeclared(description="Policy documents by name.")
    boundary: PolicyReference | None = undeclared(description="Permissions boundary by name or ARN; null for none.")
    tags: PrincipalTags = undeclared(description="Tags by key.")
    console_access: ConsoleAccess = undeclared(
        description="expected: a console password is handed over by a person; forbidden: one that is there is removed."
    )
    password_reset_required: bool = undeclared(
        description="true: a first password must be changed at the first sign-in. Judged only where there is one."
    )


class UserKind(Kind[UserSpec]):
    """`iam.user`."""

    name: ClassVar[str] = "iam.user"
    sections: ClassVar[frozenset[Section]] = frozenset({Section.IAM_DETAILS})
    writes: ClassVar[frozenset[tuple[str, str]]] = container_writes("User", *USER_OPERATIONS) | frozenset(
        (f"iam:{operation}", "group/*") for operation in ("AddUserToGroup", "RemoveUserFromGroup")
    )
    rereads: ClassVar[frozenset[str]] = grant_rereads("User", "GetUser", "ListGroupsForUser", "GetLoginProfile")
    example: ClassVar[Mapping[str, Any]] = {
        "dora": {
            "path": "/people/",
            "groups": {"include": ["Auditors"]},
            "attached_policies": ["IAMUserChangePassword"],
            "inline_policies": {
                "ReadParameters": {
                    "Version": "2012-10-17",
                    "Statement": [{"Effect": "Allow", "Action": "ssm:GetParameter", "Resource": "*"}],
                }
            },
            "boundary": "ReadOnlyAccess",
            "tags": {"include": {"team": "platform"}},
            "console_access": "forbidden",
            "password_reset_required": True,
        }
    }

    def parse(self, name: str, declared: Mapping[str, Any], context: Context) -> UserSpec:
        also = [*name_faults(name, SHORT_NAME, "a user")]
        if isinstance(declared, Mapping) and "groups" in declared:
            also += contradictions(name, declared["groups"], context)
        model = read(UserDeclaration, declared, context, also)
        return UserSpec(
            path=model.path,
            groups=bound_set(model.groups),
            attached_policies=bound_set(model.attached_policies),
            inline_policies=bound_map(model.inline_policies, IamName.of),
            boundary=model.boundary,
            tags=bound_map(model.tags, IamName.of),
            console_access=_rule(ConsoleRule, model.console_access),
            password_reset_required=_rule(ResetRule, model.password_reset_required),
        )

    def asks(self, name: str, declared: Mapping[str, Any], context: Context) -> Mapping[Section, frozenset[str]]:
        return asked_sections(name, declared)

    def schema(self) -> Mapping[str, Any]:
        return json_schema(UserDeclaration)

    def identity(self, name: str) -> str:
        return name.lower()

    def observed(self, snapshot: Snapshot) -> Mapping[str, UserSpec]:
        return observed_users(snapshot)

    def inventory(self, snapshot: Snapshot) -> Mapping[str, Mapping[str, Any]]:
        return {name: {"arn": row["arn"], "path": row["path"]} for name, row in user_rows(snapshot).items()}

    def arn(self, name: str, spec: UserSpec, context: Context | Snapshot) -> str:
        return arn(context, "user", _path(spec), name)

    def references(self, name: str, spec: UserSpec, context: Context) -> frozenset[ResourceKey]:
        """Its policies and boundary, and the groups it names that leave their members to the users."""
        boundary = frozenset({spec.boundary} if isinstance(spec.boundary, IamName) else ())
        groups = (group for group in group_names(spec.groups) if group.declared and not group.lists_members)
        return policy_keys(attached_names(spec.attached_policies) | boundary, context) | {
            ResourceKey("iam.group", group.text) for group in groups
        }

    def calls(self, change: Change[UserSpec], snapshot: Snapshot) -> Sequence[Call]:
        name, desired = change.key.name, change.desired
        observed = UserSpec() if isinstance(change, Create) else change.observed
        changing = attached_names(observed.attached_policies) | attached_names(desired.attached_policies)
        after = observed if desired.path is UNMANAGED else desired
        user = User(
            name=name,
            arn=self.arn(name, after, snapshot),
            moved_from=self.arn(name, observed, snapshot),
            guards=guards_among(changing, snapshot),
        )
        if isinstance(change, Create):
            return create_calls(user, desired, snapshot)
        return update_calls(user, observed, desired, snapshot)

    def reread(self, name: str, context: Context) -> Reread:
        return (yield from reread_user(name, signs_in=name.lower() in context.sign_in))

    def protected(self, name: str, spec: UserSpec, context: Context) -> str | None:
        return protected_user(name, _path(spec), context)

    def risks(self, name: str, desired: UserSpec, applied: UserSpec | None, snapshot: Snapshot) -> tuple[str, ...]:
        """A move is high risk: policies elsewhere may name the user's ARN or path, and no read of ours shows which."""
        last, there = applied or UserSpec(), self._there(name, snapshot)
        granted = dangerous_grants(desired.attached_policies, desired.inline_policies, snapshot)
        before = dangerous_grants(last.attached_policies, last.inline_policies, snapshot)
        unbound = applied is not None and desired.boundary is not UNMANAGED and desired.boundary != last.boundary
        moving = there is not None and isinstance(desired.path, str) and desired.path not in {there.path, last.path}
        codes = {
            **{granted[grant]: True for grant in granted.keys() - before.keys()},
            **dict.fromkeys(dangers_of_joining(desired.groups, last.groups, (there or last).groups, snapshot), True),
            "removes_password": there is not None and loses_password(there.console_access, desired.console_access),
            "boundary_removed": unbound and last.boundary is not None,
            "arn_changes": moving,
        }
        return tuple(sorted(code for code, found in codes.items() if found))

    def person(self, name: str, difference: Difference, snapshot: Snapshot) -> str | None:
        if difference.field == "console_access" and difference.desired == "expected":
            return "first_password"
        if difference.field == "password_reset_required":
            return "first_password_in_force"
        if difference.field != "groups" or difference.type is not DriftType.MISSING:
            return None
        return None if group_row(snapshot, GroupName.of(str(difference.desired))) else "group_does_not_exist"

    def settled_by(self, difference: Difference, context: Context) -> ResourceKey | None:
        """A declared group is made first, or its own change lets the user join."""
        name = str(difference.desired)
        missing = difference.field == "groups" and difference.type is DriftType.MISSING
        return ResourceKey("iam.group", name) if missing and name.lower() in context.groups else None

    def _there(self, name: str, snapshot: Snapshot) -> UserSpec | None:
        users = observed_users(snapshot)
        return next((users[stored] for stored in users if is_named(stored, name)), None)


def _path(spec: UserSpec) -> str:
    return spec.path if isinstance(spec.path, str) else "/"


def _rule(rule: Callable[[Any], Rule], value: Any) -> Any:
    return value if value is UNMANAGED else rule(value)
