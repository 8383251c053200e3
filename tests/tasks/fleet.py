"""Accounts and work as the dispatcher finds them, and ways to make time pass: by moving it in the database."""

from datetime import timedelta
from typing import Any

from django.db.models import F
from django.db.models.functions import Now

from accounts.models import Account
from provisioning.models import Lease, PlanRecord, Run
from provisioning.services.leases import ensure_lease
from tests import factories

AGES = timedelta(hours=1)


def due(count: int = 1, **fields: Any) -> list[Account]:
    """Accounts whose schedule has come."""
    made = [factories.account(**fields) for _ in range(count)]
    Account.objects.filter(pk__in=[account.pk for account in made]).update(next_due_at=Now() - AGES)
    return made


def waiting(account: Account, kind: str = "look", **fields: Any) -> Run:
    """Work that is queued; an apply comes with its approved plan."""
    ensure_lease([account.pk])
    if kind == "apply":
        fields["plan"] = factories.plan(account, state=PlanRecord.State.APPROVED)
    return factories.run(account, kind=kind, state=Run.State.QUEUED, outcome={}, finished_at=None, **fields)


def lose(run: Run) -> None:
    """The worker that claimed this run went away: its lease has run out."""
    Lease.objects.filter(pk=run.account_id).update(lease_until=Now() - AGES)


def pass_time(run: Run, seconds: float) -> None:
    """So long ago was this run rung, and so much nearer is its turn."""
    span = timedelta(seconds=seconds)
    Run.objects.filter(pk=run.pk).update(hinted_at=F("hinted_at") - span, next_at=F("next_at") - span)
