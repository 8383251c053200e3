"""The verdict on an account: computed, never stored, never green by assumption."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Verdict(StrEnum):
    """First that holds (docs/glossary.md), worst first when rolled up."""

    UNASSIGNED = "unassigned"
    UNKNOWN = "unknown"
    DRIFTED = "drifted"
    ATTENTION = "attention"
    IN_SYNC = "in_sync"


class Remedy(StrEnum):
    """Who can repair a drift."""

    AUTO = "auto"
    PERSON = "person"
    NONE = "none"


@dataclass(frozen=True)
class KindFacts:
    """What is known of one kind in one account after its last look."""

    open_auto: int = 0
    open_person: int = 0
    unread: str = ""
    """Reason code when a section this kind needs could not be read."""
    unattested: bool = False
    """Only a person's word shows it, and nobody's is in force now: the look before may have had one that lapsed."""


@dataclass(frozen=True)
class LookFacts:
    """The last finished look of an account, and what stands in the way of believing it."""

    assigned: bool
    last_done_at: datetime | None = None
    last_failure: str = ""
    """Reason code when the newest look failed."""
    not_renderable: bool = False
    set_aside: str = ""
    """The state of an account that nothing is done in any more."""
    not_entered: str = ""
    """The state of an account that was not entered yet, or must be proven anew."""
    desired_changed: bool = False
    """What is declared changed since the last look compared it."""
    interval: timedelta = timedelta(hours=1)


@dataclass(frozen=True)
class Judgement:
    """A verdict, why, and how old what it rests on is."""

    verdict: Verdict
    reason: str
    age: timedelta | None


def judge(look: LookFacts, kind: KindFacts, now: datetime) -> Judgement:
    """The verdict of one kind in one account."""
    if whole := _whole_look(look, now):
        return whole
    age = _age(look, now)
    if kind.open_auto:
        return Judgement(Verdict.DRIFTED, "open_drift", age)
    if kind.unread:
        return Judgement(Verdict.UNKNOWN, kind.unread, age)
    if kind.open_person:
        return Judgement(Verdict.ATTENTION, "needs_a_person", age)
    if kind.unattested:
        return Judgement(Verdict.ATTENTION, "not_attested", age)
    return Judgement(Verdict.IN_SYNC, "", age)


def roll_up(look: LookFacts, kinds: Mapping[str, KindFacts], now: datetime) -> Judgement:
    """The verdict of an account: the first of the glossary's order that holds for any of its kinds."""
    judgements = [judge(look, facts, now) for facts in (*kinds.values(), KindFacts())]
    return min(judgements, key=lambda judgement: _ACROSS_KINDS.index(judgement.verdict))


def _whole_look(look: LookFacts, now: datetime) -> Judgement | None:
    age = _age(look, now)
    if look.set_aside:
        return Judgement(Verdict.UNKNOWN, look.set_aside, age)
    if not look.assigned:
        return Judgement(Verdict.UNASSIGNED, "no_assignment", age)
    if look.not_entered:
        return Judgement(Verdict.UNKNOWN, look.not_entered, age)
    if look.not_renderable:
        return Judgement(Verdict.UNKNOWN, "not_renderable", age)
    if look.last_failure:
        return Judgement(Verdict.UNKNOWN, look.last_failure, age)
    if age is None:
        return Judgement(Verdict.UNKNOWN, "never_looked", age)
    if look.desired_changed:
        return Judgement(Verdict.UNKNOWN, "desired_changed", age)
    return Judgement(Verdict.UNKNOWN, "too_old", age) if age > 2 * look.interval else None


def _age(look: LookFacts, now: datetime) -> timedelta | None:
    return now - look.last_done_at if look.last_done_at else None


_ACROSS_KINDS = [Verdict.UNASSIGNED, Verdict.DRIFTED, Verdict.UNKNOWN, Verdict.ATTENTION, Verdict.IN_SYNC]


def worst(verdicts: Iterable[Verdict]) -> Verdict | None:
    """The verdict of many accounts at once, for a summary line."""
    order = list(Verdict)
    return min(verdicts, key=order.index, default=None)
