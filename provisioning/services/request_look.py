"""Asking for a look: the row is the request; nothing here talks to the broker."""

from django.db import transaction
from django.db.models.functions import Now

from access.roles import Actor, Permission
from accounts.life import LOOKED_AT, SET_ASIDE
from accounts.models import Account
from history.services.record import record
from provisioning.core.errors import ConflictError, NotFoundError
from provisioning.models import Lease, Run
from provisioning.services.leases import ensure_lease
from provisioning.services.require import require_account


def request_look(*, account_id: str, actor: Actor, cause: str = "request") -> tuple[Run, bool]:
    """Queue a look; the open one is returned when there is one already (False)."""
    require_registered(actor, account_id)
    return open_run(account_id=account_id, kind=Run.Kind.LOOK, by=actor.name, cause=cause)


def require_registered(actor: Actor, account_id: str) -> None:
    """Raise NotFoundError or NotAllowedError unless the actor may have work done on the account."""
    account = Account.objects.filter(pk=account_id).first()
    require_account(actor, Permission.OPERATE, account, _missing(account_id))


@transaction.atomic
def open_run(*, account_id: str, kind: Run.Kind, by: str, cause: str) -> tuple[Run, bool]:
    """Queue a look or an access check of an account in whose state it is made. Raises ConflictError."""
    _check_state(account_id, kind)
    ensure_lease([account_id])
    # Whoever asks has read why the account was set aside (quarantine.py), and wants it tried again now.
    Lease.objects.filter(pk=account_id, backoff_until__gt=Now()).update(backoff_until=Now())
    made = Run.objects.bulk_create(
        [Run(account_id=account_id, kind=kind, requested_by=by, cause=cause, next_at=Now())], ignore_conflicts=True
    )
    run = Run.objects.filter(account_id=account_id, kind=kind, state__in=Run.OPEN).first()
    if run is None:  # the open one ended between the two statements
        return open_run(account_id=account_id, kind=kind, by=by, cause=cause)
    if run.pk != made[0].pk:
        # A scheduled one may be waiting for its turn; a person does not.
        Run.objects.filter(pk=run.pk, state=Run.State.QUEUED, next_at__gt=Now()).update(next_at=Now())
        return run, False
    record(actor=by, verb=f"{kind}.requested", account_id=account_id, subject=account_id, run_id=run.pk)
    return run, True


def _check_state(account_id: str, kind: Run.Kind) -> None:
    account = Account.objects.filter(pk=account_id).first()
    if account is None:
        raise NotFoundError(_missing(account_id))
    if account.state in SET_ASIDE:
        raise ConflictError(f"Account {account_id} is {account.state}; nothing is read from or written to it.")
    if kind == Run.Kind.LOOK and account.state not in LOOKED_AT:
        raise ConflictError(
            f"Account {account_id} was not entered yet ({account.state}): ask for an access check; "
            "its first look follows by itself.",
            code="not_proven",
        )


def _missing(account_id: str) -> str:
    return f"There is no account {account_id}; register it first."
