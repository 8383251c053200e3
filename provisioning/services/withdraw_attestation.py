"""Withdrawing an attestation: what it said is no longer known."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from access.policy import visible
from access.roles import Actor, Permission
from history.services.record import record
from provisioning.core.errors import ConflictError, NotFoundError
from provisioning.models import Attestation
from provisioning.services.record_look import look_again_at
from provisioning.services.require import require


@transaction.atomic
def withdraw_attestation(*, attestation_id: UUID, reason: str, actor: Actor) -> Attestation:
    """End it, with a reason; a look is due at once. Raises NotFoundError, NotAllowedError, ConflictError."""
    rows = visible(Attestation.objects.select_related("account"), actor, through="account")
    found: Attestation | None = rows.select_for_update(of=("self",)).filter(pk=attestation_id).first()
    if found is None:
        raise NotFoundError(f"There is no attestation {attestation_id}.")
    require(actor, Permission.ATTEST, found.account)
    if found.ended_at is not None:
        raise ConflictError(f"This attestation is {found.state} already.")
    found.ended_at, found.ended_how = timezone.now(), Attestation.State.WITHDRAWN
    found.ended_by, found.ended_reason = actor.name, reason
    found.save(update_fields=["ended_at", "ended_how", "ended_by", "ended_reason"])
    record(
        actor=actor.name,
        verb="attestation.withdrawn",
        account_id=found.account_id,
        subject=f"{found.kind}/{found.name}",
        before=found.value,
        detail={"reason": reason, "id": str(found.pk)},
    )
    look_again_at(found.account_id, timedelta(0))
    return found
