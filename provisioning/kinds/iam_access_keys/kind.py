"""The access-keys kind: rules about keys, and the two calls that keep them.

A key is made by its user or handed over on an explicit request, never by a plan. One that breaks a rule is deactivated,
which can be taken back; it is deleted only when it was seen inactive for the grace time.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, ClassVar

from pydantic import Field

from provisioning.core.change import Call, Change, Create, ResourceKey
from provisioning.core.diff import Difference
from provisioning.core.fields import UNMANAGED
from provisioning.core.kind import Context, Kind, Reread
from provisioning.core.snapshot import Section, Snapshot
from provisioning.kinds.declaration import Declaration, json_schema, read, undeclared
from provisioning.kinds.iam_access_keys.reread import reread_keys
from provisioning.kinds.iam_access_keys.spec import (
    EVERY_USER,
    AccessKeysSpec,
    Allowed,
    AtMost,
    Grace,
    Key,
    KeyRule,
    MaxAge,
    MaxUnused,
    observed_keys,
)
from provisioning.kinds.iam_names import SHORT_NAME, arn, name_faults
from provisioning.kinds.iam_protected import protected_user

Days = Annotated[int, Field(ge=1, le=3650)]
RULES: Mapping[str, type[KeyRule]] = {
    "allowed": Allowed,
    "at_most": AtMost,
    "max_age_days": MaxAge,
    "max_unused_days": MaxUnused,
    "grace_days": Grace,
}


class AccessKeysDeclaration(Declaration):
    """The fields of one `iam.access_keys`: a user's name, or * for every declared user without an item of its own."""

    allowed: bool = undeclared(description="false: no access key may work.")
    at_most: Annotated[int, Field(ge=0, le=2)] = undeclared(description="How many may work; the oldest are too many.")
    max_age_days: Days = undeclared(description="How many days a key may work.")
    max_unused_days: Days = undeclared(description="How many days a key may work without being used.")
    grace_days: Days = undeclared(description="Days from when a key is seen inactive until it is deleted; else never.")


class AccessKeysKind(Kind[AccessKeysSpec]):
    """`iam.access_keys`."""

    name: ClassVar[str] = "iam.access_keys"
    is_rule: ClassVar[bool] = True
    sections: ClassVar[frozenset[Section]] = frozenset({Section.IAM_DETAILS, Section.ACCESS_KEYS})
    runbook: ClassVar[str] = "docs/runbooks/access-keys.md"
    writes: ClassVar[frozenset[tuple[str, str]]] = frozenset(
        {("iam:UpdateAccessKey", "user/*"), ("iam:DeleteAccessKey", "user/*")}
    )
    rereads: ClassVar[frozenset[str]] = frozenset({"iam:GetUser", "iam:ListAccessKeys", "iam:GetAccessKeyLastUsed"})
    example: ClassVar[Mapping[str, Any]] = {
        "ann": {"allowed": True, "at_most": 1, "max_age_days": 90, "max_unused_days": 45, "grace_days": 14}
    }

    def parse(self, name: str, declared: Mapping[str, Any], context: Context) -> AccessKeysSpec:
        faults = () if name == EVERY_USER else name_faults(name, SHORT_NAME, "a user")
        model = read(AccessKeysDeclaration, declared, context, faults)
        apart = context.named.get(self.name, frozenset()) if name == EVERY_USER else frozenset()
        kept = frozenset(user.lower() for user in context.break_glass)
        values = {field: getattr(model, field) for field in RULES}
        return AccessKeysSpec(
            **{field: RULES[field](value, apart, kept) for field, value in values.items() if value is not UNMANAGED}
        )

    def schema(self) -> Mapping[str, Any]:
        return json_schema(AccessKeysDeclaration)

    def identity(self, name: str) -> str:
        return name.lower()

    def asks(self, name: str, declared: Mapping[str, Any], context: Context) -> Mapping[Section, frozenset[str]]:
        names = context.users - context.named.get(self.name, frozenset()) if name == EVERY_USER else {name.lower()}
        asked = frozenset(names)
        needs_use = "max_unused_days" in declared
        return {Section.ACCESS_KEYS: asked, **({Section.ACCESS_KEY_USE: asked} if needs_use else {})}

    def observed(self, snapshot: Snapshot) -> Mapping[str, AccessKeysSpec]:
        return observed_keys(snapshot)

    def arn(self, name: str, spec: AccessKeysSpec, context: Context | Snapshot) -> str:
        return arn(context, "user", "/", name)

    def references(self, name: str, spec: AccessKeysSpec, context: Context) -> frozenset[ResourceKey]:
        return frozenset()

    def calls(self, change: Change[AccessKeysSpec], snapshot: Snapshot) -> Sequence[Call]:
        if isinstance(change, Create):
            return ()
        return (
            *(_deactivate(key) for key in _to_deactivate(change.observed, change.desired)),
            *(_delete(key) for key in _to_delete(change.observed, change.desired)),
        )

    def reread(self, name: str, context: Context) -> Reread:
        everybody = context.users - context.named.get(self.name, frozenset())
        return (yield from reread_keys(sorted(everybody) if name == EVERY_USER else [name]))

    def protected(self, name: str, spec: AccessKeysSpec, context: Context) -> str | None:
        return None if name == EVERY_USER else protected_user(name, "/", context)

    def risks(
        self, name: str, desired: AccessKeysSpec, applied: AccessKeysSpec | None, snapshot: Snapshot
    ) -> tuple[str, ...]:
        """Always high: whatever works with the key stops working, and no read of ours shows what that is."""
        there = self.observed(snapshot).get(name, AccessKeysSpec())
        deactivates, deletes = any(_to_deactivate(there, desired)), any(_to_delete(there, desired))
        return ("deactivates_access_key",) * deactivates + ("deletes_access_key",) * deletes

    def person(self, name: str, difference: Difference, snapshot: Snapshot) -> str | None:
        if not difference.path:
            return "user_does_not_exist"
        seen = difference.observed
        return "protected" if isinstance(seen, dict) and seen.get("protected") else None

    def subject(self, name: str, context: Context) -> ResourceKey | None:
        return ResourceKey("iam.user", name) if name.lower() in context.users else None


def _to_deactivate(observed: AccessKeysSpec, desired: AccessKeysSpec) -> Iterator[Key]:
    """Each once, in a steady order."""
    rules = (getattr(desired, field) for field in RULES if field != "grace_days")
    found = {
        key.place: key
        for rule in rules
        if isinstance(rule, KeyRule)
        for key in rule.repairable(observed.allowed)
        if key.is_active
    }
    return (found[place] for place in sorted(found))


def _to_delete(observed: AccessKeysSpec, desired: AccessKeysSpec) -> Iterator[Key]:
    grace = desired.grace_days
    gone = grace.repairable(observed.grace_days) if isinstance(grace, Grace) else ()
    return (key for key in gone if not key.is_active)


def _deactivate(key: Key) -> Call:
    return _call("UpdateAccessKey", key, Status="Inactive")


def _delete(key: Key) -> Call:
    return _call("DeleteAccessKey", key)


def _call(operation: str, key: Key, **more: str) -> Call:
    params = {"UserName": key.user, "AccessKeyId": key.id, **more}
    return Call("iam", operation, params, frozenset({(f"iam:{operation}", key.user_arn)}), frozenset({"NoSuchEntity"}))
