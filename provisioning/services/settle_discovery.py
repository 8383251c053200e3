"""What a complete discovery changes: account by account, each in a transaction of its own, so it may stop anywhere."""

import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from access.roles import SYSTEM
from accounts.discovery_rules import Finding, Rules, Told, too_many_gone
from accounts.life import LOOKED_AT, Step
from accounts.models import Account, DiscoveredAccount, Discovery
from accounts.services.register_accounts import NewAccount, add_accounts
from history.services.record import record
from provisioning.services.discovery_claims import DiscoveryClaim, hold_discovery
from provisioning.services.set_aside import bring_back, lock_open_runs, set_aside

BATCH = 500
MOST_TOLD = 200
RENDERED_FROM = frozenset({"name", "environment", "is_management_account", "ou_path", "tags"})
BY = SYSTEM.name


def settle(claim: DiscoveryClaim, until: float) -> bool:
    """Bring the accounts in step with what was read; False when the slice's time is over before the end.

    What was settled already is found to be so, and passed over.
    """
    discovery = Discovery.objects.get(pk=claim.discovery_id)
    rules = _rules(discovery)
    changed: Counter[str] = Counter(discovery.counts)
    try:
        for _ in _steps(claim, discovery, rules, changed):
            if time.monotonic() >= until:
                return False
    finally:
        Discovery.objects.filter(pk=discovery.pk, fence=claim.fence).update(counts=dict(changed))
    _tell(claim, discovery, rules, changed)
    return True


def _rules(discovery: Discovery) -> Rules:
    members = Account.objects.filter(in_organisation=True)
    leaving = members.exclude(missed_in=None).exclude(missed_in=discovery.pk)
    gone = leaving.exclude(pk__in=discovery.accounts.values("account_id")).count()
    return Rules(
        discovery_id=discovery.pk,
        management_account=discovery.organisation.get("management_account", ""),
        environments=settings.FIRSTLINE.ou_environments,
        held_back=too_many_gone(gone, members.count()),
    )


def _steps(claim: DiscoveryClaim, discovery: Discovery, rules: Rules, changed: Counter[str]) -> Iterator[None]:
    known = Account.objects.values("account_id")
    for rows in _batches(discovery.accounts.exclude(account_id__in=known).values_list("pk", flat=True)):
        changed["registered"] += _register(claim, discovery.accounts.filter(pk__in=rows), rules)
        yield
    for ids in _batches(Account.objects.order_by("pk").values_list("pk", flat=True)):
        seen = {one.account_id: one for one in discovery.accounts.filter(account_id__in=ids)}
        for account in Account.objects.filter(pk__in=ids).order_by("pk"):
            if _find(rules, account, seen.get(account.pk)):
                changed.update(_apply(claim, rules, account.pk, seen.get(account.pk)))
                # Only after something was done: a slice that is late makes a step all the same, so that it ends.
                yield


def _batches(keys: Iterable[Any]) -> Iterator[Sequence[Any]]:
    found = list(keys)
    return (found[start : start + BATCH] for start in range(0, len(found), BATCH))


def _find(rules: Rules, account: Account, seen: DiscoveredAccount | None) -> Finding:
    return rules.absent(account) if seen is None else rules.found(account, seen)


@transaction.atomic
def _register(claim: DiscoveryClaim, rows: Iterable[DiscoveredAccount], rules: Rules) -> int:
    hold_discovery(claim)
    new = [
        NewAccount(
            account_id=one.account_id,
            name=one.name,
            environment=rules.environment_of(one.ou_path),
            ou_path=one.ou_path,
            tags=one.tags or {},
        )
        for one in rows
    ]
    made = [account.pk for account in add_accounts(rows=new, by=BY) if account is not None]
    # They came with AWS's tags, so that none of these passes for one that a person set.
    for one in rows:
        if one.account_id in made:
            Account.objects.filter(pk=one.account_id).update(aws_tags=one.tags or {})
    return len(made)


@transaction.atomic
def _apply(claim: DiscoveryClaim, rules: Rules, account_id: str, seen: DiscoveredAccount | None) -> list[str]:
    """Store and record what was found of one account, as it now is; the verbs of what changed."""
    hold_discovery(claim)
    # Its runs come first: the order in which a worker that records takes these rows.
    lock_open_runs(account_id)
    account = Account.objects.select_for_update().get(pk=account_id)
    found = _find(rules, account, seen)
    if found.step == Step.RETURNED:
        bring_back(account_id=account_id, by=BY, reason=found.reason)
    elif found.step is not None:
        set_aside(account_id=account_id, step=found.step, by=BY, reason=found.reason)
    if found.fields:
        Account.objects.filter(pk=account_id).update(**found.fields, **_stamps(account, found))
    for event in found.events:
        record(
            actor=BY,
            verb=event.verb,
            account_id=account_id,
            subject=account_id,
            before=event.before,
            after=event.after,
            detail=dict(event.detail or {}),
        )
    steps = [str(found.step)] if found.step else []
    return [*steps, *(event.verb.partition(".")[2] for event in found.events)]


def _stamps(account: Account, found: Finding) -> dict[str, Any]:
    """A new `updated_at` has the desired state rendered anew; what it then says is looked at now."""
    if not found.fields.keys() & RENDERED_FROM:
        return {}
    now = timezone.now()
    due = {"next_due_at": now} if account.state in LOOKED_AT and found.step is None else {}
    return {"updated_at": now, **due}


def _tell(claim: DiscoveryClaim, discovery: Discovery, rules: Rules, changed: Counter[str]) -> None:
    told: dict[Told, list[str]] = defaultdict(list)
    for account in Account.objects.order_by("pk").iterator(BATCH):
        if why := rules.told(account):
            told[why].append(account.pk)
    counts = {
        **changed,
        "accounts": discovery.accounts.count(),
        "units": discovery.units.count(),
        "policies": discovery.policies.count(),
        **{str(why): len(ids) for why, ids in told.items()},
    }
    hold_discovery(claim)
    shown = {str(why): ids[:MOST_TOLD] for why, ids in told.items()}
    Discovery.objects.filter(pk=discovery.pk, fence=claim.fence).update(counts=counts, told=shown)
