"""The organisation as a tree of units with counts of accounts, of what its reader may see."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from access.policy import visible
from access.roles import Actor, Permission
from access.scopes import is_below
from accounts.models import Account, Discovery, OrganisationalUnit
from accounts.scps import last_discovery
from accounts.selectors import in_ou

ROOT = "/"


@dataclass(frozen=True)
class UnitNode:
    """A unit. Counts are of accounts that have not left; `unit_id` is empty where no discovery read the unit."""

    path: str
    name: str
    parent: str
    depth: int
    unit_id: str
    accounts: int
    """Right below it."""
    accounts_below: int
    """In it and in all units below."""
    by_environment: Mapping[str, int]
    """Of those below; '' is undecided."""


@dataclass(frozen=True)
class UnitTree:
    """The units in order of their paths, so that a unit comes before those below it."""

    units: tuple[UnitNode, ...]
    discovery: Discovery | None


def unit_tree(actor: Actor, below: str = ROOT) -> UnitTree:
    """The units at and below a path. Who does not see the whole fleet is shown those of their accounts only."""
    discovery = last_discovery()
    accounts = visible(Account.objects.exclude(state=Account.State.LEFT), actor).filter(in_ou(below))
    known = _known(discovery, below) if actor.may_everywhere(Permission.VIEW) else {}
    ids = known or _ids(discovery)
    counted = _counted(accounts)
    paths = {path for one in (*known, *counted) for path in _upwards(one, below)}
    return UnitTree(tuple(_node(path, counted, ids) for path in sorted(paths, key=_order)), discovery)


def _known(discovery: Discovery | None, below: str) -> dict[str, str]:
    if discovery is None:
        return {}
    return {path: unit for path, unit in _ids(discovery).items() if is_below(path, below)}


def _ids(discovery: Discovery | None) -> dict[str, str]:
    units: QuerySet[OrganisationalUnit] = OrganisationalUnit.objects.filter(discovery=discovery)
    return dict(units.values_list("path", "unit_id")) if discovery else {}


def _counted(accounts: QuerySet[Account]) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = defaultdict(Counter)
    rows = accounts.order_by().values_list("ou_path", "environment").annotate(n=Count("pk"))
    for path, environment, count in rows:
        found[path][environment] += count
    return found


def _upwards(path: str, below: str) -> list[str]:
    parts = [part for part in path.split("/") if part]
    lowest = len([part for part in below.split("/") if part])
    return [ROOT + "/".join(parts[:end]) for end in range(lowest, len(parts) + 1)]


def _order(path: str) -> list[str]:
    return [part for part in path.split("/") if part]


def _node(path: str, counted: Mapping[str, Counter[str]], ids: Mapping[str, str]) -> UnitNode:
    inside = path.rstrip("/") + "/"
    below: Counter[str] = Counter()
    for place, counts in counted.items():
        if place == path or place.startswith(inside):
            below += counts
    parts = _order(path)
    return UnitNode(
        path=path,
        name=parts[-1] if parts else ROOT,
        parent=(ROOT + "/".join(parts[:-1])) if parts else "",
        depth=len(parts),
        unit_id=ids.get(path, ""),
        accounts=sum(counted[path].values()) if path in counted else 0,
        accounts_below=sum(below.values()),
        by_environment=dict(sorted(below.items())),
    )
