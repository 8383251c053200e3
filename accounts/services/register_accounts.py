"""Registering accounts: they are checked at once, and looked at from the moment they can be entered."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from access.roles import Actor, Permission
from accounts.models import Account
from history.services.record import record

PARTITION = "aws"
NOT_THERE = "no role of yours lets you operate accounts of this OU path, environment and owner team."


@dataclass(frozen=True)
class NewAccount:
    """What is told about an account that is to be registered; an empty external id means the organisation's.

    An empty environment, which only discovery leaves, means that nobody has decided yet.
    """

    account_id: str
    name: str
    environment: str
    ou_path: str = "/"
    tags: Mapping[str, str] = field(default_factory=dict, hash=False)
    owner_team: str = ""
    external_id: str = field(default="", repr=False)
    look_interval_minutes: int | None = None
    is_management_account: bool = False


@transaction.atomic
def register_accounts(*, rows: Sequence[NewAccount], actor: Actor) -> list[Account | None]:
    """Register each row, due for its first access check now; None where the account is registered already.

    The answers stand in the order of the rows. Raises PermissionDenied when the actor may not operate one of them where
    it is to stand (`may_register`).
    """
    if not actor.may(Permission.OPERATE):
        raise PermissionDenied("Only an operator registers accounts.")
    if any(row.is_management_account for row in rows):
        # Taking that from another account is a change of its own, for who operates the whole fleet.
        raise PermissionDenied("Register the account first, then PATCH it with is_management_account.")
    if foreign := next((row for row in rows if not may_register(row, actor)), None):
        raise PermissionDenied(f"{foreign.account_id}: {NOT_THERE}")
    return add_accounts(rows=rows, by=actor.name)


@transaction.atomic
def add_accounts(*, rows: Sequence[NewAccount], by: str) -> list[Account | None]:
    """Register each row, whoever may: for what has asked already, and for what AWS says. Answers as above."""
    first = {row.account_id: row for row in reversed(rows)}
    made = _insert(first.values(), by)
    for account in made.values():
        record(
            actor=by,
            verb="account.registered",
            subject=account.account_id,
            account_id=account.account_id,
            after=_told(first[account.account_id]),
        )
    return [made.get(row.account_id) if first[row.account_id] is row else None for row in rows]


def register_vended(row: NewAccount, *, by: str, requested_by: str, pause_reason: str) -> Account:
    """Register an account that was made on request, paused and due for its first access check now.

    Whoever registered it meanwhile, such as discovery, knew less: its place and owner are set, and it is paused; a
    second call changes nothing. Call it inside a transaction.
    """
    placed = {name: value for name, value in vars(row).items() if name not in {"account_id", "external_id"}}
    fresh = {"partition": PARTITION, "registered_by": requested_by, "check_due_at": timezone.now()}
    held = {"paused": True, "pause_reason": pause_reason}
    account, made = Account.objects.select_for_update().get_or_create(
        pk=row.account_id, defaults={**placed, **fresh, **held}
    )
    wanted = placed if account.registered_by == requested_by else {**placed, **held, "registered_by": requested_by}
    before = {name: getattr(account, name) for name, value in wanted.items() if getattr(account, name) != value}
    if made or before:
        for name in before:
            setattr(account, name, wanted[name])
        account.save()
        verb = "account.registered" if made else "account.updated"
        record(
            actor=by,
            verb=verb,
            subject=row.account_id,
            account_id=row.account_id,
            before=before or None,
            after=_told(row),
        )
    return account


def may_register(row: NewAccount, actor: Actor) -> bool:
    """Whether a role of the actor lets them operate the account where it is to stand."""
    return actor.may(Permission.OPERATE, row)


def _insert(rows: Iterable[NewAccount], by: str) -> dict[str, Account]:
    """Insert what is not there. Whoever registers the same account at this moment, one of the two makes it."""
    now = timezone.now()
    accounts = [
        Account(**vars(row), partition=PARTITION, registered_by=by, check_due_at=now)
        for row in sorted(rows, key=lambda row: row.account_id)
    ]
    before = _present(accounts)
    fresh = [account for account in accounts if account.account_id not in before]
    Account.objects.bulk_create(fresh, ignore_conflicts=True)
    ours = Account.objects.filter(pk__in=[account.account_id for account in fresh], registered_by=by, check_due_at=now)
    return {account.account_id: account for account in ours}


def _present(accounts: Sequence[Account]) -> set[str]:
    ids = [account.account_id for account in accounts]
    return set(Account.objects.filter(pk__in=ids).values_list("pk", flat=True))


def _told(row: NewAccount) -> dict[str, object]:
    return {name: value for name, value in vars(row).items() if name != "external_id"}
