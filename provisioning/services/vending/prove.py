"""The last step: access checks and the first look are the look and apply workers' own; here they are waited for."""

from datetime import timedelta

from django.db.models.functions import Now
from django.utils import timezone

from accounts.account_request import AccountRequest
from accounts.core.creation_failures import Failure, WayOn
from accounts.life import NOT_PROVEN, SET_ASIDE
from accounts.models import Account
from provisioning.models import Run
from provisioning.services.vending.claims import Claim
from provisioning.services.vending.outcome import Failed, Moved, Outcome, Waits, backoff

CHECKS = (Run.Kind.CHECK, Run.Kind.CHECK_APPLY)
FIRST_POLLS = 12
"""Checks are made within seconds where workers are free; IAM may take longer to know a new role."""


def prove(claim: Claim, row: AccountRequest) -> Outcome:
    """Done once both roles are proven and the account was looked at."""
    account = Account.objects.get(pk=row.account_id)
    if account.state in SET_ASIDE:
        told = f"The account is {account.state}: return it, then retry."
        return Failed(Failure("account_set_aside", told, WayOn.RETRY))
    if account.state == Account.State.MANAGED and account.apply_role == Account.ApplyRole.PROVEN:
        return Moved(AccountRequest.State.DONE)
    pause = 2.0 if row.attempts <= FIRST_POLLS else backoff(row.attempts - FIRST_POLLS)
    _check_again(account, timedelta(seconds=pause))
    told = f"Waits for access checks and the first look: the account is {account.state}, {_last_words(account)}."
    return Waits(pause, "access_not_proven", told, is_trouble=True)


def _check_again(account: Account, pause: timedelta) -> None:
    """Have it checked soon where a check came too early, and none is under way."""
    waits = account.state in NOT_PROVEN or account.apply_role != Account.ApplyRole.PROVEN
    runs = Run.objects.filter(account_id=account.pk, kind__in=CHECKS)
    if waits and not runs.filter(state__in=Run.OPEN).exists():
        soon = timezone.now() if not runs.exists() else timezone.now() + pause
        Account.objects.filter(pk=account.pk, check_due_at__gt=soon).update(check_due_at=soon)
        Account.objects.filter(pk=account.pk, check_due_at=None).update(check_due_at=Now())


def _last_words(account: Account) -> str:
    last = (
        Run.objects.filter(account_id=account.pk, kind__in=CHECKS).exclude(message="").order_by("-created_at").first()
    )
    return f"its apply role {account.apply_role}" + (f"; the last check said: {last.message}" if last else "")
