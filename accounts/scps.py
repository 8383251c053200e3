"""The service control policies that bind an account, as the last complete discovery read them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from accounts.models import Account, DiscoveredAccount, Discovery


@dataclass(frozen=True)
class PolicySource:
    """A policy by where it hangs, e.g. `SCP DenyRegions on /workloads`, and its JSON text; None: not known."""

    source: str
    document: str | None


Levels = tuple[tuple[PolicySource, ...], ...]


def last_discovery() -> Discovery | None:
    """The last complete one, on which everything that is said of the organisation rests."""
    found: Discovery | None = Discovery.objects.filter(state=Discovery.State.DONE).order_by("-finished_at").first()
    return found


def is_stale(discovery: Discovery) -> bool:
    """Whether it is older than twice the interval between two."""
    longest = timedelta(minutes=2 * settings.FIRSTLINE.discovery_interval_minutes)
    return discovery.finished_at is None or timezone.now() - discovery.finished_at > longest


def scps_of(account: Account) -> Levels | None:
    """The policies of each level, from the root to the account; each level must allow what is done.

    () where none binds: the management account, and an organisation that has this kind of policy switched off. None:
    not known, because no discovery read it, or the last one is stale.
    """
    discovery = last_discovery()
    if discovery is None or is_stale(discovery):
        return None
    found = discovery.accounts.filter(account_id=account.pk).first()
    if found is None:
        return None
    if discovery.organisation.get("management_account") == account.pk:
        return ()
    return _levels(discovery, found)


def _levels(discovery: Discovery, found: DiscoveredAccount) -> Levels | None:
    units = {unit.unit_id: unit for unit in discovery.units.all()}
    chain, at = {found.account_id: "the account"}, found.parent_id
    while at in units:
        chain[at], root, at = units[at].path, units[at], units[at].parent_id
        if not at:
            return _policies(discovery, dict(reversed(chain.items()))) if root.binds_policies else ()
    return None


def _policies(discovery: Discovery, chain: Mapping[str, str]) -> Levels:
    attached = list(discovery.policies.filter(targets__has_any_keys=[*chain]).order_by("name"))
    return tuple(
        tuple(PolicySource(f"SCP {one.name} on {where}", one.document) for one in attached if target in one.targets)
        for target, where in chain.items()
    )
