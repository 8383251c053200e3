"""A small kind that lives in memory: a thing with an owner, members and labels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from provisioning.core.change import Call, Change, Create, ResourceKey
from provisioning.core.errors import DeclarationError, Reason
from provisioning.core.fields import UNMANAGED, Exclusive, FrozenMap, Shared, Unmanaged
from provisioning.core.kind import Context, Kind, Reread
from provisioning.core.snapshot import Section, Snapshot


@dataclass(frozen=True)
class Thing:
    """`owner` can't be changed once made."""

    owner: str | Unmanaged = UNMANAGED
    members: Exclusive[frozenset[str]] | Shared[frozenset[str]] | Unmanaged = UNMANAGED
    labels: Exclusive[FrozenMap[str, str]] | Shared[FrozenMap[str, str]] | Unmanaged = UNMANAGED
    needs: str = ""


def _bound(declared: Any, make: Any) -> Any:
    if declared is None:
        return UNMANAGED
    if isinstance(declared, Mapping) and "include" in declared:
        return Shared(make(declared["include"]))
    return Exclusive(make(declared))


class FakeKind(Kind[Thing]):
    """Reads things from the section of roles; every change is one call per field."""

    name = "fake.thing"
    sections = frozenset({Section.IAM_ROLES})
    immutable = frozenset({"owner"})
    example: ClassVar[Mapping[str, Any]] = {"One": {"owner": "ann", "members": ["ben"]}}

    def parse(self, name: str, declared: Mapping[str, Any], context: Context) -> Thing:
        if "unreadable" in declared:
            raise DeclarationError([Reason("/unreadable", "not a field")])
        return Thing(
            owner=declared.get("owner", UNMANAGED),
            members=_bound(declared.get("members"), frozenset),
            labels=_bound(declared.get("labels"), FrozenMap),
        )

    def schema(self) -> Mapping[str, Any]:
        return {"type": "object"}

    def identity(self, name: str) -> str:
        return name.lower()

    def observed(self, snapshot: Snapshot) -> Mapping[str, Thing]:
        things = snapshot.body(Section.IAM_ROLES)["things"]
        return {
            name: Thing(
                thing["owner"], Exclusive(frozenset(thing["members"])), Exclusive(FrozenMap(thing.get("labels", {})))
            )
            for name, thing in things.items()
        }

    def inventory(self, snapshot: Snapshot) -> Mapping[str, Mapping[str, Any]]:
        things = snapshot.body(Section.IAM_ROLES)["things"]
        return {name: {"arn": f"arn:{name}", "path": thing.get("path", "/")} for name, thing in things.items()}

    def arn(self, name: str, spec: Thing, context: Context | Snapshot) -> str:
        return f"arn:{name}"

    def references(self, name: str, spec: Thing, context: Context) -> frozenset[ResourceKey]:
        members = spec.members.items if isinstance(spec.members, Exclusive | Shared) else frozenset()
        return frozenset(ResourceKey(self.name, member) for member in members if member.lower().startswith("thing-"))

    def calls(self, change: Change[Thing], snapshot: Snapshot) -> Sequence[Call]:
        actions = frozenset({("fake:Do", f"arn:{change.key.name}")})
        if change.key.name == "stuck":
            return []
        if isinstance(change, Create):
            return [Call("fake", "CreateThing", {"Name": change.key.name}, actions)]
        return [
            Call("fake", "SetField", {"Name": change.key.name, "Field": field}, actions)
            for field in sorted(change.fields - self.immutable)
        ]

    def reread(self, name: str, context: Context) -> Reread:
        yield from ()
        return {}

    def protected(self, name: str, spec: Thing, context: Context) -> str | None:
        return "it is sacred" if name.startswith("sacred") else None

    def risks(self, name: str, desired: Thing, applied: Thing | None, snapshot: Snapshot) -> tuple[str, ...]:
        def admins(thing: Thing | None) -> bool:
            return bool(thing and isinstance(thing.members, Exclusive | Shared) and "root" in thing.members.items)

        return ("admin_grant",) if admins(desired) and not admins(applied) else ()
