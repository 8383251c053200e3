"""After a CreateAccount whose answer nobody heard: did it happen? Pure.

CreateAccount has no idempotency token, and a status shows no e-mail address. What can be told for certain comes from
the mark that each account of ours is tagged with as it is made; what can't be told is a person's to find out.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

MARK = "firstline:account-request"
"""The tag by which an account is known to come of one request: its value is the request's id."""
CLOCKS_APART = timedelta(minutes=5)
"""So far AWS's clock and ours may stand apart."""


@dataclass(frozen=True)
class Status:
    """One row of ListCreateAccountStatus: `state` is IN_PROGRESS, SUCCEEDED or FAILED."""

    id: str
    name: str
    state: str
    requested_at: datetime
    account_id: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Holder:
    """The account of the organisation that has the e-mail address; `mark` is the value of its tag MARK."""

    account_id: str
    joined_at: datetime
    mark: str = ""


class Outcome(Enum):
    """What became of it."""

    CREATED = auto()
    UNDER_WAY = auto()
    FAILED = auto()
    ADDRESS_TAKEN = auto()
    NOTHING = auto()
    """It never arrived, or AWS does not show it yet."""
    IN_DOUBT = auto()


@dataclass(frozen=True)
class Finding:
    """The outcome, and what shows it."""

    outcome: Outcome
    status: Status | None = None
    account_id: str = ""


def judge(
    *,
    request_id: str,
    name: str,
    sent_at: datetime,
    statuses: Sequence[Status],
    holder: Holder | None,
    others: Collection[str] = (),
) -> Finding:
    """What became of the request that was sent at `sent_at`.

    `statuses`: but for those known to be of other requests; `others`: accounts listed with another address.
    """
    ours = [
        one
        for one in statuses
        if one.name == name and one.requested_at >= sent_at - CLOCKS_APART and one.account_id not in others
    ]
    if holder is not None:
        return _of_holder(holder, request_id, sent_at, ours)
    failed = [one for one in ours if one.state == "FAILED"]
    if len(failed) < len(ours):
        # Where there are several, wait for the account to be listed: its mark tells.
        return Finding(Outcome.UNDER_WAY, ours[0] if len(ours) == 1 else None)
    if len(failed) == 1:
        return Finding(Outcome.FAILED, failed[0])
    return Finding(Outcome.IN_DOUBT if failed else Outcome.NOTHING)


def _of_holder(holder: Holder, request_id: str, sent_at: datetime, ours: Sequence[Status]) -> Finding:
    """Whose account it is that has the address: no second one can have it."""
    if holder.mark == request_id:
        status = next((one for one in ours if one.account_id == holder.account_id), None)
        return Finding(Outcome.CREATED, status, holder.account_id)
    if holder.mark or holder.joined_at < sent_at - CLOCKS_APART:
        return Finding(Outcome.ADDRESS_TAKEN, account_id=holder.account_id)
    return Finding(Outcome.IN_DOUBT, account_id=holder.account_id)


def mark_of(tags: Mapping[str, str]) -> str:
    """Which request an account's tags say it came of."""
    return tags.get(MARK, "")
