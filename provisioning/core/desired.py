"""What one account should look like: the merged, rendered items of all its assignments, as data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from provisioning.core.plain import digest


class Mode(StrEnum):
    """What we may do about drift of an item; the weakest of all assignments wins."""

    OBSERVE = "observe"
    ENFORCE = "enforce"

    @property
    def strength(self) -> int:
        """0 for the weakest."""
        return list(Mode).index(self)


@dataclass(frozen=True)
class Origin:
    """Where an item comes from; data only, so that nothing points back to the templates.

    `author` wrote the version, `assigned_by` chose where it holds and with which parameters: neither may approve.
    `member`: the account it is declared for, where another one, the payer, keeps it.
    """

    baseline: str
    version: int
    assignment: str
    author: str
    approved_for_production: bool = False
    assigned_by: tuple[str, ...] = ()
    member: str = ""

    def to_plain(self) -> dict[str, Any]:
        """As JSON data; without a member where there is none."""
        return {name: value for name, value in vars(self).items() if name != "member" or value}

    def __str__(self) -> str:
        return f"{self.baseline} v{self.version}"


@dataclass(frozen=True)
class DesiredItem:
    """One declared resource: `declared` is its rendered fields, not yet read by its kind."""

    kind: str
    name: str
    declared: Mapping[str, Any] = field(hash=False)
    mode: Mode
    origins: tuple[Origin, ...]

    def to_plain(self) -> dict[str, Any]:
        """As JSON data."""
        return {
            "kind": self.kind,
            "name": self.name,
            "declared": self.declared,
            "mode": self.mode.value,
            "origins": [origin.to_plain() for origin in self.origins],
        }

    @classmethod
    def from_plain(cls, data: Mapping[str, Any]) -> "DesiredItem":
        """Rebuild what was stored."""
        return cls(data["kind"], data["name"], data["declared"], Mode(data["mode"]), _origins(data["origins"]))


@dataclass(frozen=True)
class ClosedScope:
    """Resources of `kind` below `path` that nobody declared are extra."""

    kind: str
    path: str
    origins: tuple[Origin, ...]


@dataclass(frozen=True)
class DesiredCheck:
    """What a principal may or may not do. `holder` is `role`, `group` or `user`, and `principal` its name.

    Every action must be `expect`ed (`allowed` or `denied`) on every resource; `context` is what the request brings.
    """

    holder: str
    principal: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    context: Mapping[str, tuple[str, ...]] = field(hash=False)
    expect: str
    considers: str = "identity"
    name: str = ""
    description: str = ""
    origins: tuple[Origin, ...] = ()

    @property
    def question(self) -> str:
        """Digest of what is asked; the expectation, name, description and origins are not part of it."""
        context = {key.lower(): values for key, values in self.context.items()}
        asked = (self.holder, self.principal.lower(), sorted(self.actions), sorted(self.resources), context)
        return digest([*asked, self.considers])

    @property
    def key(self) -> str:
        """What it goes by: its name, or who is meant, what is expected, and a few digits of the question."""
        return self.name or f"{self.holder} {self.principal[:64]} {self.expect} {self.question[:8]}"

    def to_plain(self) -> dict[str, Any]:
        """As JSON data."""
        context = {key: list(values) for key, values in self.context.items()}
        lists = {"actions": list(self.actions), "resources": list(self.resources), "context": context}
        return {**vars(self), **lists, "origins": [origin.to_plain() for origin in self.origins]}

    @classmethod
    def from_plain(cls, data: Mapping[str, Any]) -> "DesiredCheck":
        """Rebuild what was stored."""
        tuples = {name: tuple(data[name]) for name in ("actions", "resources")}
        context = {key: tuple(values) for key, values in data["context"].items()}
        return cls(**{**data, **tuples, "context": context, "origins": _origins(data["origins"])})


@dataclass(frozen=True)
class DesiredAccount:
    """Everything desired of one account. Stored as `to_plain`, one generation after the other.

    `at_payer`: declared for it but kept in the management account, by the names they have there; shown here only.
    """

    items: tuple[DesiredItem, ...]
    closed: tuple[ClosedScope, ...] = ()
    checks: tuple[DesiredCheck, ...] = ()
    at_payer: tuple[DesiredItem, ...] = ()

    def to_plain(self) -> dict[str, Any]:
        """As JSON data, sorted, so that equal desires have equal digests."""
        elsewhere = {"at_payer": _plain_items(self.at_payer)} if self.at_payer else {}
        return elsewhere | {
            "items": _plain_items(self.items),
            "closed": [
                {"kind": scope.kind, "path": scope.path, "origins": [origin.to_plain() for origin in scope.origins]}
                for scope in sorted(self.closed, key=lambda scope: (scope.kind, scope.path))
            ],
            # Left out where there are none, so that states stored before there were checks keep their digests.
            **({"checks": [check.to_plain() for check in self._sorted_checks()]} if self.checks else {}),
        }

    def _sorted_checks(self) -> list[DesiredCheck]:
        return sorted(self.checks, key=lambda check: (check.key, check.question))

    @classmethod
    def from_plain(cls, data: Mapping[str, Any]) -> "DesiredAccount":
        """Rebuild what was stored."""
        return cls(
            items=tuple(DesiredItem.from_plain(item) for item in data["items"]),
            at_payer=tuple(DesiredItem.from_plain(item) for item in data.get("at_payer", ())),
            closed=tuple(
                ClosedScope(scope["kind"], scope["path"], _origins(scope["origins"])) for scope in data["closed"]
            ),
            checks=tuple(DesiredCheck.from_plain(check) for check in data.get("checks", ())),
        )


def _plain_items(items: tuple[DesiredItem, ...]) -> list[dict[str, Any]]:
    return [item.to_plain() for item in sorted(items, key=lambda item: (item.kind, item.name))]


def _origins(data: list[dict[str, Any]]) -> tuple[Origin, ...]:
    return tuple(Origin(**{**origin, "assigned_by": tuple(origin.get("assigned_by", ()))}) for origin in data)
