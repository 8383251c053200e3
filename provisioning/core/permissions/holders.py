"""The policies that hold for a user, a role or a group, as a snapshot shows them. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from provisioning.core.policy_evaluation import NamedDocument, Policies
from provisioning.core.snapshot import Section, Snapshot

Levels = tuple[tuple[NamedDocument, ...], ...]
SCPS_NOT_READ = "SCPs not read"
PARTS = {"role": "roles", "group": "groups", "user": "users"}


@dataclass(frozen=True)
class World:
    """What is known of an account: its snapshot, AWS's own policies by ARN, and its SCPs (None: they were not read).

    `managed_date` is the date of the table that AWS's own policies come from.
    """

    snapshot: Snapshot
    managed: Mapping[str, str]
    scps: Levels | None = None
    managed_date: str = ""


@dataclass(frozen=True)
class Holder:
    """Who is asked about: a row of the snapshot."""

    kind: str
    row: Mapping[str, Any]

    @property
    def arn(self) -> str:
        """The ARN of the user, role or group."""
        return str(self.row["arn"])

    @property
    def tags(self) -> dict[str, tuple[str, ...]]:
        """Its tags, as AWS puts them into the context of each of its requests."""
        return {f"aws:principaltag/{key}".lower(): (value,) for key, value in self.row.get("tags", {}).items()}

    @property
    def unknown(self) -> frozenset[str]:
        """Keys that depend on which member or session asks: a member's tags, and tags that a session is opened with."""
        return frozenset() if self.kind == "user" else frozenset({"aws:PrincipalTag/*"})


def find_holder(snapshot: Snapshot, kind: str, name: str) -> Holder | None:
    """The row of that name (IAM ignores case), or None. IAM_DETAILS must have been read."""
    rows = snapshot.body(Section.IAM_DETAILS).get(PARTS[kind], ())
    return next((Holder(kind, row) for row in rows if row["name"].lower() == name.lower()), None)


def find_by_arn(snapshot: Snapshot, arn: str) -> Holder | None:
    """The row of that ARN, or None."""
    body = snapshot.body(Section.IAM_DETAILS)
    rows = ((kind, row) for kind, part in PARTS.items() for row in body.get(part, ()))
    return next((Holder(kind, row) for kind, row in rows if row["arn"] == arn), None)


def policies_of(world: World, holder: Holder, *, full: bool = False) -> Policies:
    """Identity policies and boundary; with `full` the account's SCPs too, and that they are missing where they are."""
    boundary = holder.row.get("boundary")
    return Policies(
        identity=tuple(_identity(world, holder)),
        boundary=_managed(world, boundary, f"boundary of {holder.kind} {holder.row['name']}") if boundary else None,
        scps=_levels(world) if full else None,
    )


def _levels(world: World) -> Levels:
    return ((NamedDocument(SCPS_NOT_READ, None),),) if world.scps is None else world.scps


def trust_of(world: World, resource: str) -> NamedDocument | None:
    """The trust of the role that a request is about: the one resource policy that a snapshot holds."""
    found = find_by_arn(world.snapshot, resource) if ":role/" in resource else None
    return NamedDocument(f"trust of role {found.row['name']}", found.row["trust"] or None) if found else None


def _identity(world: World, holder: Holder) -> Iterator[NamedDocument]:
    yield from _held(world, holder)
    for name in holder.row.get("groups", ()):
        group = find_holder(world.snapshot, "group", name)
        if group is None:
            yield NamedDocument(f"group {name}", None)
        else:
            yield from _held(world, group)


def _held(world: World, holder: Holder) -> Iterator[NamedDocument]:
    who = f"{holder.kind} {holder.row['name']}"
    for name, document in holder.row["inline"].items():
        yield NamedDocument(f"{who}, inline policy {name}", document or None)
    for arn in holder.row["attached"]:
        yield _managed(world, arn, who)


def _managed(world: World, arn: str, whose: str) -> NamedDocument:
    name = arn.rpartition("/")[2]
    if ":iam::aws:" in arn:
        return NamedDocument(f"{whose}, AWS policy {name}", world.managed.get(arn))
    rows = world.snapshot.body(Section.IAM_DETAILS).get("policies", ())
    row = next((row for row in rows if row["arn"] == arn), None)
    versions = {} if row is None else {one["id"]: one["document"] for one in row["versions"]}
    text = versions.get(row["default_version"]) if row is not None else None
    return NamedDocument(f"{whose}, policy {name}", text or None)
