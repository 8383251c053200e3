"""What is known of accounts at a glance: for lists and detail pages, in a fixed number of queries."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from provisioning.core.verdict import Remedy
from provisioning.models import Drift, Run
from provisioning.services.budget_figures import UNKNOWN, budgets_of
from provisioning.services.verdicts import AccountVerdict, verdicts_of


@dataclass(frozen=True)
class AccountOverview:
    """The verdict, open drifts by remedy, the last look that ended, and how it stands to budgets."""

    verdict: AccountVerdict
    open_drifts: Mapping[str, int]
    last_look: Run | None
    budget: str


def overviews_of(account_ids: Collection[str]) -> dict[str, AccountOverview]:
    """The overview of each account."""
    verdicts, drifts, looks = verdicts_of(account_ids), _open_drifts(account_ids), _last_looks(account_ids)
    budgets = budgets_of(account_ids)
    none = {str(remedy): 0 for remedy in Remedy}
    return {
        account_id: AccountOverview(
            verdict,
            {**none, **drifts.get(account_id, {})},
            looks.get(account_id),
            budgets.get(account_id, UNKNOWN),
        )
        for account_id, verdict in verdicts.items()
    }


def open_drifts_by_remedy(drifts: QuerySet[Drift]) -> dict[str, int]:
    """How many of these drifts are open, by remedy."""
    rows = drifts.filter(state=Drift.State.OPEN).order_by().values_list("remedy").annotate(n=Count("pk"))
    return {**{str(remedy): 0 for remedy in Remedy}, **dict(rows)}


def _open_drifts(account_ids: Collection[str]) -> dict[str, dict[str, int]]:
    rows = Drift.objects.open().filter(account_id__in=account_ids).order_by().values_list("account_id", "remedy")
    found: dict[str, dict[str, int]] = {}
    for account_id, remedy, count in rows.annotate(n=Count("pk")):
        found.setdefault(account_id, {})[remedy] = count
    return found


def _last_looks(account_ids: Collection[str]) -> dict[str, Run]:
    looks = Run.objects.filter(account_id__in=account_ids, kind=Run.Kind.LOOK, finished_at__isnull=False)
    newest = looks.order_by("account_id", "-finished_at").distinct("account_id")
    return {run.account_id: run for run in newest}
