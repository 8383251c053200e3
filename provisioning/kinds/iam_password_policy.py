"""The password policy of an account's IAM users: one, or none of its own.

UpdateAccountPasswordPolicy replaces the whole: what is left out falls to the API's defaults, which are weaker than
having no policy (IAM API reference). So every field is sent, those that nobody declared as they are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from provisioning.core.change import Call, Change, ResourceKey
from provisioning.core.errors import DeclarationError, Reason
from provisioning.core.fields import UNMANAGED, Unmanaged
from provisioning.core.kind import Context, Kind, Reread
from provisioning.core.section_rows import policy_row
from provisioning.core.snapshot import Section, Snapshot
from provisioning.kinds.declaration import Declaration, json_schema, read, undeclared
from provisioning.kinds.iam_names import arn
from provisioning.kinds.iam_reads import ANYWHERE, iam_read

ONLY = "account"
Number = int | Unmanaged | None
Flag = bool | Unmanaged

_AWS_NAMES = {
    "minimum_length": "MinimumPasswordLength",
    "require_symbols": "RequireSymbols",
    "require_numbers": "RequireNumbers",
    "require_uppercase": "RequireUppercaseCharacters",
    "require_lowercase": "RequireLowercaseCharacters",
    "users_may_change": "AllowUsersToChangePassword",
    "max_age_days": "MaxPasswordAge",
    "remember": "PasswordReusePrevention",
    "hard_expiry": "HardExpiry",
}
_AT_FIRST: Mapping[str, Any] = {
    "MinimumPasswordLength": 8,
    "RequireSymbols": False,
    "RequireNumbers": True,
    "RequireUppercaseCharacters": True,
    "RequireLowercaseCharacters": True,
    "AllowUsersToChangePassword": False,
    "HardExpiry": False,
}
"""What a new policy says of what nobody declared: no weaker than AWS is without one (8 characters, three classes)."""
_SHOWN_AS_NOTHING = {"max_age_days", "remember"}


@dataclass(frozen=True)
class PasswordPolicySpec:
    """The account's own policy, or `absent`. Without a policy nothing of it has a value; None is "off"."""

    absent: Flag = UNMANAGED
    minimum_length: Number = UNMANAGED
    require_symbols: bool | Unmanaged | None = UNMANAGED
    require_numbers: bool | Unmanaged | None = UNMANAGED
    require_uppercase: bool | Unmanaged | None = UNMANAGED
    require_lowercase: bool | Unmanaged | None = UNMANAGED
    users_may_change: bool | Unmanaged | None = UNMANAGED
    max_age_days: Number = UNMANAGED
    remember: Number = UNMANAGED
    hard_expiry: bool | Unmanaged | None = UNMANAGED


class PasswordPolicyDeclaration(Declaration):
    """Either `absent: true`, or any of the other fields."""

    absent: Literal[True] = undeclared(description="The account has no policy of its own: AWS's default applies.")
    minimum_length: Annotated[int, Field(ge=6, le=128)] = undeclared(description="AWS: MinimumPasswordLength")
    require_symbols: bool = undeclared(description="AWS: RequireSymbols")
    require_numbers: bool = undeclared(description="AWS: RequireNumbers")
    require_uppercase: bool = undeclared(description="AWS: RequireUppercaseCharacters")
    require_lowercase: bool = undeclared(description="AWS: RequireLowercaseCharacters")
    users_may_change: bool = undeclared(description="Users may set their own. AWS: AllowUsersToChangePassword")
    max_age_days: Annotated[int, Field(ge=1, le=1095)] | None = undeclared(
        description="Days until a password expires; null for never. AWS: MaxPasswordAge"
    )
    remember: Annotated[int, Field(ge=1, le=24)] | None = undeclared(
        description="Earlier passwords that can't be used again; null for none. AWS: PasswordReusePrevention"
    )
    hard_expiry: bool = undeclared(
        description="An expired password can't be changed by its user: an administrator must. AWS: HardExpiry"
    )


