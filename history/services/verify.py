"""Verifying the chain: finds events that were edited, deleted, put in, cut off at the end, or put in another order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import timezone

from history.chain import FIELDS, START, Anchor, mac_of
from history.models import ChainHead, Event, Seal, Unsealed
from history.services.months import dropped_months
from history.services.record import record

SLICE = 2000


@dataclass(frozen=True)
class Damage:
    """The first place where the chain doesn't hold.

    `kind`: edited, deleted, inserted, cut, reordered or unknown_key.
    """

    kind: str
    seq: int
    told: str

    def __str__(self) -> str:
        return f"{self.kind} at {self.seq}: {self.told}"


@dataclass(frozen=True)
class Verified:
    """What was found: how many links hold, where the chain ends, and the first damage."""

    links: int
    end: Anchor
    damage: Damage | None


def verify(anchors: Iterable[Anchor] = (), *, actor: str = "") -> Verified:
    """Go through the whole chain and store what was found. `anchors` were kept outside the database.

    The history tells what somebody (`actor`) asked for; the hourly verification of the dispatcher is no event.
    """
    # No lock: a long chain takes minutes. What is sealed meanwhile belongs to the next verification.
    head, _ = ChainHead.objects.get_or_create(pk=1, defaults={"mac": START})
    found = _verify(head, {anchor.seq: anchor.mac for anchor in anchors})
    broken = str(found.damage)[:300] if found.damage else ""
    if actor:
        told = {"links": found.links, "broken": broken}
        record(actor=actor, verb="history.verified", subject=str(found.end), detail=told)
    ChainHead.objects.filter(pk=1).update(verified_at=timezone.now(), verified_to=found.links, broken=broken)
    return found


def _verify(head: ChainHead, anchors: dict[int, str]) -> Verified:
    seq, mac, dropped = 0, START, dropped_months()
    while rows := list(Seal.objects.filter(seq__gt=seq, seq__lte=head.seq).order_by("seq")[:SLICE]):
        events = _events(rows)
        for row in rows:
            damage = _link(row, seq, mac, events.get(row.event_id), dropped, anchors)
            if damage:
                return Verified(seq, Anchor(seq, mac), damage)
            seq, mac = row.seq, row.mac
    return Verified(seq, Anchor(seq, mac), _end(head, seq, mac, anchors) or _inserted())


def _events(rows: Sequence[Seal]) -> dict[int, dict[str, Any]]:
    first, last = min(row.event_at for row in rows), max(row.event_at for row in rows)
    found = Event.objects.filter(pk__in=[row.event_id for row in rows], at__gte=first, at__lte=last)
    return {event["id"]: event for event in found.order_by().values(*FIELDS)}


def _link(
    row: Seal, seq: int, mac: str, event: dict[str, Any] | None, dropped: frozenset[str], anchors: dict[int, str]
) -> Damage | None:
    """What is wrong with one link, or None."""
    if row.seq != seq + 1:
        return Damage("deleted", seq + 1, f"links {seq + 1} to {row.seq - 1} are missing")
    key = settings.FIRSTLINE.history_keys.get(row.key_id)
    if key is None:
        return Damage("unknown_key", row.seq, f"the key {row.key_id!r} is not among FIRSTLINE_HISTORY_KEYS")
    if anchors.get(row.seq, row.mac) != row.mac:
        return Damage("edited", row.seq, "the chain differs from the anchor kept outside: it was written anew")
    if event is None and f"{row.event_at:%Y_%m}" in dropped:
        return None
    if event is None:
        return Damage("deleted", row.seq, f"event {row.event_id} of {row.event_at:%Y-%m-%d %H:%M} is gone")
    if mac_of(key, previous=mac, seq=row.seq, event=event) == row.mac:
        return None
    return _edited_or_reordered(row, mac, key, event)


def _edited_or_reordered(row: Seal, mac: str, key: str, event: dict[str, Any]) -> Damage:
    """Whether this link belongs to another event that is still there."""
    near = Seal.objects.filter(seq__gt=row.seq - 50, seq__lt=row.seq + 50).exclude(seq=row.seq)
    others = _events([*near, row])
    if any(mac_of(key, previous=mac, seq=row.seq, event=other) == row.mac for other in others.values()):
        return Damage("reordered", row.seq, f"event {row.event_id} stands in another event's place")
    return Damage(
        "edited", row.seq, f"event {event['id']} ({event['verb']} by {event['actor']}) is not what was sealed"
    )


def _end(head: ChainHead, seq: int, mac: str, anchors: dict[int, str]) -> Damage | None:
    if (head.seq, head.mac) != (seq, mac):
        return Damage("cut", seq + 1, f"the chain ends at {seq}, its head says {head.seq}")
    # Links are added with the head they lead to, so links are asked for first.
    if Seal.objects.filter(seq__gt=seq).exists() and not ChainHead.objects.filter(seq__gt=seq).exists():
        return Damage("cut", seq + 1, f"there are links after {seq}, where the head says the chain ends")
    if beyond := [one for one in anchors if one > seq]:
        return Damage("cut", seq + 1, f"the chain ends at {seq}, an anchor kept outside says {max(beyond)}")
    return None


def _inserted() -> Damage | None:
    """An event that is neither in the chain nor waiting for it: put in behind the chain's back."""
    sealed, waiting = Seal.objects.values("event_id"), Unsealed.objects.values("event_id")
    stray = Event.objects.exclude(pk__in=sealed).exclude(pk__in=waiting).order_by("id").first()
    return Damage("inserted", 0, f"event {stray.pk} was never sealed") if stray else None
