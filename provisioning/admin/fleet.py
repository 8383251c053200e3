"""The first page: what the fleet looks like now, what waits, and the pause of everything."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from access.policy import visible
from access.roles import Actor
from accounts.models import Account
from history.models import Event
from history.visible import visible_events
from provisioning.admin.acting import ReasonForm, act, actor_of_request, read
from provisioning.admin.explain import VERDICTS, person_reason
from provisioning.admin.plan_page import why_not
from provisioning.core.verdict import Verdict
from provisioning.models import Drift, FleetPause, PlanRecord
from provisioning.services.budget_figures import budget_figures
from provisioning.services.pause_fleet import pause_fleet, resume_fleet
from provisioning.services.verdicts import AccountVerdict, verdicts_of

SHOWN_ROWS = 10
BAR = 1000
"""Width of the bar in its own units."""


@dataclass(frozen=True)
class Tile:
    """How many accounts have one verdict, and where its part of the bar lies."""

    verdict: Verdict
    meaning: str
    count: int
    start: float
    width: float


def fleet_state(actor: Actor) -> dict[str, Any]:
    """What every page shows of the fleet: its pause, and how many plans of the reader's accounts wait."""
    return {"fleet_pause": FleetPause.objects.first(), "waiting_count": waiting_plans(actor).count()}


def waiting_plans(actor: Actor) -> QuerySet[PlanRecord]:
    """Plans of the reader's accounts that a person can decide now."""
    found = PlanRecord.objects.filter(
        state=PlanRecord.State.PROPOSED, lane=PlanRecord.Lane.APPROVAL, expires_at__gt=timezone.now()
    )
    return visible(found, actor, through="account")


def fleet_page(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    """The first page's numbers and rows, of the accounts that the reader may see."""
    ids = visible(Account.objects.workable(), actor).values_list("account_id", flat=True)
    verdicts = verdicts_of(ids)
    plans = list(waiting_plans(actor).select_related("account").defer("data")[:SHOWN_ROWS])
    drifts = visible(Drift.objects.open(), actor, through="account")
    return {
        "account_count": len(verdicts),
        "tiles": tiles(verdicts.values()),
        "oldest": _oldest(verdicts),
        "never_looked": sum(one.overall.reason == "never_looked" for one in verdicts.values()),
        "waiting": [(plan, why_not(plan, actor)) for plan in plans],
        "drift_counts": _drift_counts(drifts),
        "person_reasons": _person_reasons(drifts),
        "budgets": budget_figures(actor),
        "events": visible_events(Event.objects.all(), request)[:SHOWN_ROWS],
    }


def tiles(verdicts: Iterable[AccountVerdict]) -> list[Tile]:
    """One per verdict, the best first, as parts of one bar."""
    counts = Counter(one.overall.verdict for one in verdicts)
    total, start, made = sum(counts.values()) or 1, 0.0, []
    for verdict in reversed(Verdict):
        width = BAR * counts[verdict] / total
        made.append(Tile(verdict, VERDICTS[verdict], counts[verdict], round(start, 2), round(width, 2)))
        start += width
    return made


def _oldest(verdicts: Mapping[str, AccountVerdict]) -> tuple[str, timedelta] | None:
    ages = [(one.overall.age, account_id) for account_id, one in verdicts.items() if one.overall.age is not None]
    return max(((account_id, age) for age, account_id in ages), key=lambda pair: pair[1], default=None)


def _drift_counts(drifts: QuerySet[Drift]) -> dict[str, int]:
    rows = drifts.order_by().values_list("remedy").annotate(Count("id"))
    return {**dict.fromkeys(Drift.Remedy.values, 0), **dict(rows)}


def _person_reasons(drifts: QuerySet[Drift]) -> list[tuple[str, str, int]]:
    open_rows = drifts.filter(remedy=Drift.Remedy.PERSON).order_by()
    counted = open_rows.values_list("reason").annotate(n=Count("id")).order_by("-n")
    return [(code, person_reason(code), count) for code, count in counted]


@require_POST
def pause(request: HttpRequest) -> HttpResponse:
    """Pause the fleet, with a reason."""

    def do() -> str:
        pause_fleet(actor=actor_of_request(request), **read(ReasonForm(request.POST)))
        return "The fleet is paused: no write is sent to any account until somebody resumes it."

    return act(request, reverse("admin:index"), do)


@require_POST
def resume(request: HttpRequest) -> HttpResponse:
    """Let the fleet go on."""

    def do() -> str:
        resume_fleet(actor=actor_of_request(request))
        return "The fleet goes on."

    return act(request, reverse("admin:index"), do)
