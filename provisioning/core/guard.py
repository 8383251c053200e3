"""Guards: run on every plan, with no code path around them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from provisioning.core.change import Action, ResourceKey
from provisioning.core.plan import Plan, PlannedChange


@dataclass(frozen=True)
class Violation:
    """A change that must not be made, with the rule and the reason."""

    rule: str
    key: ResourceKey
    reason: str


@dataclass(frozen=True)
class Limits:
    """What a plan is held against.

    `own_access`: ARNs of the roles we enter by and of the policies attached to them. `break_glass`: names of users and
    roles that no call may name. `quotas` and `counts` come from
    GetAccountSummary ({} when it was not read).
    """

    own_access: frozenset[str] = frozenset()
    break_glass: frozenset[str] = frozenset()
    protected: Mapping[ResourceKey, str] = field(default_factory=dict)
    quotas: Mapping[str, int] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)


COUNTED = {
    "iam.role": ("Roles", "RolesQuota"),
    "iam.group": ("Groups", "GroupsQuota"),
    "iam.policy": ("Policies", "PoliciesQuota"),
    "iam.user": ("Users", "UsersQuota"),
}
ATTACHED = {
    "iam.role": "AttachedPoliciesPerRoleQuota",
    "iam.group": "AttachedPoliciesPerGroupQuota",
    "iam.user": "AttachedPoliciesPerUserQuota",
}


def guard(plan: Plan, limits: Limits) -> tuple[Violation, ...]:
    """Every reason why a change of this plan must not be made."""
    return (
        *(violation for change in plan.changes for violation in _change(change, limits)),
        *_account_quotas(plan.changes, limits),
    )


def _change(change: PlannedChange, limits: Limits) -> Iterable[Violation]:
    if reason := limits.protected.get(change.key):
        yield Violation("protected", change.key, reason)
    touched = {arn for call in change.calls for _, arn in call.actions} & limits.own_access
    if touched:
        yield Violation("own_access_path", change.key, f"{sorted(touched)[0]} is how Firstline enters this account")
    kept = {name.lower() for name in limits.break_glass}
    for named in (str(call.params.get(part, "")) for call in change.calls for part in ("UserName", "RoleName")):
        if named.lower() in kept:
            yield Violation("break_glass", change.key, f"{named} is declared as break glass")
    quota = limits.quotas.get(ATTACHED.get(change.key.kind, ""))
    if quota is not None and (wanted := _listed(change, "attached_policies")) > quota:
        yield Violation("quota", change.key, f"{wanted} attached policies, but this account allows {quota}")
    groups = limits.quotas.get("GroupsPerUserQuota")
    if groups is not None and (wanted := _listed(change, "groups")) > groups:
        yield Violation("quota", change.key, f"{wanted} groups, but this account allows {groups} per user")


def _listed(change: PlannedChange, field: str) -> int:
    after = change.after.get(field) if isinstance(change.after, dict) else None
    if isinstance(after, dict):
        after = after.get("include")
    return len(after) if isinstance(after, list) else 0


def _account_quotas(changes: Iterable[PlannedChange], limits: Limits) -> Iterable[Violation]:
    for kind, (count, quota) in COUNTED.items():
        creates = [change for change in changes if change.key.kind == kind and change.action is Action.CREATE]
        room = limits.quotas.get(quota, len(creates)) - limits.counts.get(count, 0) if quota in limits.quotas else None
        if room is not None and len(creates) > room:
            for change in creates[max(room, 0) :]:
                yield Violation("quota", change.key, f"the account's {quota} leaves room for {max(room, 0)} more")
