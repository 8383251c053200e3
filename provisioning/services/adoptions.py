"""Taking over what exists already, in many accounts at once: equal plans are one group, approved one by one."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from access.policy import visible
from access.roles import Actor, Permission
from accounts.models import Account
from accounts.selectors import AccountSelector, accounts_of
from provisioning.core.change import Action
from provisioning.core.errors import ConflictError, FirstlineError
from provisioning.core.plain import canonical, digest
from provisioning.core.plan import PLACEHOLDER
from provisioning.models import PlanRecord
from provisioning.services.decide_plan import approve_plan
from provisioning.services.require import require

MOST_PLANS = 1000
ADOPTS = [{"action": Action.ADOPT.value}]


@dataclass(frozen=True)
class AdoptionGroup:
    """Accounts whose plans are equal but for their account id. `changes` have a placeholder in its place."""

    fingerprint: str
    plans: tuple[PlanRecord, ...]
    changes: tuple[dict[str, Any], ...]
    baseline_versions: tuple[str, ...]

    @property
    def seen(self) -> str:
        """Names exactly these plans: an approval of the group is bound to it."""
        return digest(sorted(plan.digest for plan in self.plans))

    @property
    def risk(self) -> str:
        """That of its plans."""
        return str(self.plans[0].risk)

    @property
    def ledger_only(self) -> bool:
        """Whether nothing would be sent to AWS."""
        return not any(change["calls"] for change in self.changes)


@dataclass(frozen=True)
class Decided:
    """What became of one plan that was to be approved; `code` and `detail` say why not."""

    plan_id: UUID | None
    account_id: str
    approved: bool
    code: str = ""
    detail: str = ""
    fingerprint: str = ""


@dataclass(frozen=True)
class Seen:
    """What was read and is approved: a plan by its digest, or a group by its `seen`."""

    plans: Sequence[tuple[UUID, str]] = ()
    groups: Sequence[tuple[str, str]] = ()


def adoption_plans(selector: AccountSelector, actor: Actor) -> QuerySet[PlanRecord]:
    """The plans in force that take something over, in accounts that the actor may see."""
    accounts = accounts_of(selector, visible(Account.objects.all(), actor))
    found: QuerySet[PlanRecord] = PlanRecord.objects.filter(
        account__in=accounts.order_by(),
        state=PlanRecord.State.PROPOSED,
        expires_at__gt=timezone.now(),
        data__changes__contains=ADOPTS,
    )
    return found


def groups_of(plans: QuerySet[PlanRecord], fingerprints: Iterable[str]) -> list[AdoptionGroup]:
    """These groups, in the order asked for; the changes of each are read once."""
    wanted = list(fingerprints)
    chosen = plans.filter(fingerprint__in=wanted).order_by("fingerprint", "account_id")
    samples = {plan.fingerprint: plan for plan in chosen.distinct("fingerprint")}
    members: dict[str, list[PlanRecord]] = {}
    for plan in chosen.defer("data").select_related("account"):
        members.setdefault(plan.fingerprint, []).append(plan)
    return [_group(samples[one], members[one]) for one in wanted if one in samples and one in members]


def approve_adoptions(*, seen: Seen, selector: AccountSelector, actor: Actor, comment: str = "") -> list[Decided]:
    """Approve each plan under the rules of `approve_plan`, each in a transaction of its own; refusals stop no other.

    A group must still be what was seen under the same selector. Raises ConflictError for more than 1,000 plans.
    """
    require(actor, Permission.APPROVE)
    asked = list(seen.plans)
    decided = []
    current = {group.fingerprint: group for group in groups_of(adoption_plans(selector, actor), dict(seen.groups))}
    for fingerprint, shown in seen.groups:
        group = current.get(fingerprint)
        if group is None or group.seen != shown:
            decided.append(Decided(None, "", False, "group_changed", CHANGED, fingerprint))
        else:
            asked += [(plan.pk, plan.digest) for plan in group.plans]
    if len(asked) > MOST_PLANS:
        raise ConflictError(
            f"{len(asked):,} plans are too many at once; {MOST_PLANS:,} are the most: narrow the selector."
        )
    return [*decided, *(_approve(plan_id, digest, actor, comment) for plan_id, digest in dict(asked).items())]


CHANGED = "The group is not what you saw: an account joined, left or moved. Read it again."


def _approve(plan_id: UUID, digest: str, actor: Actor, comment: str) -> Decided:
    plans = visible(PlanRecord.objects.all(), actor, through="account")
    plan = plans.defer("data").filter(pk=plan_id).first()
    if plan is None:
        return Decided(plan_id, "", False, "not_found", f"There is no plan {plan_id}.")
    if not plans.filter(pk=plan_id, data__changes__contains=ADOPTS).exists():
        return Decided(plan_id, plan.account_id, False, "no_adoption", "This plan takes nothing over: decide it alone.")
    try:
        approve_plan(plan_id=plan_id, digest=digest, actor=actor, comment=comment)
    except FirstlineError as error:
        return Decided(plan_id, plan.account_id, False, error.code, error.message, plan.fingerprint)
    return Decided(plan_id, plan.account_id, True, fingerprint=plan.fingerprint)


def _group(sample: PlanRecord, plans: Sequence[PlanRecord]) -> AdoptionGroup:
    data = json.loads(canonical(sample.data).replace(sample.account_id, PLACEHOLDER))
    return AdoptionGroup(sample.fingerprint, tuple(plans), tuple(data["changes"]), tuple(data["baseline_versions"]))
