"""`/metrics` for Prometheus: figures of the whole fleet, read from the database at each scrape.

Any one web process answers for all, so scrape one address, not every process. The number of series depends on kinds,
states and queues, never on how many accounts there are.
"""

import hmac
from collections.abc import Iterable, Iterator, Mapping

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from history.models import ChainHead
from provisioning.models import Drift, PlanRecord, Run
from provisioning.services.fleet_figures import FleetFigures, fleet_figures
from provisioning.services.heartbeats import DISPATCHER, heartbeat_ages

Label = str | tuple[str, ...]
NEVER = float("inf")
OPEN = [(kind, state) for kind in Run.Kind.values for state in Run.OPEN]


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures, for whoever sends FIRSTLINE_METRICS_TOKEN. A person's token does not open it: it may see less."""
    token = settings.FIRSTLINE.metrics_token
    if not token:
        return _refused(404, "Set FIRSTLINE_METRICS_TOKEN to open this address.")
    scheme, _, presented = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not hmac.compare_digest(presented.strip().encode(), token.encode()):
        return _refused(401, "Send FIRSTLINE_METRICS_TOKEN as bearer token.")
    registry = CollectorRegistry()
    registry.register(Figures())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _refused(status: int, text: str) -> HttpResponse:
    headers = {"WWW-Authenticate": 'Bearer realm="firstline metrics"'} if status == 401 else {}
    return HttpResponse(f"{text}\n", status=status, content_type="text/plain; charset=utf-8", headers=headers)


class Figures(Collector):
    """Reads everything when it is collected."""

    def collect(self) -> Iterator[Metric]:
        """All figures of this moment."""
        yield from _fleet(figures := fleet_figures())
        yield from _work(figures)
        yield from _signs_of_life()
        yield from _history()

    def describe(self) -> Iterable[Metric]:
        """Nothing ahead: else registering would read the database once more."""
        return ()


def _fleet(figures: FleetFigures) -> Iterator[Metric]:
    yield _gauge("accounts", "Accounts by state of their life.", ["state"], figures.accounts)
    yield _one("accounts_assigned", "Accounts with a baseline that are worked on.", figures.assigned_accounts)
    yield _one("accounts_never_seen", "Of these, accounts that no look has seen yet.", figures.never_seen_accounts)
    yield _one("accounts_paused", "Accounts that are paused themselves.", figures.paused_accounts)
    yield _one("accounts_unreachable", "Accounts whose newest look could not enter.", figures.unreachable_accounts)
    yield _one("accounts_quarantined", "Accounts set aside after crashes.", figures.quarantined_accounts)
    yield _one(
        "oldest_verdict_age_seconds",
        "Age of the oldest verdict on an assigned account.",
        figures.oldest_verdict_seconds,
    )
    yield _one("fleet_paused", "1 while all writes are paused.", figures.fleet_is_paused)
    drifts = {**dict.fromkeys(Drift.Remedy.values, 0), **figures.open_drifts}
    yield _gauge("drifts_open", "Open drifts by who can repair them.", ["remedy"], drifts)
    plans = {**dict.fromkeys(PlanRecord.Lane.values, 0), **figures.waiting_plans}
    yield _gauge("plans_proposed", "Proposed plans by lane; `approval` waits for a person.", ["lane"], plans)


def _work(figures: FleetFigures) -> Iterator[Metric]:
    yield _gauge(
        "runs_open", "Runs that have not ended.", ["kind", "state"], {**dict.fromkeys(OPEN, 0), **figures.open_runs}
    )
    yield _gauge("runs_ended_last_hour", "Runs that ended within the last hour.", ["kind", "state"], figures.ended_runs)
    zero = dict.fromkeys(Run.Kind.values, 0)
    waiting = {**zero, **figures.waiting_seconds}
    yield _gauge("oldest_waiting_run_seconds", "How long the longest waiting run has been due.", ["kind"], waiting)
    calls, throttles = {**zero, **figures.aws_calls}, {**zero, **figures.aws_throttles}
    yield _gauge("aws_calls_last_hour", "AWS calls of runs that ended within the last hour.", ["kind"], calls)
    yield _gauge("aws_throttles_last_hour", "Of these, answered with: too fast.", ["kind"], throttles)


def _signs_of_life() -> Iterator[Metric]:
    ages = {name: NEVER if age is None else age.total_seconds() for name, age in heartbeat_ages().items()}
    yield _one("dispatcher_tick_age_seconds", "Since a dispatcher did a round; +Inf: never.", ages.pop(DISPATCHER))
    yield _gauge("canary_age_seconds", "Since a worker took what is sent to the queue; +Inf: never.", ["queue"], ages)


def _history() -> Iterator[Metric]:
    head = ChainHead.objects.first()
    verified = head.verified_at if head else None
    age = (timezone.now() - verified).total_seconds() if verified else NEVER
    yield _one("history_verified_age_seconds", "Since the history's chain was last verified; +Inf: never.", age)
    damaged = bool(head and head.broken)
    yield _one("history_damaged", "1 when the chain did not hold at the last verification.", damaged)


def _one(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(f"firstline_{name}", meaning, value=float(value))


def _gauge(name: str, meaning: str, labels: list[str], values: Mapping[Label, float] | Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(f"firstline_{name}", meaning, labels=labels)
    for label, value in sorted(values.items()):
        family.add_metric([label] if isinstance(label, str) else list(label), float(value))
    return family
