"""Changing what is known of an account; its desired state is rendered anew when its place in the organisation moved."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from access.roles import Actor, Permission
from accounts.models import Account
from history.services.record import record

CHANGEABLE = frozenset(
    {"name", "environment", "ou_path", "tags", "owner_team", "external_id", "look_interval_minutes"}
) | {"is_management_account"}
LOOKED_AT_AGAIN = frozenset({"environment", "ou_path", "tags", "external_id", "look_interval_minutes"})
SECRET = frozenset({"external_id"})


@transaction.atomic
def update_account(*, account_id: str, changes: Mapping[str, Any], actor: Actor) -> Account:
    """Store the fields that differ, and say so in the history. Nothing different, nothing recorded.

    The actor must operate it where it stands and where it is moved to. Raises PermissionDenied, Account.DoesNotExist,
    ValueError for a field that is not `CHANGEABLE`.
    """
    if unknown := changes.keys() - CHANGEABLE:
        raise ValueError(f"not to be changed: {', '.join(sorted(unknown))}")
    account: Account = Account.objects.select_for_update().get(pk=account_id)
    _require(actor, account, "Only an operator of the account changes it.")
    before = {name: getattr(account, name) for name, value in changes.items() if getattr(account, name) != value}
    if before:
        for name in before:
            setattr(account, name, changes[name])
        if "is_management_account" in before:
            _settle_payer(account, actor)
        _require(actor, account, "You may not move it there: no role of yours lets you operate accounts of that place.")
        _store(account, before)
        _record(account, before, actor)
    return account


def _settle_payer(account: Account, actor: Actor) -> None:
    """An organisation has one management account, which all members share: marking another takes it from the first."""
    if not actor.may_everywhere(Permission.OPERATE):
        raise PermissionDenied("Only an operator of the whole fleet says which account is the management account.")
    others = Account.objects.select_for_update().filter(is_management_account=True).exclude(pk=account.pk)
    for other in others.order_by("pk") if account.is_management_account else ():
        other.is_management_account = False
        other.save(update_fields=["is_management_account", "updated_at"])
        _record(other, {"is_management_account": True}, actor)


def _require(actor: Actor, account: Account, refusal: str) -> None:
    if not actor.may(Permission.OPERATE, account):
        raise PermissionDenied(refusal)


def _store(account: Account, changed: Iterable[str]) -> None:
    changed = set(changed)
    if changed & LOOKED_AT_AGAIN:
        account.next_due_at = timezone.now()
    if "external_id" in changed:
        account.check_due_at, account.checks_tried = timezone.now(), 0
    account.save(update_fields=[*changed, "next_due_at", "check_due_at", "checks_tried", "updated_at"])


def _record(account: Account, before: Mapping[str, Any], actor: Actor) -> None:
    record(
        actor=actor.name,
        verb="account.updated",
        subject=account.account_id,
        account_id=account.account_id,
        before=_shown(before),
        after=_shown({name: getattr(account, name) for name in before}),
    )


def _shown(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: bool(value) if name in SECRET else value for name, value in values.items()}