class PasswordPolicyKind(Kind[PasswordPolicySpec]):
    """`iam.password_policy`."""

    name: ClassVar[str] = "iam.password_policy"
    only: ClassVar[str] = ONLY
    sections: ClassVar[frozenset[Section]] = frozenset({Section.PASSWORD_POLICY})
    writes: ClassVar[frozenset[tuple[str, str]]] = frozenset(
        {("iam:UpdateAccountPasswordPolicy", "*"), ("iam:DeleteAccountPasswordPolicy", "*")}
    )
    rereads: ClassVar[frozenset[str]] = frozenset({"iam:GetAccountPasswordPolicy"})
    example: ClassVar[Mapping[str, Any]] = {
        ONLY: {
            "minimum_length": 14,
            "require_symbols": True,
            "require_numbers": True,
            "require_uppercase": True,
            "require_lowercase": True,
            "users_may_change": True,
            "max_age_days": 365,
            "remember": 24,
            "hard_expiry": False,
        }
    }

    def parse(self, name: str, declared: Mapping[str, Any], context: Context) -> PasswordPolicySpec:
        model = read(PasswordPolicyDeclaration, declared, context)
        given = {field: getattr(model, field) for field in _AWS_NAMES}
        values = {field: value for field, value in given.items() if value is not UNMANAGED}
        if not values and model.absent is not True:
            raise DeclarationError([Reason("", "Declare absent: true, or at least one field of the policy.")])
        if values and model.absent is True:
            raise DeclarationError(
                [Reason("/absent", "A policy that is absent has no fields: leave one or the other out.")]
            )
        return PasswordPolicySpec(absent=not values, **values)

    def schema(self) -> Mapping[str, Any]:
        return json_schema(PasswordPolicyDeclaration)

    def identity(self, name: str) -> str:
        return name

    def observed(self, snapshot: Snapshot) -> Mapping[str, PasswordPolicySpec]:
        row = _row(snapshot)
        if row is None:
            return {ONLY: PasswordPolicySpec(absent=True, **dict.fromkeys(_AWS_NAMES))}
        values = {field: _shown(field, row.get(aws_name)) for field, aws_name in _AWS_NAMES.items()}
        return {ONLY: PasswordPolicySpec(absent=False, **values)}

    def is_there(self, observed: PasswordPolicySpec) -> bool:
        return observed.absent is False

    def arn(self, name: str, spec: PasswordPolicySpec, context: Context | Snapshot) -> str:
        """The account's: a password policy has none."""
        return arn(context, "root", "", "")

    def references(self, name: str, spec: PasswordPolicySpec, context: Context) -> frozenset[ResourceKey]:
        return frozenset()

    def calls(self, change: Change[PasswordPolicySpec], snapshot: Snapshot) -> Sequence[Call]:
        row = _row(snapshot)
        if change.desired.absent is True:
            return () if row is None else (_call("DeleteAccountPasswordPolicy", {}, frozenset({"NoSuchEntity"})),)
        whole = _whole(change.desired, row)
        there = None if row is None else {key: value for key, value in row.items() if key != "name"}
        return () if _sendable(there) == whole else (_call("UpdateAccountPasswordPolicy", whole),)

    def reread(self, name: str, context: Context) -> Reread:
        answer = yield iam_read("GetAccountPasswordPolicy", ANYWHERE)
        if answer is None:
            return {Section.PASSWORD_POLICY: {"policies": [], "absent": {"policies": [ONLY]}}}
        return {Section.PASSWORD_POLICY: {"policies": [policy_row(answer["PasswordPolicy"])]}}

    def protected(self, name: str, spec: PasswordPolicySpec, context: Context) -> str | None:
        return None

    def risks(
        self, name: str, desired: PasswordPolicySpec, applied: PasswordPolicySpec | None, snapshot: Snapshot
    ) -> tuple[str, ...]:
        before = applied or PasswordPolicySpec()
        locks_out = _locks_out(desired.max_age_days, before.max_age_days) or (
            desired.hard_expiry is True and before.hard_expiry is not True
        )
        found = ("may_lock_out",) if locks_out else ()
        return (*found, "weaker_passwords") if _is_weaker(desired, before, _row(snapshot)) else found


def _locks_out(desired: Number, applied: Number) -> bool:
    """An age acts at once on passwords that are older (IAM user guide, password expiration)."""
    return isinstance(desired, int) and (not isinstance(applied, int) or desired < applied)


def _is_weaker(desired: PasswordPolicySpec, applied: PasswordPolicySpec, row: Mapping[str, Any] | None) -> bool:
    if desired.absent is True:
        return applied.absent is not True and row is not None
    length = applied.minimum_length if isinstance(applied.minimum_length, int) else (row or {}).get(_LENGTH, 0)
    return isinstance(desired.minimum_length, int) and desired.minimum_length < length


_LENGTH = _AWS_NAMES["minimum_length"]


def _row(snapshot: Snapshot) -> Mapping[str, Any] | None:
    rows = snapshot.body(Section.PASSWORD_POLICY)["policies"] if not snapshot.unread([Section.PASSWORD_POLICY]) else []
    return rows[0] if rows else None


def _shown(field: str, value: Any) -> Any:
    """What AWS leaves out is off."""
    return value or None if field in _SHOWN_AS_NOTHING else value


def _whole(desired: PasswordPolicySpec, row: Mapping[str, Any] | None) -> dict[str, Any]:
    """Every field: as declared, else as it is, with those that we have no name for."""
    there = _AT_FIRST if row is None else {key: value for key, value in row.items() if key != "name"}
    declared = {
        _AWS_NAMES[field.name]: value
        for field in fields(desired)
        if field.name in _AWS_NAMES and (value := getattr(desired, field.name)) is not UNMANAGED
    }
    return _sendable({**there, **declared}) or {}


def _sendable(policy: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Without what is off: AWS takes neither null nor 0 for it."""
    if policy is None:
        return None
    off = {_AWS_NAMES[field] for field in _SHOWN_AS_NOTHING}
    return {key: policy[key] for key in sorted(policy) if policy[key] is not None and (policy[key] or key not in off)}


def _call(operation: str, params: Mapping[str, Any], accepts: frozenset[str] = frozenset()) -> Call:
    return Call("iam", operation, params, frozenset({(f"iam:{operation}", ANYWHERE)}), accepts)
