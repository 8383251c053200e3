"""Pausing one account: no write is sent to it from the next one on."""

from django.db import transaction

from access.roles import Actor, Permission
from accounts.models import Account
from history.services.record import record
from provisioning.core.errors import ConflictError
from provisioning.services.require import require_account


def pause_account(*, account_id: str, actor: Actor, reason: str) -> Account:
    """Pause; looks go on, so that drift stays visible."""
    return _set(account_id=account_id, actor=actor, paused=True, reason=reason)


def resume_account(*, account_id: str, actor: Actor) -> Account:
    """Let writes to this account go on."""
    return _set(account_id=account_id, actor=actor, paused=False, reason="")


@transaction.atomic
def _set(*, account_id: str, actor: Actor, paused: bool, reason: str) -> Account:
    found = Account.objects.select_for_update().filter(pk=account_id).first()
    account = require_account(actor, Permission.PAUSE, found, f"There is no account {account_id}.")
    if account.paused == paused:
        raise ConflictError(f"Account {account_id} is {'already' if paused else 'not'} paused.")
    account.paused, account.pause_reason = paused, reason
    account.save(update_fields=["paused", "pause_reason"])
    verb = "account.paused" if paused else "account.resumed"
    record(actor=actor.name, verb=verb, account_id=account_id, subject=account_id, detail={"reason": reason})
    return account
