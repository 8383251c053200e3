"""The account's root user: observed by GetAccountSummary, changed by nobody but the person who holds it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from provisioning.core.change import Call, Change, ResourceKey
from provisioning.core.diff import Difference
from provisioning.core.errors import DeclarationError, Reason
from provisioning.core.fields import UNMANAGED, Unmanaged
from provisioning.core.kind import Context, Kind, Reread
from provisioning.core.snapshot import Section, Snapshot
from provisioning.kinds.declaration import Declaration, json_schema, read, undeclared
from provisioning.kinds.iam_names import arn

ONLY = "root"
Flag = bool | Unmanaged | None

_COUNTS = {
    "mfa": "AccountMFAEnabled",
    "access_keys": "AccountAccessKeysPresent",
    "password": "AccountPasswordPresent",
    "signing_certificates": "AccountSigningCertificatesPresent",
}


@dataclass(frozen=True)
class RootSpec:
    """What the root user has, or should. None: AWS did not say."""

    mfa: Flag = UNMANAGED
    access_keys: Flag = UNMANAGED
    password: Flag = UNMANAGED
    signing_certificates: Flag = UNMANAGED


class RootDeclaration(Declaration):
    """The fields of `iam.root`."""

    mfa: bool = undeclared(description="An MFA device is registered. AWS: AccountMFAEnabled")
    access_keys: bool = undeclared(description="It has access keys. AWS: AccountAccessKeysPresent")
    password: bool = undeclared(
        description="It has a password; false where root credentials are managed centrally. AWS: AccountPasswordPresent"
    )
    signing_certificates: bool = undeclared(
        description="It has X.509 signing certificates. AWS: AccountSigningCertificatesPresent"
    )


class RootKind(Kind[RootSpec]):
    """`iam.root`."""

    name: ClassVar[str] = "iam.root"
    only: ClassVar[str] = ONLY
    watched: ClassVar[bool] = True
    runbook: ClassVar[str] = "docs/runbooks/root.md"
    sections: ClassVar[frozenset[Section]] = frozenset({Section.IAM_SUMMARY})
    example: ClassVar[Mapping[str, Any]] = {ONLY: {"mfa": True, "access_keys": False, "signing_certificates": False}}

    def parse(self, name: str, declared: Mapping[str, Any], context: Context) -> RootSpec:
        model = read(RootDeclaration, declared, context)
        if not model.model_fields_set:
            raise DeclarationError([Reason("", f"Declare at least one of {', '.join(_COUNTS)}.")])
        return RootSpec(**{field: getattr(model, field) for field in _COUNTS})

    def schema(self) -> Mapping[str, Any]:
        return json_schema(RootDeclaration)

    def identity(self, name: str) -> str:
        return name

    def observed(self, snapshot: Snapshot) -> Mapping[str, RootSpec]:
        counts = snapshot.body(Section.IAM_SUMMARY)["counts"]
        return {ONLY: RootSpec(**{field: _flag(counts, aws_name) for field, aws_name in _COUNTS.items()})}

    def arn(self, name: str, spec: RootSpec, context: Context | Snapshot) -> str:
        return arn(context, "root", "", "")

    def references(self, name: str, spec: RootSpec, context: Context) -> frozenset[ResourceKey]:
        return frozenset()

    def calls(self, change: Change[RootSpec], snapshot: Snapshot) -> Sequence[Call]:
        return ()

    def reread(self, name: str, context: Context) -> Reread:
        yield from ()
        return {}

    def protected(self, name: str, spec: RootSpec, context: Context) -> str | None:
        return None

    def risks(self, name: str, desired: RootSpec, applied: RootSpec | None, snapshot: Snapshot) -> tuple[str, ...]:
        return ()

    def person(self, name: str, difference: Difference, snapshot: Snapshot) -> str | None:
        return "root_user"


def _flag(counts: Mapping[str, int], name: str) -> bool | None:
    return bool(counts[name]) if name in counts else None
