"""The calls that make a role what it should be, in a safe order.

Who may take the role is narrowed first and widened last; in between its policies change below its boundary. Where the
trust both loses and gains somebody while the policies widen, the role first trusts only those in both (nobody, if none
are), so that neither the old ones ever hold the new rights nor the new ones the old rights.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from provisioning.core.change import Call
from provisioning.core.fields import Unmanaged
from provisioning.core.policy_document import PolicyDocument, covers
from provisioning.kinds.iam_documents import ROLE_INLINE_SIZE
from provisioning.kinds.iam_grants import (
    Container,
    Grants,
    boundary_steps,
    grant_steps,
    in_order,
    phases_between,
    swaps,
)
from provisioning.kinds.iam_names import IamName
from provisioning.kinds.iam_role.spec import DEFAULT_SESSION_SECONDS, RoleSpec, Trust
from provisioning.kinds.iam_role.trust import shared_trust
from provisioning.kinds.iam_tags import tag_calls, tag_list


@dataclass(frozen=True)
class Role:
    """The role to change. `profile_arn` is where its own instance profile is, or will be."""

    name: str
    arn: str
    path: str
    profile_arn: str
    guards: frozenset[IamName] = frozenset()

    @property
    def container(self) -> Container:
        """The role as the holder of policies."""
        return Container("Role", self.name, self.arn, ROLE_INLINE_SIZE, self.guards)


def create_calls(role: Role, desired: RoleSpec) -> Sequence[Call]:
    """Create it with its boundary and tags at once, then what it may do, then its instance profile.

    () without a declared trust: AWS creates no role without one, and whom to trust is not for us to guess.
    EntityAlreadyExists is not taken for success: whether the role is ours shows when it is read again.
    """
    if not isinstance(desired.trust, Trust):
        return ()
    held, wanted = Grants(), _grants(desired)
    policies = in_order(grant_steps(role.container, held, wanted), role.container, held)
    return (_create(role, desired, desired.trust.document), *policies, *_open_profile(role, desired, False))


def update_calls(role: Role, observed: RoleSpec, desired: RoleSpec) -> Sequence[Call]:
    """Every call between what is there and what is desired; see the module's text for their order."""
    held = _grants(observed)
    boundary = boundary_steps(role.container, observed.boundary, desired.boundary)
    swapped = swaps(observed.boundary, desired.boundary)
    steps = [*boundary, *grant_steps(role.container, held, _grants(desired), swaps_boundary=swapped)]
    policies = in_order(steps, role.container, held, phases_between(observed.boundary, desired.boundary))
    narrowed, opened = _trust_calls(role, observed.trust, desired.trust, any(step.may_widen for step in steps))
    return (
        *_close_profile(role, observed, desired),
        *narrowed,
        *_settings(role, observed, desired),
        *tag_calls(role.container, observed.tags, desired.tags),
        *policies,
        *opened,
        *_open_profile(role, desired, observed.instance_profile is True),
    )


def _grants(spec: RoleSpec) -> Grants:
    return Grants(spec.attached_policies, spec.inline_policies)


def _create(role: Role, desired: RoleSpec, trust: PolicyDocument) -> Call:
    params: dict[str, Any] = {"RoleName": role.name, "Path": role.path, "AssumeRolePolicyDocument": trust.json}
    actions = {("iam:CreateRole", role.arn)}
    if isinstance(desired.description, str) and desired.description:
        params["Description"] = desired.description
    if isinstance(desired.max_session_seconds, int):
        params["MaxSessionDuration"] = desired.max_session_seconds
    if isinstance(desired.boundary, IamName):
        params["PermissionsBoundary"] = desired.boundary.text
    if tags := tag_list(desired.tags):
        params["Tags"] = tags
        actions.add(("iam:TagRole", role.arn))
    return Call("iam", "CreateRole", params, frozenset(actions))


def _trust_calls(
    role: Role, observed: Trust | Unmanaged, desired: Trust | Unmanaged, policies_widen: bool
) -> tuple[list[Call], list[Call]]:
    """What to send before the policies change, and after."""
    if not isinstance(desired, Trust) or not isinstance(observed, Trust) or observed == desired:
        return [], []
    old, new = observed.document, desired.document
    final = _update_trust(role, new)
    if covers(old, new):
        return [final], []
    if covers(new, old) or not policies_widen:
        return [], [final]
    between = shared_trust(old, new)
    return ([] if between == old else [_update_trust(role, between)]), [final]


def _update_trust(role: Role, document: PolicyDocument) -> Call:
    return Call(
        "iam",
        "UpdateAssumeRolePolicy",
        {"RoleName": role.name, "PolicyDocument": document.json},
        frozenset({("iam:UpdateAssumeRolePolicy", role.arn)}),
    )


def _settings(role: Role, observed: RoleSpec, desired: RoleSpec) -> Iterator[Call]:
    """AWS's texts disagree on what UpdateRole does to a setting that is left out, so both are always sent."""
    description = observed.description if isinstance(desired.description, Unmanaged) else desired.description
    seconds = (
        observed.max_session_seconds
        if isinstance(desired.max_session_seconds, Unmanaged)
        else desired.max_session_seconds
    )
    if (description, seconds) != (observed.description, observed.max_session_seconds):
        sent = DEFAULT_SESSION_SECONDS if isinstance(seconds, Unmanaged) else seconds
        yield role.container.call("Update{}", Description=description, MaxSessionDuration=sent)


def _open_profile(role: Role, desired: RoleSpec, is_there: bool) -> Iterator[Call]:
    """An empty profile of this name shows in no read of ours and gives nobody anything: we take it over."""
    if desired.instance_profile is not True or is_there:
        return
    create = _profile_call(role, "CreateInstanceProfile", ("EntityAlreadyExists",), Path=role.path)
    yield create
    add = _profile_call(role, "AddRoleToInstanceProfile", RoleName=role.name)
    yield Call(add.service, add.operation, add.params, add.actions | {("iam:PassRole", role.arn)})


def _close_profile(role: Role, observed: RoleSpec, desired: RoleSpec) -> Iterator[Call]:
    if desired.instance_profile is False and observed.instance_profile is True:
        yield _profile_call(role, "RemoveRoleFromInstanceProfile", ("NoSuchEntity",), RoleName=role.name)
        yield _profile_call(role, "DeleteInstanceProfile", ("NoSuchEntity",))


def _profile_call(role: Role, operation: str, accepts: Sequence[str] = (), **params: Any) -> Call:
    name = role.profile_arn.rpartition("/")[2]
    action = frozenset({(f"iam:{operation}", role.profile_arn)})
    return Call("iam", operation, {"InstanceProfileName": name, **params}, action, frozenset(accepts))
