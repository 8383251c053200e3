"""Making the account: intent first, sent once, then followed; after silence searched for before anything is sent.

CreateAccount has no idempotency token (Organizations API reference), so a worker may be killed at any point here and
the next one must find out what there is.
"""

from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import timezone

from accounts.account_request import AccountRequest
from accounts.core.creation_failures import Failure, WayOn, failure_of_reason
from accounts.core.creation_search import MARK, Finding, Status, judge
from accounts.core.creation_search import Outcome as Found
from provisioning.aws.call_context import lease_deadline
from provisioning.aws.organizations import (
    NewAccount,
    accounts_by_address,
    create_account,
    creation_status,
    creations,
    unit_of_path,
)
from provisioning.aws.session import AwsSession
from provisioning.core.errors import AwsError, ErrorClass, FencedError, FirstlineError
from provisioning.services.vending.claims import Claim, move, note, renew
from provisioning.services.vending.entering import enter_management
from provisioning.services.vending.outcome import Doubtful, Failed, Moved, Outcome, Waits, outcome_of

State = AccountRequest.State
AT_ONCE = 5
"""So many creations may be in progress (Organizations user guide, quotas)."""
APART_SECONDS = 10
"""Between two CreateAccount: 0.1 per second may be sent (Organizations user guide, quotas)."""
POLL_SECONDS = 5
SEARCH_SECONDS = 15
UNKNOWN = frozenset({ErrorClass.UNKNOWN_OUTCOME, ErrorClass.BUG})
"""After these nobody knows whether the request arrived."""
NOTHING_SENT: dict[str, Any] = {"intended_at": None, "status_id": ""}
_ROOM = 0x5645_4E44
"""PostgreSQL's advisory lock while room for one more creation is looked for."""


def begin(claim: Claim, row: AccountRequest) -> Outcome:
    """Check what can be checked without sending, store the intent, send once."""
    if row.account_id:
        return Moved(State.PLACING)
    if row.intended_at is not None:
        return Moved(State.CREATING)
    with enter_management(claim) as session:
        if unit_of_path(session, row.ou_path) is None:
            return Failed(no_such_ou(row.ou_path))
        if (holder := accounts_by_address(session, row.email).holder) is not None:
            return _held(row, holder.account_id, is_ours=holder.mark == str(row.pk))
        if waits := _intend(claim):
            return waits
        return _send(claim, row, session)


def follow(claim: Claim, row: AccountRequest) -> Outcome:
    """How far is it; where AWS's answer was lost, was it begun at all?"""
    with enter_management(claim) as session:
        if not row.status_id:
            return _search(claim, row, session)
        try:
            status = creation_status(session, row.status_id)
        except AwsError as error:
            if error.aws_code != "CreateAccountStatusNotFoundException":
                raise
            return _search(claim, row, session)
        return _of_status(row, status, session)


def no_such_ou(path: str) -> Failure:
    """The organisation has no OU of this path."""
    return Failure(
        "no_such_ou", f"The organisation has no OU {path}: make it, or name another, then retry.", WayOn.CORRECT
    )


