"""Adding new events to the chain: in order of their ids as they are committed, under one lock.

Not in the transaction that records: every change in every account would then wait for every other one, and a lock taken
in the middle of a transaction would meet others in another order (docs/adr/0007).
"""

from typing import Any

from django.conf import settings
from django.db import connection, transaction

from history.chain import FIELDS, START, Anchor, mac_of
from history.models import ChainHead, Event, Seal

BATCH = 2000
TAKE = """
DELETE FROM history_unsealed WHERE event_id IN (SELECT event_id FROM history_unsealed ORDER BY event_id LIMIT %s)
RETURNING event_id, event_at
"""


@transaction.atomic
def seal(limit: int = BATCH) -> int:
    """Add up to `limit` events to the chain; returns how many. Whoever else seals meanwhile waits."""
    head = locked_head()
    links = _links(head, _take(limit))
    Seal.objects.bulk_create(links)
    if links:
        head.seq, head.mac = links[-1].seq, links[-1].mac
        head.save(update_fields=["seq", "mac"])
    return len(links)


def locked_head() -> ChainHead:
    """The chain's end, locked until the transaction ends; made when there is none yet."""
    head, _ = ChainHead.objects.select_for_update().get_or_create(pk=1, defaults={"mac": START})
    return head


def seal_all() -> Anchor:
    """Add everything there is, and say where the chain ends."""
    while seal():
        pass
    with transaction.atomic():
        head = locked_head()
    return Anchor(head.seq, head.mac)


def _take(limit: int) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [limit])
        taken = cursor.fetchall()
    if not taken:
        return []
    oldest, newest = min(at for _, at in taken), max(at for _, at in taken)
    rows = Event.objects.filter(pk__in=[pk for pk, _ in taken], at__gte=oldest, at__lte=newest)
    return list(rows.order_by("id").values(*FIELDS))


def _links(head: ChainHead, events: list[dict[str, Any]]) -> list[Seal]:
    key_id, key = next(reversed(settings.FIRSTLINE.history_keys.items()))
    seq, mac, links = head.seq, head.mac, []
    for event in events:
        seq += 1
        mac = mac_of(key, previous=mac, seq=seq, event=event)
        links.append(Seal(seq=seq, event_id=event["id"], event_at=event["at"], key_id=key_id, mac=mac))
    return links
