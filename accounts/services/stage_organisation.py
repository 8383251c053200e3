"""Reading the organisation step by step into rows of one discovery. Nothing else is changed by it."""

from collections.abc import Callable
from dataclasses import asdict

from django.db import transaction

from accounts.aws.organization import (
    Ask,
    read_accounts_in,
    read_policies,
    read_policy,
    read_roots,
    read_tags,
    read_units_below,
)
from accounts.models import DiscoveredAccount, Discovery, OrganisationalUnit, ServiceControlPolicy

Hold = Callable[[], None]
"""Renews the discovery's lease inside the transaction that stores a step; raises when it is lost."""
TAGS_AT_ONCE = 20


def next_step(discovery: Discovery, ask: Ask, hold: Hold) -> bool:
    """Read and store what comes next; False when all was read.

    First the tree from its root downwards, then each account's tags, then the policies. A step that was not stored is
    simply made again by whoever takes the discovery up.
    """
    return any(step(discovery, ask, hold) for step in (_root, _unit, _tags, _policy_names, _policy))


def _root(discovery: Discovery, ask: Ask, hold: Hold) -> bool:
    if discovery.units.exists():
        return False
    units = [OrganisationalUnit(discovery=discovery, **asdict(unit)) for unit in read_roots(ask)]
    with transaction.atomic():
        hold()
        OrganisationalUnit.objects.bulk_create(units)
    return bool(units)


def _unit(discovery: Discovery, ask: Ask, hold: Hold) -> bool:
    unit = discovery.units.filter(walked=False).order_by("pk").first()
    if unit is None:
        return False
    units = [
        OrganisationalUnit(discovery=discovery, **asdict(one)) for one in read_units_below(ask, unit.unit_id, unit.path)
    ]
    accounts = [
        DiscoveredAccount(discovery=discovery, **asdict(one)) for one in read_accounts_in(ask, unit.unit_id, unit.path)
    ]
    with transaction.atomic():
        hold()
        OrganisationalUnit.objects.bulk_create(units, ignore_conflicts=True)
        # Whoever was moved while the tree was walked is met twice: where it was met last is where it stands.
        discovery.accounts.filter(account_id__in=[one.account_id for one in accounts]).delete()
        DiscoveredAccount.objects.bulk_create(accounts, batch_size=1000)
        discovery.units.filter(pk=unit.pk).update(walked=True)
    return True


def _tags(discovery: Discovery, ask: Ask, hold: Hold) -> bool:
    waiting = list(discovery.accounts.filter(tags__isnull=True)[:TAGS_AT_ONCE])
    if not waiting:
        return False
    found = {account: read_tags(ask, account.account_id) for account in waiting}
    with transaction.atomic():
        hold()
        for account, tags in found.items():
            if tags is None:
                account.delete()
            else:
                discovery.accounts.filter(pk=account.pk).update(tags=tags)
    return True


def _policy_names(discovery: Discovery, ask: Ask, hold: Hold) -> bool:
    if discovery.policies_read:
        return False
    names = read_policies(ask) if discovery.units.filter(parent_id="", binds_policies=True).exists() else {}
    rows = [ServiceControlPolicy(discovery=discovery, policy_id=one, name=name) for one, name in names.items()]
    with transaction.atomic():
        hold()
        ServiceControlPolicy.objects.bulk_create(rows)
        Discovery.objects.filter(pk=discovery.pk).update(policies_read=True)
    discovery.policies_read = True
    return True


def _policy(discovery: Discovery, ask: Ask, hold: Hold) -> bool:
    policy = discovery.policies.filter(document=None).first()
    if policy is None:
        return False
    found = read_policy(ask, policy.policy_id)
    with transaction.atomic():
        hold()
        if found is None:
            policy.delete()
        else:
            discovery.policies.filter(pk=policy.pk).update(document=found[0], targets=found[1])
    return True
