"""Attestations whose review date has passed: told once, and their accounts looked at."""

from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Now

from access.roles import SYSTEM
from history.services.record import record
from provisioning.models import Attestation
from provisioning.services.record_look import look_again_at

BATCH = 500


@transaction.atomic
def tell_lapsed() -> int:
    """Record each attestation whose review date has passed, once, and have its account looked at."""
    late = Attestation.objects.lapsed().filter(lapse_told_at=None).select_for_update(skip_locked=True)[:BATCH]
    rows = list(late)
    Attestation.objects.filter(pk__in=[row.pk for row in rows]).update(lapse_told_at=Now())
    for row in rows:
        record(
            actor=SYSTEM.name,
            verb="attestation.lapsed",
            account_id=row.account_id,
            subject=f"{row.kind}/{row.name}",
            before=row.value,
            detail={"review_on": str(row.review_on), "attested_by": row.by, "id": str(row.pk)},
        )
        look_again_at(row.account_id, timedelta(0))
    return len(rows)
