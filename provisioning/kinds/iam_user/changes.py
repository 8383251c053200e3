"""The calls that make a user what it should be, in a safe order.

A user is made with its boundary and tags at once. What takes rights away comes before what gives them and goes after
it (iam_grants.py), whether it is a policy or a group. Groups that may do both are joined before other grants and left
after them, so that what they deny is there in between. A password that must not be goes first of all.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from provisioning.core.change import Call
from provisioning.core.snapshot import Snapshot
from provisioning.kinds.iam_documents import USER_INLINE_SIZE
from provisioning.kinds.iam_grants import (
    Container,
    Grants,
    Phase,
    Step,
    boundary_steps,
    grant_steps,
    in_order,
    phases_between,
    swaps,
)
from provisioning.kinds.iam_names import IamName
from provisioning.kinds.iam_tags import tag_calls, tag_list
from provisioning.kinds.iam_user.groups import group_names, join_steps, leave_steps
from provisioning.kinds.iam_user.login import login_calls
from provisioning.kinds.iam_user.spec import UserSpec


@dataclass(frozen=True)
class User:
    """The user to change: `arn` once it lies where it should, `moved_from` before."""

    name: str
    arn: str
    moved_from: str
    guards: frozenset[IamName] = frozenset()

    @property
    def container(self) -> Container:
        """The user as the holder of policies."""
        return Container("User", self.name, self.arn, USER_INLINE_SIZE, self.guards)


def create_calls(user: User, desired: UserSpec, snapshot: Snapshot) -> Sequence[Call]:
    """Create it with its boundary and tags, then what it may do, then its groups.

    EntityAlreadyExists is not taken for success: whether the user is ours shows when it is read again.
    """
    nothing = UserSpec()
    steps = _steps(user, nothing, desired, snapshot)
    return (_create(user, desired), *in_order(steps, user.container, Grants()))


def update_calls(user: User, observed: UserSpec, desired: UserSpec, snapshot: Snapshot) -> Sequence[Call]:
    """Every call between what is there and what is desired; see the module's text for their order."""
    held = _grants(observed)
    steps = [
        *boundary_steps(user.container, observed.boundary, desired.boundary),
        *_steps(user, observed, desired, snapshot),
    ]
    phases: Sequence[Phase] = phases_between(observed.boundary, desired.boundary)
    return (
        *login_calls(user.name, user.moved_from, observed.console_access, desired.console_access),
        *_move(user, observed, desired),
        *tag_calls(user.container, observed.tags, desired.tags),
        *in_order(steps, user.container, held, phases, len(group_names(observed.groups))),
    )


def _steps(user: User, observed: UserSpec, desired: UserSpec, snapshot: Snapshot) -> list[Step]:
    swapped = swaps(observed.boundary, desired.boundary)
    return [
        *join_steps(user.name, observed.groups, desired.groups, snapshot),
        *grant_steps(user.container, _grants(observed), _grants(desired), swaps_boundary=swapped),
        *leave_steps(user.name, observed.groups, desired.groups, snapshot),
    ]


def _grants(spec: UserSpec) -> Grants:
    return Grants(spec.attached_policies, spec.inline_policies)


def _create(user: User, desired: UserSpec) -> Call:
    params: dict[str, Any] = {"UserName": user.name, "Path": desired.path if isinstance(desired.path, str) else "/"}
    actions = {("iam:CreateUser", user.arn)}
    if isinstance(desired.boundary, IamName):
        params["PermissionsBoundary"] = desired.boundary.text
    if tags := tag_list(desired.tags):
        params["Tags"] = tags
        actions.add(("iam:TagUser", user.arn))
    return Call("iam", "CreateUser", params, frozenset(actions))


def _move(user: User, observed: UserSpec, desired: UserSpec) -> Iterator[Call]:
    if isinstance(desired.path, str) and desired.path != observed.path:
        # AWS asks for the permission on what it was and on what it becomes.
        actions = frozenset({("iam:UpdateUser", user.moved_from), ("iam:UpdateUser", user.arn)})
        yield Call("iam", "UpdateUser", {"UserName": user.name, "NewPath": desired.path}, actions)
