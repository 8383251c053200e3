"""What AWS Budgets refuses beyond the shape of single fields. Reads the raw fields, so that it speaks up beside shape
errors: whatever isn't there or is of the wrong type is somebody else's to report."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from provisioning.core.errors import Reason
from provisioning.core.kind import Context
from provisioning.kinds.budget.rules_by_type import alert_rules, type_rules
from provisioning.kinds.budget.spec import NotificationKey, threshold
from provisioning.kinds.budget.words import OPERATORS

NOTIFICATIONS, EMAILS, TOPICS = 10, 10, 1


def broken(name: str, declared: Mapping[str, Any], context: Context) -> Iterator[Reason]:
    """Every rule this declaration breaks."""
    yield from _name(name)
    if not isinstance(declared, Mapping):
        return
    yield from _currency(declared)
    yield from type_rules(declared)
    yield from _notifications(declared, context)


def _name(name: str) -> Iterator[Reason]:
    if not 1 <= len(name) <= 100:
        yield Reason("", f"Name the budget with 1 to 100 characters, not {len(name)}.")
    if ":" in name or "\\" in name:
        yield Reason("", "Choose a budget name without colons and backslashes.")
    if "/action/" in name or re.search(r"(?i)<script>", name):
        yield Reason("", "Choose a budget name without /action/ and <script>.")


def _currency(declared: Mapping[str, Any]) -> Iterator[Reason]:
    for field in ("limit", "planned_limits"):
        limit = declared.get(field)
        unit = limit.get("unit") if isinstance(limit, Mapping) else None
        if declared.get("type") == "cost" and isinstance(unit, str) and not re.fullmatch("[A-Z]{3}", unit):
            yield Reason(
                f"/{field}/unit", "A cost budget is in the account's currency: write its three letters, e.g. USD."
            )


def _notifications(declared: Mapping[str, Any], context: Context) -> Iterator[Reason]:
    where, listed = _listed(declared.get("notifications"))
    if len(listed) > NOTIFICATIONS:
        yield Reason(where, f"A budget takes at most {NOTIFICATIONS} notifications: leave out {len(listed) - 10}.")
    seen: dict[NotificationKey, str] = {}
    for number, fields in enumerate(listed):
        if not isinstance(fields, Mapping):
            continue
        pointer = f"{where}/{number}"
        yield from _notification(pointer, fields, declared.get("period"))
        yield from alert_rules(pointer, fields, declared.get("type"))
        # What the payer will keep is read once more as its own, and its topics are those that count.
        here = None if declared.get("at") == "payer" else context
        yield from _subscribers(f"{pointer}/subscribers", fields.get("subscribers"), here)
        if (key := _key(fields)) and (first := seen.setdefault(key, pointer)) != pointer:
            yield Reason(pointer, f"This is the notification of {first} again: put its subscribers there.")


def _listed(notifications: Any) -> tuple[str, list[Any]]:
    if isinstance(notifications, Mapping):
        listed = notifications.get("include")
        return "/notifications/include", listed if isinstance(listed, list) else []
    return "/notifications", notifications if isinstance(notifications, list) else []


def _notification(pointer: str, fields: Mapping[str, Any], period: Any) -> Iterator[Reason]:
    if sum(operator in fields for operator in OPERATORS) != 1:
        yield Reason(pointer, "Give exactly one of above, below and equals.")
    if fields.get("when") == "forecasted" and period == "daily":
        yield Reason(f"{pointer}/when", "A daily budget has no forecast: write actual, or choose a longer period.")


def _key(fields: Mapping[str, Any]) -> NotificationKey | None:
    try:
        operator = next(operator for operator in OPERATORS if operator in fields)
        return NotificationKey(fields["when"], operator, threshold(fields[operator]), fields.get("unit", "percent"))
    except (KeyError, StopIteration, TypeError, ValueError):
        return None


def _subscribers(pointer: str, listed: Any, context: Context | None) -> Iterator[Reason]:
    fields = [item if isinstance(item, Mapping) else {} for item in listed] if isinstance(listed, list) else []
    emails = [item["email"] for item in fields if "email" in item]
    topics = [item["sns"] for item in fields if "sns" in item]
    if len(emails) > EMAILS:
        yield Reason(pointer, f"A notification takes at most {EMAILS} e-mail addresses: use a mailing list or a topic.")
    if len(topics) > TOPICS:
        yield Reason(pointer, f"A notification takes at most {TOPICS} SNS topic: leave the others out.")
    for number, item in enumerate(fields):
        yield from _subscriber(f"{pointer}/{number}", item, fields[:number], context)


def _subscriber(
    pointer: str, fields: Mapping[str, Any], before: list[Mapping[str, Any]], context: Context | None
) -> Iterator[Reason]:
    if sum(kind in fields for kind in ("email", "sns")) != 1:
        yield Reason(pointer, "Give exactly one of email and sns.")
    elif fields in before:
        yield Reason(pointer, "This subscriber is there already: leave it out.")
    if context and isinstance(topic := fields.get("sns"), str):
        yield from _topic(f"{pointer}/sns", topic, context)


def _topic(pointer: str, topic: str, context: Context) -> Iterator[Reason]:
    # Cost Management guide: topics must be in the same account as the budget.
    parts = topic.split(":")
    if len(parts) == 6 and parts[0] == "arn" and (parts[1], parts[4]) != (context.partition, context.account_id):
        yield Reason(
            pointer, f"The topic must be in account {context.account_id} ({context.partition}): write region:name."
        )
