"""CloudTrail's answers in the shapes of core/snapshot.py. Pure."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC
from typing import Any

Plain = dict[str, Any]
BILLING_SWITCH = "SetIAMAccessPreference"
"""What turning the switch is called (Billing guide, "Logging Billing and Cost Management API calls")."""


def events_page(page: Mapping[str, Any]) -> list[Plain]:
    """One page of LookupEvents: only what was done, for a call that failed changed nothing."""
    return [_event(event) for event in page.get("Events", []) if not _failed(event)]


def events_body(pages: Iterable[list[Plain]]) -> Plain:
    """All pages, the oldest first."""
    found = {event["id"]: event for page in pages for event in page}
    return {"events": sorted(found.values(), key=lambda event: (event["at"], event["id"]))}


def _event(event: Mapping[str, Any]) -> Plain:
    at = event["EventTime"].astimezone(UTC).isoformat()
    return {"id": event["EventId"], "name": event["EventName"], "at": at, "by": event.get("Username", "")}


def _failed(event: Mapping[str, Any]) -> bool:
    try:
        return bool(json.loads(event.get("CloudTrailEvent") or "{}").get("errorCode"))
    except ValueError:
        return False
