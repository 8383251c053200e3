"""Pausing everything: a row that every claim and every write looks for."""

from django.db import transaction

from access.roles import Actor, Permission
from history.services.record import record
from provisioning.core.errors import ConflictError
from provisioning.models import FleetPause
from provisioning.services.require import require_over


@transaction.atomic
def pause_fleet(*, actor: Actor, reason: str) -> FleetPause:
    """No write is sent from the next one on, in any account, until `resume_fleet`."""
    require_over(actor, Permission.PAUSE)
    pause, made = FleetPause.objects.get_or_create(pk=1, defaults={"reason": reason, "by": actor.name})
    if not made:
        raise ConflictError(f"The fleet is already paused by {pause.by}: {pause.reason}")
    record(actor=actor.name, verb="fleet.paused", subject="fleet", detail={"reason": reason})
    return pause


@transaction.atomic
def resume_fleet(*, actor: Actor) -> None:
    """Let work go on. Raises ConflictError when nothing is paused."""
    require_over(actor, Permission.PAUSE)
    removed, _ = FleetPause.objects.filter(pk=1).delete()
    if not removed:
        raise ConflictError("The fleet is not paused.")
    record(actor=actor.name, verb="fleet.resumed", subject="fleet")
