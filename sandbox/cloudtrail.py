"""CloudTrail's event history of an account: what a test planted, and nothing else. moto has no LookupEvents."""

from __future__ import annotations

import json
import time
from typing import Any
from uuid import uuid4

from sandbox.call import Call
from sandbox.errors import AwsError
from sandbox.world import world

_DAYS_KEPT = 90
_LOOKED_UP_BY = {"EventName": "EventName", "EventSource": "EventSource", "EventId": "EventId", "Username": "Username"}


def plant_event(account: str, name: str, source: str, by: str, error: str = "") -> None:
    """As CloudTrail keeps it. Raises KeyError for an unknown account."""
    at = time.time()
    told = {"eventName": name, "eventSource": source, "eventType": "AwsConsoleAction", "eventVersion": "1.08"}
    told |= {"errorCode": error} if error else {}
    event = {
        "EventId": str(uuid4()),
        "EventName": name,
        "EventSource": source,
        "EventTime": at,
        "ReadOnly": "false",
        "Username": by,
        "Resources": [],
        "CloudTrailEvent": json.dumps(told),
    }
    world.accounts[account].trail.append(event)


def lookup_events(call: Call) -> dict[str, Any]:
    """The newest first, by one attribute at most (CloudTrail API reference, LookupEvents)."""
    attributes = call.params.get("LookupAttributes") or []
    if len(attributes) > 1:
        raise AwsError("InvalidLookupAttributesException", "Specify only one attribute.")
    events = world.accounts[call.account].trail
    since = max(float(call.params.get("StartTime") or 0), time.time() - _DAYS_KEPT * 86400)
    found = [event for event in reversed(events) if event["EventTime"] >= since and _is_wanted(event, attributes)]
    return _page(found, int(call.params.get("MaxResults") or 50), call.text("NextToken", "0"))


def _is_wanted(event: dict[str, Any], attributes: list[dict[str, str]]) -> bool:
    return all(event.get(_key(one)) == one["AttributeValue"] for one in attributes)


def _key(attribute: dict[str, str]) -> str:
    key = _LOOKED_UP_BY.get(attribute["AttributeKey"])
    if key is None:
        raise AwsError("InvalidLookupAttributesException", "The sandbox looks up by name, source, id and user name.")
    return key


def _page(found: list[dict[str, Any]], size: int, token: str) -> dict[str, Any]:
    first = int(token)
    last = first + world.page_size(size)
    more = {"NextToken": str(last)} if last < len(found) else {}
    return {"Events": found[first:last], **more}


OPERATIONS = {"LookupEvents": lookup_events}
