"""IAM access to billing: one switch per account that only its root user can turn, in the console.

No API reads or changes it (Billing guide, "Activating access to the Billing console"), and calls to Budgets or Cost
Explorer succeed whichever way it stands, so they prove nothing. What is observed is what a person attested, until
CloudTrail shows that somebody turned it afterwards: the event does not say which way, so nobody's word holds then.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from pydantic import Field

from provisioning.core.change import Call, Change, ResourceKey
from provisioning.core.diff import Difference
from provisioning.core.fields import UNMANAGED, Unmanaged
from provisioning.core.kind import Context, Kind, Reread
from provisioning.core.snapshot import Section, Snapshot
from provisioning.kinds.declaration import Declaration, json_schema, read
from provisioning.kinds.iam_names import arn


@dataclass(frozen=True)
class BillingAccessSpec:
    """Which way the switch stands, or should."""

    activated: bool | Unmanaged = UNMANAGED


class BillingAccessDeclaration(Declaration):
    """The one field of `billing_access`."""

    activated: bool = Field(description="Whether users and roles with the permission see the billing pages.")


class BillingAccessKind(Kind[BillingAccessSpec]):
    """`billing_access`."""

    name: ClassVar[str] = "billing_access"
    only: ClassVar[str] = "account"
    sections: ClassVar[frozenset[Section]] = frozenset({Section.ATTESTATIONS, Section.BILLING_EVENTS})
    runbook: ClassVar[str] = "docs/runbooks/billing-access.md"
    example: ClassVar[Mapping[str, Any]] = {"account": {"activated": True}}

    def parse(self, name: str, declared: Mapping[str, Any], context: Context) -> BillingAccessSpec:
        return BillingAccessSpec(read(BillingAccessDeclaration, declared, context).activated)

    def schema(self) -> Mapping[str, Any]:
        return json_schema(BillingAccessDeclaration)

    def identity(self, name: str) -> str:
        return name

    def observed(self, snapshot: Snapshot) -> Mapping[str, BillingAccessSpec]:
        rows = [row for row in _attested(snapshot) if not _turned_after(row, snapshot)]
        return {row["name"]: BillingAccessSpec(row["value"]["activated"]) for row in rows}

    def arn(self, name: str, spec: BillingAccessSpec, context: Context | Snapshot) -> str:
        """The root user's: the switch has none, and only root turns it."""
        return arn(context, "root", "", "")

    def references(self, name: str, spec: BillingAccessSpec, context: Context) -> frozenset[ResourceKey]:
        return frozenset()

    def calls(self, change: Change[BillingAccessSpec], snapshot: Snapshot) -> Sequence[Call]:
        return ()

    def reread(self, name: str, context: Context) -> Reread:
        yield from ()
        return {}

    def protected(self, name: str, spec: BillingAccessSpec, context: Context) -> str | None:
        return None

    def risks(
        self, name: str, desired: BillingAccessSpec, applied: BillingAccessSpec | None, snapshot: Snapshot
    ) -> tuple[str, ...]:
        return ()

    def person(self, name: str, difference: Difference, snapshot: Snapshot) -> str | None:
        if difference.path:
            return "attested_otherwise"
        return "turned_after_attested" if _attested(snapshot) else "not_attested"


def _attested(snapshot: Snapshot) -> list[Mapping[str, Any]]:
    rows = snapshot.body(Section.ATTESTATIONS)["attested"]
    return [row for row in rows if row["kind"] == BillingAccessKind.name]


def _turned_after(row: Mapping[str, Any], snapshot: Snapshot) -> bool:
    events = snapshot.body(Section.BILLING_EVENTS)["events"]
    said = datetime.fromisoformat(row["at"])
    return any(datetime.fromisoformat(event["at"]) > said for event in events)
