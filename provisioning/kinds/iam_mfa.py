"""MFA: who must have a device, and of which type. Observed only: nobody can enrol a device for somebody else.

ListMFADevices of a user shows virtual, hardware and FIDO devices alike; ListVirtualMFADevices the virtual ones of the
account, root's among them, and no others (IAM user guide, "Checking MFA status").
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, get_args

from provisioning.core.change import Call, Change, ResourceKey
from provisioning.core.diff import Difference
from provisioning.core.fields import UNMANAGED, Rule, Unmanaged
from provisioning.core.kind import Context, Kind, Reread
from provisioning.core.snapshot import Complete, Section, Snapshot
from provisioning.kinds.declaration import Declaration, json_schema, read, undeclared
from provisioning.kinds.iam_names import SHORT_NAME, arn, name_faults

CONSOLE_USERS = "*"
"""The item that holds for everybody with a console password who has no item of its own, declared or not."""
ROOT = "<root_account>"
"""As the credential report calls it: no user can have this name."""
Type = Literal["virtual", "hardware", "passkey"]
_ALL: frozenset[str] = frozenset(get_args(Type))
_NOT_VIRTUAL = _ALL - {"virtual"}


@dataclass(frozen=True)
class Holder:
    """Who signs in with what. `others`: types that nobody can tell from one another of root's further devices."""

    name: str
    has_password: bool
    types: frozenset[str]
    others: bool = False

    @property
    def is_root(self) -> bool:
        """Whether it is the account's root user."""
        return self.name == ROOT

    def has_one_of(self, required: frozenset[str]) -> bool:
        """Whether a device of these types is there for sure."""
        return bool(self.types & required) or (self.others and required >= _NOT_VIRTUAL)


@dataclass(frozen=True)
class Holders:
    """Everybody one item is about."""

    holders: tuple[Holder, ...]

    def to_plain(self) -> Any:
        return [_shown(holder) for holder in self.holders]


@dataclass(frozen=True)
class Required(Rule):
    """One device of these types at least, for whoever can sign in. `apart`: users with an item of their own."""

    types: frozenset[str]
    apart: frozenset[str] = field(default=frozenset(), compare=False)

    def broken_by(self, observed: Any) -> Mapping[str, Any]:
        holders = observed.holders if isinstance(observed, Holders) else ()
        bound = (one for one in holders if one.has_password and one.name.lower() not in self.apart)
        return {one.name: _shown(one) for one in bound if not one.has_one_of(self.types)}

    def to_plain(self) -> Any:
        return "any" if self.types == _ALL else sorted(self.types)


@dataclass(frozen=True)
class MfaSpec:
    """The rule on one side, who signs in with what on the other."""

    required: Required | Holders | Unmanaged = UNMANAGED


class MfaDeclaration(Declaration):
    """The field of one `iam.mfa`: a user's name, * for everybody with a console password, or <root_account>."""

    required: Literal["any"] | list[Type] = undeclared(
        description="At least one device of these types (virtual, hardware, passkey), or any."
    )


class MfaKind(Kind[MfaSpec]):
    """`iam.mfa`."""

    name: ClassVar[str] = "iam.mfa"
    is_rule: ClassVar[bool] = True
    sections: ClassVar[frozenset[Section]] = frozenset({Section.IAM_DETAILS})
    runbook: ClassVar[str] = "docs/runbooks/mfa.md"
    example: ClassVar[Mapping[str, Any]] = {"ann": {"required": ["hardware", "passkey"]}}

    def parse(self, name: str, declared: Mapping[str, Any], context: Context) -> MfaSpec:
        faults = () if name in {CONSOLE_USERS, ROOT} else name_faults(name, SHORT_NAME, "a user")
        model = read(MfaDeclaration, declared, context, faults)
        if "required" not in model.model_fields_set:
            return MfaSpec()
        apart = context.named.get(self.name, frozenset()) if name == CONSOLE_USERS else frozenset()
        return MfaSpec(Required(_ALL if model.required == "any" else frozenset(model.required), apart))

    def schema(self) -> Mapping[str, Any]:
        return json_schema(MfaDeclaration)

    def identity(self, name: str) -> str:
        return name.lower()

    def asks(self, name: str, declared: Mapping[str, Any], context: Context) -> Mapping[Section, frozenset[str]]:
        if name == ROOT:
            return {Section.ROOT_MFA: frozenset({ROOT})}
        return {Section.USER_MFA: frozenset({name.lower()})}

    def observed(self, snapshot: Snapshot) -> Mapping[str, MfaSpec]:
        users = [*_users(snapshot)]
        by_item: dict[str, tuple[Holder, ...]] = {user.name: (user,) for user in users}
        if Section.USER_MFA in snapshot.sections:
            by_item[CONSOLE_USERS] = tuple(users)
        by_item |= {root.name: (root,) for root in _root(snapshot)}
        return {name: MfaSpec(Holders(holders)) for name, holders in by_item.items()}

    def arn(self, name: str, spec: MfaSpec, context: Context | Snapshot) -> str:
        return arn(context, "root", "", "") if name == ROOT else arn(context, "user", "/", name)

    def references(self, name: str, spec: MfaSpec, context: Context) -> frozenset[ResourceKey]:
        return frozenset()

    def calls(self, change: Change[MfaSpec], snapshot: Snapshot) -> Sequence[Call]:
        return ()

    def reread(self, name: str, context: Context) -> Reread:
        yield from ()
        return {}

    def protected(self, name: str, spec: MfaSpec, context: Context) -> str | None:
        return None

    def risks(self, name: str, desired: MfaSpec, applied: MfaSpec | None, snapshot: Snapshot) -> tuple[str, ...]:
        return ()

    def person(self, name: str, difference: Difference, snapshot: Snapshot) -> str | None:
        seen = difference.observed
        if not isinstance(seen, dict):
            return "user_does_not_exist"
        if name == ROOT:
            if seen["devices"]:
                return "root_mfa_wrong_type"
            return "root_without_mfa"
        return "mfa_wrong_type" if seen["devices"] else "mfa_not_enrolled"

    def subject(self, name: str, context: Context) -> ResourceKey | None:
        return ResourceKey("iam.user", name) if name.lower() in context.users else None


def device_type(serial: str) -> str:
    """What a serial number tells: an ARN of `mfa/` is virtual, one of `u2f/` a passkey or security key, a plain number
    hardware (IAM API reference, MFADevice). Anything else is named as it is and satisfies no type.
    """
    if not serial.startswith("arn:"):
        return "hardware"
    resource = serial.split(":", 5)[5].partition("/")[0]
    return {"mfa": "virtual", "u2f": "passkey"}.get(resource, resource)


def _users(snapshot: Snapshot) -> Iterable[Holder]:
    section = snapshot.sections.get(Section.USER_MFA)
    rows = section.body["user_mfa"] if isinstance(section, Complete) else ()
    return (Holder(row["name"], row["has_password"], frozenset(map(device_type, row["devices"]))) for row in rows)


def _root(snapshot: Snapshot) -> Iterable[Holder]:
    section = snapshot.sections.get(Section.ROOT_MFA)
    if isinstance(section, Complete):
        seen = section.body["root_mfa"]
        types = frozenset({"virtual"} if seen["virtual"] else ())
        yield Holder(ROOT, seen["has_password"], types, others=bool(seen["enabled"]) and not types)


def _shown(holder: Holder) -> dict[str, Any]:
    devices = [*sorted(holder.types), *(["hardware or passkey"] if holder.others else [])]
    return {"user": holder.name, "console": holder.has_password, "devices": devices}
