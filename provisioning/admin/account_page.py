"""What the page of one account shows."""

from typing import Any

from accounts.life import SET_ASIDE
from accounts.models import Account
from accounts.schedule import interval_of
from history.models import Event
from history.shown import inert
from provisioning.admin.attest_page import told_of
from provisioning.admin.budget_parts import crossed_badge, use_bar
from provisioning.admin.explain import REASONS, reason
from provisioning.models import DesiredHead, Drift, PlanRecord, Run
from provisioning.services.access_findings import access_findings_of
from provisioning.services.budget_figures import budgets_of, with_reading
from provisioning.services.verdicts import verdicts_of

SHOWN_DRIFT = 100
SHOWN_RUNS = 10


def account_page(account: Account) -> dict[str, Any]:
    """Verdicts, the last look and check, open drift, plans and runs."""
    verdict = verdicts_of([account.pk])[account.pk]
    drift = Drift.objects.open().filter(account=account).order_by("kind", "name", "path")
    head = DesiredHead.objects.filter(pk=account.pk).select_related("current").first()
    runs = list(account.runs.select_related("plan").defer("plan__data")[:SHOWN_RUNS])
    return {
        "title": inert(account.name),
        "look_interval": interval_of(account.environment, account.look_interval_minutes),
        "verdict": verdict.overall,
        "verdict_reason": reason(verdict.overall.reason),
        "kinds": [(kind, found, reason(found.reason)) for kind, found in sorted(verdict.kinds.items())],
        "head": head,
        "told": told_of(account, head),
        **_budgets(account),
        "last_look": _newest_finished(account, Run.Kind.LOOK),
        "last_check": _newest_finished(account, Run.Kind.CHECK),
        "last_apply_check": _newest_finished(account, Run.Kind.CHECK_APPLY),
        "state_reason": reason(account.state_reason)
        if account.state_reason in REASONS
        else inert(account.state_reason),
        "is_set_aside": account.state in SET_ASIDE,
        "open_runs": [run for run in runs if run.state in Run.OPEN],
        "drift": drift[:SHOWN_DRIFT],
        "drift_count": drift.count(),
        "access": access_findings_of(account.pk),
        "plans": plans_in_force(account),
        "runs": runs,
        "events": Event.objects.filter(account_id=account.pk)[:SHOWN_RUNS],
    }


def _budgets(account: Account) -> dict[str, Any]:
    rows = with_reading(account.budget_statuses.all())
    return {
        "budgets": [(row, use_bar(row.used_percent), crossed_badge(row)) for row in rows],
        "budget_state": budgets_of([account.pk])[account.pk],
    }


def plans_in_force(account: Account) -> list[PlanRecord]:
    """Plans that may still be decided or carried out; those that can be decided first."""
    states = [PlanRecord.State.PROPOSED, PlanRecord.State.APPROVED]
    found = PlanRecord.objects.filter(account=account, state__in=states)
    return sorted(found, key=lambda plan: (plan.lane != PlanRecord.Lane.APPROVAL, plan.lane))


def _newest_finished(account: Account, kind: Run.Kind) -> Run | None:
    ended: Run | None = account.runs.filter(kind=kind, finished_at__isnull=False).order_by("-finished_at").first()
    return ended
