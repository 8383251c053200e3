"""What becomes of an account when a complete discovery found it, or did not. Pure.

AWS's word counts for where an account stands, its name and its state; people's for its environment, its owner, and the
tags they set. Nobody has left because one discovery did not see them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from access.scopes import is_below
from accounts.life import CHECKED, MOVES, SET_ASIDE, Step
from accounts.models import Account, DiscoveredAccount

ACTIVE = "ACTIVE"
LEFT = "left_organisation"
_REASON = "aws_"
MOST_GONE, MOST_GONE_SHARE = 5, 0.1
"""More than so many, and more than this share of the organisation, gone at once: a person says so, not a discovery."""


class Told(StrEnum):
    """Why somebody should look at an account."""

    ENVIRONMENT_UNDECIDED = "environment_undecided"
    NOT_IN_ORGANISATION = "not_in_organisation"
    MISSING = "missing"
    HELD_BACK = "held_back"
    SET_ASIDE_BY_A_PERSON = "set_aside_by_a_person"


@dataclass(frozen=True)
class Event:
    """One thing that changed, as the history has it."""

    verb: str
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    detail: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Finding:
    """What is stored of an account and told about it; `step` first. Empty where nothing changed."""

    fields: Mapping[str, Any] = field(default_factory=dict)
    events: tuple[Event, ...] = ()
    step: Step | None = None
    reason: str = ""

    def __bool__(self) -> bool:
        return bool(self.fields or self.events or self.step)


@dataclass(frozen=True)
class Rules:
    """What holds for all accounts of one discovery. `held_back`: nobody may leave by it."""

    discovery_id: UUID
    management_account: str
    environments: Mapping[str, str]
    held_back: bool = False

    def environment_of(self, ou_path: str) -> str:
        """The environment of the nearest unit that the mapping names; '' for none."""
        fitting = [ou for ou in self.environments if is_below(ou_path, ou)]
        return self.environments[max(fitting, key=len)] if fitting else ""

    def found(self, account: Account, seen: DiscoveredAccount) -> Finding:
        """The account as AWS shows it now."""
        events: list[Event] = []
        moved = self._moved(account, seen.ou_path, events)
        wanted = {
            **moved,
            "name": seen.name,
            "email": seen.email,
            "tags": merged_tags(account.tags, account.aws_tags, seen.tags or {}),
            "aws_tags": seen.tags or {},
            "aws_state": seen.aws_state,
            "joined_method": seen.joined_method,
            "joined_at": seen.joined_at,
            "is_management_account": account.pk == self.management_account,
            "in_organisation": True,
            "missed_in": None,
        }
        fields = _different(account, wanted)
        events += _facts_changed(account, fields)
        step, reason = _step(account, seen.aws_state)
        if reason and step is None and account.state_reason != reason:
            fields |= {"state_reason": reason}
            events.append(Event("account.aws_state_changed", {"aws": account.aws_state}, {"aws": seen.aws_state}))
        return Finding(fields, tuple(events), step, reason if step else "")

    def absent(self, account: Account) -> Finding:
        """The account was found nowhere."""
        if account.in_organisation is None:
            return Finding({"in_organisation": False}, (Event("account.not_in_organisation"),))
        if not account.in_organisation or account.missed_in == self.discovery_id:
            return Finding()
        if account.missed_in is None:
            return Finding({"missed_in": self.discovery_id}, (Event("account.missing"),))
        if self.held_back:
            return Finding()
        step = Step.LEFT if account.state in MOVES[Step.LEFT][0] else None
        return Finding({"in_organisation": False, "missed_in": None}, (), step, LEFT)

    def told(self, account: Account) -> Told | None:
        """Why somebody should look at the account as it now is."""
        if account.state == Account.State.LEFT and not account.in_organisation:
            return None
        if account.in_organisation is False:
            return Told.NOT_IN_ORGANISATION
        if account.missed_in is not None:
            return Told.MISSING if account.missed_in == self.discovery_id else Told.HELD_BACK
        if account.state in SET_ASIDE and account.aws_state == ACTIVE:
            return Told.SET_ASIDE_BY_A_PERSON
        return None if account.environment or account.state in SET_ASIDE else Told.ENVIRONMENT_UNDECIDED

    def _moved(self, account: Account, ou_path: str, events: list[Event]) -> dict[str, Any]:
        """Its place, and the environment that goes with it: `prod` is left only by a person."""
        if account.ou_path == ou_path:
            return {}
        mapped = self.environment_of(ou_path)
        kept = not mapped or account.environment == Account.Environment.PROD
        environment = account.environment if kept else mapped
        detail = {"environment_kept": "prod"} if mapped and mapped != environment else None
        before = {"ou_path": account.ou_path, "environment": account.environment}
        events.append(Event("account.moved", before, {"ou_path": ou_path, "environment": environment}, detail))
        return {"ou_path": ou_path, "environment": environment}


def merged_tags(now: Mapping[str, str], theirs_before: Mapping[str, str], theirs: Mapping[str, str]) -> dict[str, str]:
    """AWS's tags, and over them those that people set here: what is as AWS had it last follows AWS."""
    ours = {key: value for key, value in now.items() if theirs_before.get(key) != value}
    return {**theirs, **ours}


def too_many_gone(leaving: int, members: int) -> bool:
    """Whether so many would leave at once that the reading is doubted."""
    return leaving > MOST_GONE and leaving > members * MOST_GONE_SHARE


def _different(account: Account, wanted: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in wanted.items() if getattr(account, name) != value}


def _facts_changed(account: Account, fields: Mapping[str, Any]) -> Iterable[Event]:
    if "name" in fields:
        yield Event("account.renamed", {"name": account.name}, {"name": fields["name"]})
    if "email" in fields and account.email:
        yield Event("account.email_changed")
    if "tags" in fields:
        yield Event("account.tags_changed", {"tags": account.tags}, {"tags": fields["tags"]})
    if fields.get("is_management_account"):
        yield Event("account.marked_as_management")
    if account.missed_in is not None:
        yield Event("account.seen_again")
    if account.in_organisation is False:
        yield Event("account.found_in_organisation")


def _step(account: Account, aws_state: str) -> tuple[Step | None, str]:
    """What AWS's state asks for. An unknown one asks for nothing; what a person set aside stays so."""
    by_aws = account.state_reason.startswith(_REASON) or account.state_reason == LEFT
    if aws_state == ACTIVE:
        return (Step.RETURNED, "aws_active") if account.state in SET_ASIDE and by_aws else (None, "")
    if not aws_state or account.state == Account.State.LEFT:
        return None, ""
    reason = f"{_REASON}{aws_state.lower()}"
    if account.state in CHECKED:
        return Step.SUSPENDED, reason
    return None, reason if by_aws else ""
