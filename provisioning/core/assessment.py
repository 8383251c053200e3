"""What an assessment of one account rests on, and what it is made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from provisioning.core.change import ResourceKey
from provisioning.core.desired import ClosedScope, DesiredItem, Origin
from provisioning.core.diff import Difference
from provisioning.core.kind import Context, Kind
from provisioning.core.plan import PlannedChange
from provisioning.core.snapshot import Snapshot
from provisioning.core.verdict import Remedy


@dataclass(frozen=True)
class Applied:
    """What the ledger knows of an owned resource: its last applied declaration (None: adopted, never applied)."""

    declared: Mapping[str, Any] | None


@dataclass(frozen=True)
class Finding:
    """One difference with who can repair it and, for a person, why."""

    key: ResourceKey
    difference: Difference
    remedy: Remedy
    reason: str = ""
    arn: str = ""
    """Of an extra resource; a declared one's is its item's."""


@dataclass(frozen=True)
class ItemAssessment:
    """One desired item after a look."""

    item: DesiredItem
    key: ResourceKey
    findings: tuple[Finding, ...]
    change: PlannedChange | None
    references: frozenset[ResourceKey]
    protected: str | None = None
    arn: str = ""


@dataclass(frozen=True)
class Assessment:
    """One account after a look.

    `unread`: kind -> reason; items of those kinds are in no other list. `unmanaged`: kind -> count. `others`: what is
    found beside the kinds, with its origins; `undecided`: kind -> (name, path) that cannot be told, the rest can.
    """

    items: tuple[ItemAssessment, ...]
    extras: tuple[Finding, ...]
    unread: Mapping[str, str]
    unmanaged: Mapping[str, int]
    others: tuple[tuple[Finding, tuple[Origin, ...]], ...] = ()
    undecided: Mapping[str, frozenset[tuple[str, str]]] = field(default_factory=dict)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All differences of the account."""
        own = (finding for item in self.items for finding in item.findings)
        return (*own, *self.extras, *(finding for finding, _ in self.others))

    @property
    def origins(self) -> dict[ResourceKey, tuple[Origin, ...]]:
        """Which baselines are behind what was found."""
        others = {finding.key: origins for finding, origins in self.others}
        return others | {item.key: item.item.origins for item in self.items}

    def shows(self, kind: str, name: str, path: str) -> bool:
        """Whether a difference of it would have been found, had there been one."""
        if kind in self.undecided:
            return (name, path) not in self.undecided[kind]
        return kind not in self.unread


@dataclass(frozen=True)
class Inputs:
    """Everything an assessment depends on."""

    items: tuple[DesiredItem, ...]
    closed: tuple[ClosedScope, ...]
    snapshot: Snapshot
    context: Context
    owned: Mapping[ResourceKey, Applied]
    """By key with the name as the kind compares it (`Kind.identity`)."""
    kinds: Mapping[str, Kind[Any]]
    kept: frozenset[str] = frozenset()
    """Kinds of which whatever we own and nobody declares any more is extra: those a payer keeps for members."""
