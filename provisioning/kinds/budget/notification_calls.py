"""How notifications and their subscribers are edited in place.

AWS gives a notification no id, removes it with its last subscriber, and takes 10 of them, each with 10 addresses and
one topic. So what can be changed is changed, what is new comes before what goes, and room is made only when needed.
What is left of these calls after any of them were made is what would be planned then: an approval stays valid.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from provisioning.core.change import Call
from provisioning.core.fields import Exclusive, Shared
from provisioning.kinds.budget.rules import NOTIFICATIONS
from provisioning.kinds.budget.spec import NotificationKey, Notifications, Subscriber, Subscribers
from provisioning.kinds.budget.words import ADDRESSES, OPERATORS, UNITS, WHEN

Send = Callable[[str, Mapping[str, Any], frozenset[str]], Call]
THERE, GONE = frozenset({"DuplicateRecordException"}), frozenset({"NotFoundException"})
NEVER: frozenset[str] = frozenset()


def sent_notification(key: NotificationKey) -> dict[str, Any]:
    """A Notification as it is sent, always with its ThresholdType."""
    return {
        "NotificationType": WHEN[key.when],
        "ComparisonOperator": OPERATORS[key.operator],
        "Threshold": float(key.threshold),
        "ThresholdType": UNITS[key.unit],
    }


def with_subscribers(key: NotificationKey, subscribers: Iterable[Subscriber]) -> dict[str, Any]:
    """A notification with its subscribers, as CreateBudget and CreateNotification take them."""
    return {"Notification": sent_notification(key), "Subscribers": [_sent(one) for one in sorted(subscribers)]}


def _sent(subscriber: Subscriber) -> dict[str, str]:
    return {"SubscriptionType": ADDRESSES[subscriber.kind], "Address": subscriber.address}


def notification_calls(
    desired: Exclusive[Notifications] | Shared[Notifications], seen: Notifications, send: Send
) -> Iterator[Call]:
    """Every call that leads from `seen` to `desired`, in a safe order."""
    wanted = desired.items
    for key in sorted(wanted.keys() & seen.keys()):
        yield from _subscriber_calls(key, wanted[key], seen[key], send)
    new = {key: wanted[key] for key in sorted(wanted.keys() - seen.keys())}
    old = {key: seen[key] for key in sorted(seen.keys() - wanted.keys())} if isinstance(desired, Exclusive) else {}
    moves = list(_moves(old, new))
    yield from (_move(before, after, send) for before, after in moves)
    moved = {key for move in moves for key in move}
    yield from _exchange(
        [key for key in old if key not in moved],
        {key: subscribers for key, subscribers in new.items() if key not in moved},
        NOTIFICATIONS - len(seen),
        send,
    )


def _moves(
    old: Mapping[NotificationKey, Subscribers], new: Mapping[NotificationKey, Subscribers]
) -> Iterator[tuple[NotificationKey, NotificationKey]]:
    """Pairs of the same subscribers: the threshold moved, the notification stayed."""
    for subscribers in dict.fromkeys(old.values()):
        yield from zip(
            [key for key in old if old[key] == subscribers],
            [key for key in new if new[key] == subscribers],
            strict=False,
        )


def _move(before: NotificationKey, after: NotificationKey, send: Send) -> Call:
    params = {"OldNotification": sent_notification(before), "NewNotification": sent_notification(after)}
    return send("UpdateNotification", params, NEVER)


def _exchange(
    old: Sequence[NotificationKey], new: Mapping[NotificationKey, Subscribers], room: int, send: Send
) -> Iterator[Call]:
    going = iter(old)
    for number, (key, subscribers) in enumerate(new.items()):
        if number >= room and (making_room := next(going, None)):
            yield _delete(making_room, send)
        if isinstance(subscribers, frozenset):
            yield send("CreateNotification", with_subscribers(key, subscribers), THERE)
    yield from (_delete(key, send) for key in going)


def _delete(key: NotificationKey, send: Send) -> Call:
    return send("DeleteNotification", {"Notification": sent_notification(key)}, GONE)


def _subscriber_calls(key: NotificationKey, desired: Subscribers, seen: Subscribers, send: Send) -> Iterator[Call]:
    if not isinstance(desired, frozenset) or not isinstance(seen, frozenset):
        return
    notification = {"Notification": sent_notification(key)}
    swaps, new, old = _swaps(desired - seen, seen - desired)
    for before, after in swaps:
        params = notification | {"OldSubscriber": _sent(before), "NewSubscriber": _sent(after)}
        yield send("UpdateSubscriber", params, NEVER)
    for subscriber in new:
        yield send("CreateSubscriber", notification | {"Subscriber": _sent(subscriber)}, THERE)
    for subscriber in old:
        yield send("DeleteSubscriber", notification | {"Subscriber": _sent(subscriber)}, GONE)


def _swaps(
    new: frozenset[Subscriber], old: frozenset[Subscriber]
) -> tuple[list[tuple[Subscriber, Subscriber]], list[Subscriber], list[Subscriber]]:
    """Each that goes with one of its kind that comes; then what only comes, and what only goes."""
    pairs = [
        pair
        for kind in ADDRESSES
        for pair in zip_longest(
            sorted(one for one in old if one.kind == kind), sorted(one for one in new if one.kind == kind)
        )
    ]
    return (
        [(before, after) for before, after in pairs if before and after],
        [after for before, after in pairs if after and not before],
        [before for before, after in pairs if before and not after],
    )
