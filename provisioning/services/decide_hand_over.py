"""Deciding about a hand-over that waits, taking one back, and asking for the old key of a rotation to be retired."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from access.roles import Actor, Permission
from provisioning.core.errors import ConflictError, NotAllowedError
from provisioning.models import HandOver
from provisioning.services.hand_over_events import tell
from provisioning.services.require import require, require_row

State = HandOver.State


@transaction.atomic
def approve_hand_over(*, hand_over_id: UUID, actor: Actor) -> HandOver:
    """Let it be made. Raises NotAllowedError for who asked for it or would read it."""
    row = _proposed(hand_over_id, actor)
    if actor.name in {row.requested_by, row.reader}:
        raise NotAllowedError("You asked for this hand-over or would read it; somebody else must approve it.")
    return _decide(row, actor, State.QUEUED, "approved", next_at=timezone.now())


@transaction.atomic
def reject_hand_over(*, hand_over_id: UUID, actor: Actor) -> HandOver:
    """It is not made."""
    return _decide(_proposed(hand_over_id, actor), actor, State.REJECTED, "rejected", ended_at=timezone.now())


@transaction.atomic
def withdraw_hand_over(*, hand_over_id: UUID, actor: Actor) -> HandOver:
    """Not wanted any more: what waits is not made, what is made and unread is wiped and taken back.

    For who may ask for hand-overs there, and for its reader.
    """
    row = _locked(hand_over_id)
    row = require_row(actor, Permission.VIEW, row, _missing(hand_over_id))
    if row.reader != actor.name:
        require(actor, Permission.HAND_OVER, row.account)
    if row.state not in {*HandOver.WAITING, State.MADE}:
        raise ConflictError(f"The hand-over is {row.state}: only one that waits or was not read can be withdrawn.")
    was_made = row.state == State.MADE
    row.state, row.secret = State.EXPIRED if was_made else State.WITHDRAWN, None
    row.ended_at, row.ended_by = timezone.now(), actor.name
    row.next_at = row.ended_at if was_made else None
    row.message = f"Withdrawn by {actor.name}."
    row.save(update_fields=["state", "secret", "ended_at", "ended_by", "next_at", "message"])
    tell(row, "withdrawn", actor.name)
    return row


@transaction.atomic
def retire_old_key(*, hand_over_id: UUID, actor: Actor) -> HandOver:
    """Have the replaced key made inactive, once AWS has seen the new one in use; it is deleted after the grace time."""
    row = require_row(actor, Permission.HAND_OVER, _locked(hand_over_id), _missing(hand_over_id))
    if not row.replaces:
        raise ConflictError("This hand-over replaces no key.")
    if row.state != State.READ or row.old_key not in {HandOver.OldKey.ACTIVE, HandOver.OldKey.KEPT}:
        what = f"is {row.state}" if row.state != State.READ else f"has its old key {row.old_key}"
        raise ConflictError(f"The hand-over {what}: an old key is retired once the new one was read.")
    row.old_key, row.old_key_asked_by, row.next_at = HandOver.OldKey.ASKED, actor.name, timezone.now()
    row.reason_code = row.message = ""
    row.save(update_fields=["old_key", "old_key_asked_by", "next_at", "reason_code", "message"])
    tell(row, "old_key_asked", actor.name)
    return row


def _decide(row: HandOver, actor: Actor, state: str, verb: str, **fields: object) -> HandOver:
    fields |= {"state": state, "decided_by": actor.name, "decided_at": timezone.now()}
    for name, value in fields.items():
        setattr(row, name, value)
    row.save(update_fields=list(fields))
    tell(row, verb, actor.name)
    return row


def _proposed(hand_over_id: UUID, actor: Actor) -> HandOver:
    row = require_row(actor, Permission.APPROVE, _locked(hand_over_id), _missing(hand_over_id))
    if row.state != State.PROPOSED:
        raise ConflictError(f"The hand-over is {row.state}; only a proposed one can be decided.")
    return row


def _locked(hand_over_id: UUID) -> HandOver | None:
    rows = HandOver.objects.select_for_update(of=("self",)).select_related("account")
    found: HandOver | None = rows.filter(pk=hand_over_id).first()
    return found


def _missing(hand_over_id: UUID) -> str:
    return f"There is no hand-over {hand_over_id}."
