"""What counts as observed because somebody attested it: for looks, and for verdicts between two looks."""

from collections.abc import Iterable
from typing import Any

from provisioning.models import Attestation

Attested = dict[str, Any]


def attested_of(account_id: str) -> tuple[Attested, ...]:
    """The rows of the section `attestations`, in a steady order; statements and evidence stay out of snapshots."""
    rows = Attestation.objects.in_force().filter(account_id=account_id).order_by("kind", "name")
    return tuple(_plain(one) for one in rows)


def _plain(one: Attestation) -> Attested:
    review_on = one.review_on.isoformat() if one.review_on else None
    when = {"at": one.at.isoformat(), "review_on": review_on}
    return {"kind": one.kind, "name": one.name, "value": one.value, "by": one.by, **when}


def kinds_attested_in(account_ids: Iterable[str]) -> frozenset[tuple[str, str]]:
    """(account id, kind) of what is attested in these accounts today."""
    rows = Attestation.objects.in_force().filter(account_id__in=account_ids)
    return frozenset(rows.values_list("account_id", "kind").order_by())
