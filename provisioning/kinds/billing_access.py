"""IAM access to billing: one switch per account that only its root user can turn, in the console.

No API reads or changes it (Billing guide, "Activating access to the Billing console"), and calls to Budgets or Cost
Explorer succeed whichever way it stands, so they prove nothing. What is observed is what a person attested.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
    sections: ClassVar[frozenset[Section]] = frozenset({Section.ATTESTATIONS})
    runbook: ClassVar[str] = "docs/runbooks/billing-access.md"
    example: ClassVar[Mapping[str, Any]] = {"account": {"activated": True}}

    def parse(self, name: str, declared: Mapping[str, Any], context: Context) -> BillingAccessSpec:
        return BillingAccessSpec(read(BillingAccessDeclaration, declared, context).activated)

    def schema(self) -> Mapping[str, Any]:
        return json_schema(BillingAccessDeclaration)

    def identity(self, name: str) -> str:
        return name

    def observed(self, snapshot: Snapshot) -> Mapping[str, BillingAccessSpec]:
        rows = snapshot.body(Section.ATTESTATIONS)["attested"]
        return {row["name"]: BillingAccessSpec(row["value"]["activated"]) for row in rows if row["kind"] == self.name}

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
        return "attested_otherwise" if difference.path else "not_attested"
