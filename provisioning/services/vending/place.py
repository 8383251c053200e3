"""Placing a new account: into its OU, tagged, registered, and with what it was created with written down."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from access.roles import SYSTEM
from accounts.account_request import AccountRequest
from accounts.core.creation_failures import Failure, WayOn
from accounts.core.creation_search import MARK
from accounts.models import Account
from accounts.services.register_accounts import NewAccount, register_vended
from history.services.record import record
from provisioning.aws.organizations import accounts_by_address, place_account, tag_account, unit_of_path
from provisioning.kinds.billing_access import BillingAccessKind
from provisioning.models import Attestation
from provisioning.services.vending.claims import Claim, move, renew
from provisioning.services.vending.create import no_such_ou
from provisioning.services.vending.entering import enter_management
from provisioning.services.vending.outcome import Failed, Moved, Outcome

State = AccountRequest.State
HELD_BACK = "A new account: resume it once somebody has read its first look."


def place(claim: Claim, row: AccountRequest) -> Outcome:
    """Move and tag it, then register it. Whatever was done before is left as it is."""
    with enter_management(claim) as session:
        holder = accounts_by_address(session, row.email).holder
        if holder is not None and holder.account_id != row.account_id:
            return Failed(_another_account(row, holder.account_id))
        unit = unit_of_path(session, row.ou_path)
        if unit is None:
            return Failed(no_such_ou(row.ou_path))
        place_account(session, row.account_id, unit)
        tag_account(session, row.account_id, {**row.tags, MARK: str(row.pk)})
    renew(claim)
    with transaction.atomic():
        _register(row)
        _attest_creation(row)
        move(claim, State.PLACING, State.BOOTSTRAPPING)
    return Moved(State.BOOTSTRAPPING)


def _another_account(row: AccountRequest, found: str) -> Failure:
    told = f"The request's e-mail address belongs to account {found}, not to {row.account_id}: find out which is meant."
    return Failure("another_account", told, WayOn.PERSON)


def _register(row: AccountRequest) -> None:
    """Known, and paused: its first look shows what would be done before anything is done."""
    new = NewAccount(
        account_id=row.account_id,
        name=row.name,
        environment=row.environment,
        ou_path=row.ou_path,
        tags={**row.tags, MARK: str(row.pk)},
        owner_team=row.owner_team,
    )
    register_vended(new, by=SYSTEM.name, requested_by=row.requested_by, pause_reason=HELD_BACK)


def _attest_creation(row: AccountRequest) -> None:
    """AWS never tells how the billing switch stands; how it was set we know, for we set it (CreateAccount).

    Whoever attested since knows better.
    """
    kind = BillingAccessKind
    value: dict[str, Any] = {"activated": row.billing_access == AccountRequest.Billing.ALLOW}
    account = Account.objects.select_for_update().get(pk=row.account_id)
    if account.attestations.filter(kind=kind.name).exists():
        return
    sent = f"CreateAccount {row.status_id}".strip()
    made = Attestation.objects.create(
        account=account,
        kind=kind.name,
        name=kind.only,
        value=value,
        source=Attestation.Source.SET_AT_CREATION,
        statement="Set when the account was created.",
        evidence=f"{sent} with IamUserAccessToBilling {row.billing_access.upper()}, account request {row.pk}.",
        by=SYSTEM.name,
        at=row.intended_at or timezone.now(),
    )
    record(
        actor=SYSTEM.name,
        verb="attestation.made",
        account_id=row.account_id,
        subject=f"{kind.name}/{kind.only}",
        after=value,
        detail={"source": made.source, "evidence": made.evidence, "id": str(made.pk)},
    )
