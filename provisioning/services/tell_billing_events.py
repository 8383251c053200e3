"""Turns of an account's billing switch that CloudTrail shows: each told in the history once."""

from access.roles import SYSTEM
from history.models import Event
from history.services.record import record
from provisioning.core.snapshot import Complete, Section, Snapshot

VERB = "billing_access.turned"


def tell_billing_events(snapshot: Snapshot) -> None:
    """Record who turned the switch and when, for turns that no earlier look told. Call it under the account's lease."""
    reading = snapshot.sections.get(Section.BILLING_EVENTS)
    events = reading.body["events"] if isinstance(reading, Complete) else ()
    if not events:
        return
    told = Event.objects.filter(account_id=snapshot.account_id, verb=VERB).values_list("subject", flat=True)
    known = set(told)
    for event in events:
        if event["id"] not in known:
            record(
                actor=SYSTEM.name,
                verb=VERB,
                account_id=snapshot.account_id,
                subject=event["id"],
                detail={"by": event["by"], "at": event["at"], "event": event["name"]},
            )