@transaction.atomic
def _intend(claim: Claim) -> Waits | None:
    """Write down that it is about to be sent; or why it must wait. Nothing is sent without this row."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ROOM])
    under_way = AccountRequest.objects.filter(state=State.CREATING).exclude(intended_at=None)
    if under_way.count() >= AT_ONCE:
        return Waits(30, "five_in_progress", f"AWS makes {AT_ONCE} accounts at once: it waits for one of them.")
    last = (
        AccountRequest.objects.exclude(intended_at=None).order_by("-intended_at").values_list("intended_at", flat=True)
    )
    if (latest := last.first()) and (left := APART_SECONDS - (timezone.now() - latest).total_seconds()) > 0:
        return Waits(left, "one_at_a_time", f"AWS takes one request in {APART_SECONDS} seconds.")
    renew(claim)
    move(claim, State.APPROVED, State.CREATING, intended_at=Now())
    return None


def _send(claim: Claim, row: AccountRequest, session: AwsSession) -> Outcome:
    new = NewAccount(row.email, row.name, row.billing_access, {**row.tags, MARK: str(row.pk)})
    try:
        with lease_deadline(claim.deadline):
            status = create_account(session, new)
    except FencedError:
        raise
    except AwsError as error:
        if error.error_class in UNKNOWN:
            told = "AWS gave no answer to CreateAccount: what became of it is looked for before anything is sent again."
            return Waits(SEARCH_SECONDS, "unknown_outcome", told)
        return _not_sent(claim, row, error)
    except FirstlineError as error:
        return _not_sent(claim, row, error)
    note(claim, status_id=status.id)
    return Waits(POLL_SECONDS)


def _not_sent(claim: Claim, row: AccountRequest, error: FirstlineError) -> Outcome:
    """AWS refused it, or it never left: there is no account and there will be none of it."""
    outcome = outcome_of(error, row.attempts)
    move(claim, State.CREATING, State.APPROVED, detail={"not_sent": error.code}, **NOTHING_SENT)
    return outcome


def _search(claim: Claim, row: AccountRequest, session: AwsSession) -> Outcome:
    assert row.intended_at is not None, "creating begins with an intent"
    listed = accounts_by_address(session, row.email)
    foreign = set(AccountRequest.objects.exclude(pk=row.pk).exclude(status_id="").values_list("status_id", flat=True))
    foreign |= set(row.earlier_status_ids)
    found = judge(
        request_id=str(row.pk),
        name=row.name,
        sent_at=row.intended_at,
        statuses=[one for one in creations(session) if one.id not in foreign],
        holder=listed.holder,
        others=listed.others,
    )
    return _of_finding(claim, row, found, session)


def _of_finding(claim: Claim, row: AccountRequest, found: Finding, session: AwsSession) -> Outcome:
    if found.outcome is Found.CREATED:
        return _held(row, found.account_id, is_ours=True)
    if found.outcome is Found.ADDRESS_TAKEN:
        return _held(row, found.account_id, is_ours=False)
    if found.outcome is Found.UNDER_WAY:
        if found.status:
            note(claim, status_id=found.status.id)
        return Waits(POLL_SECONDS, "found_under_way", "AWS shows the creation whose answer was lost.")
    if not _has_settled(row):
        return Waits(SEARCH_SECONDS, "searching", "Nothing certain is shown yet of the creation whose answer was lost.")
    if found.outcome is Found.NOTHING:
        return Moved(State.APPROVED, dict(NOTHING_SENT), {"searched": "nothing arrived at AWS"})
    if found.status:
        return _of_status(row, found.status, session)
    return Doubtful(
        "AWS shows more than one creation of this name, or an account of this address without our tag: find out in the "
        "Organizations console whether the account was made, then resolve the request."
    )


def _of_status(row: AccountRequest, status: Status, session: AwsSession) -> Outcome:
    if status.state == "IN_PROGRESS":
        return Waits(POLL_SECONDS * min(row.attempts, 6))
    if status.state == "SUCCEEDED":
        return Moved(State.CREATED, {"account_id": status.account_id, "status_id": status.id}, {"status": status.id})
    if status.reason == "EMAIL_ALREADY_EXISTS":
        # Ours may have been sent before: then the account that has the address carries our mark.
        holder = accounts_by_address(session, row.email).holder
        if holder is not None and holder.mark == str(row.pk):
            return _held(row, holder.account_id, is_ours=True)
    earlier = [*row.earlier_status_ids, status.id]
    return Failed(failure_of_reason(status.reason), {**NOTHING_SENT, "earlier_status_ids": earlier})


def _held(row: AccountRequest, account_id: str, *, is_ours: bool) -> Outcome:
    if is_ours:
        return Moved(State.CREATED, {"account_id": account_id}, {"found": "by its address and our tag"})
    return Failed(failure_of_reason("EMAIL_ALREADY_EXISTS"), dict(NOTHING_SENT))


def _has_settled(row: AccountRequest) -> bool:
    assert row.intended_at is not None
    age = (timezone.now() - row.intended_at).total_seconds()
    return bool(age >= settings.FIRSTLINE.vending_settle_seconds)
