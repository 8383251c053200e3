"""Attesting: a person says how something stands that no API can read, with evidence and a date to look again."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from access.policy import visible
from access.roles import Actor, Permission
from accounts.models import Account
from history.services.record import record
from provisioning.core.errors import DeclarationError, NotFoundError, Reason
from provisioning.core.kind import Context
from provisioning.kinds import all_kinds, attested_kinds
from provisioning.models import Attestation
from provisioning.models.attestation import today
from provisioning.services.record_look import look_again_at
from provisioning.services.require import require

MOST_DAYS = 400
"""So far ahead the review may lie at most: once a year, and some days to get to it."""


@transaction.atomic
def attest(
    *,
    account_id: str,
    kind: str,
    value: Mapping[str, Any],
    statement: str,
    evidence: str,
    review_on: date,
    actor: Actor,
) -> Attestation:
    """Attest to an account's only item of a kind, in the place of what was attested before; a look is due at once.

    Whoever holds `attest` on the account may, alone and also for what they declared: the history and every list name
    them. Raises NotFoundError, NotAllowedError, DeclarationError with every reason.
    """
    account = visible(Account.objects.all(), actor).filter(pk=account_id).first()
    if account is None:
        raise NotFoundError(f"There is no account {account_id}; register it first.")
    require(actor, Permission.ATTEST, account)
    _refuse(account, kind, value, statement, evidence, review_on)
    Account.objects.select_for_update().get(pk=account_id)
    before = _supersede(account_id, kind, actor)
    made: Attestation = Attestation.objects.create(
        account=account,
        kind=kind,
        name=all_kinds()[kind].only,
        value=dict(value),
        statement=statement,
        evidence=evidence,
        review_on=review_on,
        by=actor.name,
    )
    _record(made, before)
    look_again_at(account_id, timedelta(0))
    return made


def _record(made: Attestation, before: Attestation | None) -> None:
    said = {name: getattr(made, name) for name in ("statement", "evidence")}
    record(
        actor=made.by,
        verb="attestation.made",
        account_id=made.account_id,
        subject=f"{made.kind}/{made.name}",
        before=before.value if before else None,
        after=made.value,
        detail={**said, "review_on": str(made.review_on), "id": str(made.pk)},
    )


def _supersede(account_id: str, kind: str, actor: Actor) -> Attestation | None:
    standing = Attestation.objects.standing().filter(account_id=account_id, kind=kind, name=all_kinds()[kind].only)
    before: Attestation | None = standing.first()
    standing.update(ended_at=timezone.now(), ended_how=Attestation.State.SUPERSEDED, ended_by=actor.name)
    return before


def _refuse(
    account: Account, kind: str, value: Mapping[str, Any], statement: str, evidence: str, review_on: date
) -> None:
    reasons = [*_value_reasons(account, kind, value), *_date_reasons(review_on)]
    reasons += [
        Reason(f"/{name}", message)
        for name, text, message in (
            ("statement", statement, "Say what you attest, in a sentence."),
            ("evidence", evidence, "Say what you saw and where, or give a link to it."),
        )
        if not text.strip()
    ]
    if reasons:
        raise DeclarationError(reasons)


def _value_reasons(account: Account, kind: str, value: Mapping[str, Any]) -> list[Reason]:
    if kind not in attested_kinds():
        told = f"Only what no API can read is attested: {', '.join(sorted(attested_kinds()))}. Looks see the rest."
        return [Reason("/kind", told)]
    found = all_kinds()[kind]
    try:
        found.parse(found.only, value, Context(account.account_id, account.partition))
    except DeclarationError as error:
        return [Reason(f"/value{reason.pointer}", reason.message) for reason in error.reasons]
    return []


def _date_reasons(review_on: date) -> list[Reason]:
    first, last = today() + timedelta(days=1), today() + timedelta(days=MOST_DAYS)
    if first <= review_on <= last:
        return []
    return [Reason("/review_on", f"Give a date from {first} to {last}: on it somebody looks again.")]
