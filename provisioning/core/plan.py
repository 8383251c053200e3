"""A plan: ordered changes, each with the exact calls it will make; canonical, digested, bound to its approval."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from graphlib import CycleError, TopologicalSorter
from typing import Any

from provisioning.core.change import Action, Call, ResourceKey
from provisioning.core.plain import Json, canonical, digest, plain

FORMAT = 1
PLACEHOLDER = "{account_id}"
HASHES = frozenset({"before_hash", "after_hash"})


class Risk(StrEnum):
    """High waits for a person who neither asked for it nor wrote it."""

    LOW = "low"
    HIGH = "high"


@dataclass(frozen=True)
class PlannedChange:
    """One change as reviewers see it and as apply is bound to it. `before` and `after` are projections."""

    action: Action
    key: ResourceKey
    fields: tuple[str, ...]
    before: Json
    after: Json
    calls: tuple[Call, ...]
    risk: Risk
    reasons: tuple[str, ...]
    """Codes why the risk is high, e.g. `admin_grant`, `not_owned`."""

    @property
    def before_hash(self) -> str:
        """Digest of what is managed, as it was seen."""
        return digest(self.before)

    @property
    def after_hash(self) -> str:
        """Digest of what is managed, as it is desired."""
        return digest(self.after)

    def to_plain(self) -> dict[str, Any]:
        """The change as canonical JSON data."""
        return {
            "action": self.action.value,
            "key": plain(self.key),
            "fields": list(self.fields),
            "before": self.before,
            "after": self.after,
            "before_hash": self.before_hash,
            "after_hash": self.after_hash,
            "calls": [plain(call) for call in self.calls],
            "risk": self.risk.value,
            "reasons": list(self.reasons),
        }

    @classmethod
    def from_plain(cls, data: Mapping[str, Any]) -> "PlannedChange":
        """Rebuild a stored change."""
        return cls(
            action=Action(data["action"]),
            key=ResourceKey(**data["key"]),
            fields=tuple(data["fields"]),
            before=data["before"],
            after=data["after"],
            calls=tuple(Call.from_plain(call) for call in data["calls"]),
            risk=Risk(data["risk"]),
            reasons=tuple(data["reasons"]),
        )


@dataclass(frozen=True)
class Plan:
    """What one account needs, in a safe order."""

    account_id: str
    changes: tuple[PlannedChange, ...]
    baseline_versions: tuple[str, ...] = ()
    format: int = FORMAT

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON: what an approval names."""
        return digest(self.to_plain())

    @property
    def fingerprint(self) -> str:
        """The digest with account-bound values replaced: equal for equal plans of many accounts."""
        whole = self.to_plain()
        # The hashes say nothing more, and hold account-bound values where they can't be replaced.
        whole["changes"] = [{k: v for k, v in change.items() if k not in HASHES} for change in whole["changes"]]
        return digest(canonical(whole).replace(self.account_id, PLACEHOLDER))

    @property
    def calls(self) -> tuple[Call, ...]:
        """Every call in order."""
        return tuple(call for change in self.changes for call in change.calls)

    @property
    def risk(self) -> Risk:
        """The highest risk of its changes."""
        return Risk.HIGH if any(change.risk is Risk.HIGH for change in self.changes) else Risk.LOW

    def change(self, key: ResourceKey) -> PlannedChange | None:
        """The change of this resource, if the plan has one."""
        return next((change for change in self.changes if change.key == key), None)

    def to_plain(self) -> dict[str, Any]:
        """The plan as canonical JSON data."""
        return {
            "account_id": self.account_id,
            "baseline_versions": list(self.baseline_versions),
            "changes": [change.to_plain() for change in self.changes],
            "format": self.format,
        }

    @classmethod
    def from_plain(cls, data: Mapping[str, Any]) -> "Plan":
        """Rebuild a stored plan. Raises ValueError for a format this version does not know."""
        if data["format"] != FORMAT:
            raise ValueError(f"plan format {data['format']} is not {FORMAT}: look again to make a new plan")
        return cls(
            account_id=data["account_id"],
            changes=tuple(PlannedChange.from_plain(change) for change in data["changes"]),
            baseline_versions=tuple(data["baseline_versions"]),
            format=data["format"],
        )


def in_safe_order(
    changes: Iterable[PlannedChange], references: Mapping[ResourceKey, frozenset[ResourceKey]]
) -> tuple[PlannedChange, ...]:
    """Sort so that what is referenced comes first; otherwise by kind and name, so that the order is always the same."""
    by_key = {change.key: change for change in sorted(changes, key=lambda change: change.key)}
    sorter = TopologicalSorter({key: sorted(references.get(key, frozenset()) & by_key.keys()) for key in by_key})
    try:
        return tuple(by_key[key] for key in sorter.static_order())
    except CycleError as error:
        raise ValueError(f"these resources refer to each other in a circle: {error.args[1]}") from error


def closed_over_references(
    chosen: Iterable[ResourceKey],
    references: Mapping[ResourceKey, frozenset[ResourceKey]],
    among: Iterable[ResourceKey],
) -> frozenset[ResourceKey]:
    """Add every change that (directly or not) refers to a chosen one: it can't go ahead without it."""
    closed = set(chosen)
    waiting = set(among) - closed
    while moved := {key for key in waiting if references.get(key, frozenset()) & closed}:
        closed |= moved
        waiting -= moved
    return frozenset(closed)


def unapproved(
    replanned: Sequence[PlannedChange], approved: Plan, started: frozenset[ResourceKey] = frozenset()
) -> tuple[str, ...]:
    """What moved since the plan was approved; () when everything left to do is in it.

    A change that this plan has `started` (a write of it was recorded) may have another before-state, as long as each
    call that is left was approved.
    """
    return tuple(text for change in replanned if (text := _moved(change, approved.change(change.key), started)))


def _moved(change: PlannedChange, approved: PlannedChange | None, started: frozenset[ResourceKey]) -> str:
    if approved is None:
        return f"{change.key}: not in the approved plan"
    if change.after_hash != approved.after_hash:
        return f"{change.key}: the desired state changed"
    if change.key in started and set(change.calls) <= set(approved.calls):
        return ""
    if change.before_hash != approved.before_hash:
        return f"{change.key}: the account changed since the plan was made"
    if set(change.calls) - set(approved.calls):
        return f"{change.key}: it would now take other calls"
    return ""
