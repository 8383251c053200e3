"""The account's alias: 0 or 1, the name in its sign-in address, unique over all of AWS (IAM guide)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Field

from provisioning.core.change import Call, Change, ResourceKey
from provisioning.core.fields import UNMANAGED, Unmanaged
from provisioning.core.kind import Context, Kind, Reread
from provisioning.core.snapshot import Section, Snapshot
from provisioning.kinds.declaration import Declaration, json_schema, read, refuse
from provisioning.kinds.iam_names import arn
from provisioning.kinds.iam_reads import ANYWHERE, iam_read

ONLY = "account"
_ALIAS = re.compile(r"(?!\d{12}$)[a-z0-9](?:[a-z0-9]|-(?!-)){1,61}[a-z0-9]")


@dataclass(frozen=True)
class AccountAliasSpec:
    """The alias; None for none."""

    alias: str | Unmanaged | None = UNMANAGED


def _alias(value: str) -> str:
    if not _ALIAS.fullmatch(value):
        raise refuse("An alias has 3 to 63 lower-case letters, digits and single hyphens inside, and is not 12 digits.")
    return value


class AccountAliasDeclaration(Declaration):
    """The one field of `iam.account_alias`."""

    alias: Annotated[str, AfterValidator(_alias)] | None = Field(
        description="The name in the sign-in address, unique over all of AWS; null for none."
    )


class AccountAliasKind(Kind[AccountAliasSpec]):
    """`iam.account_alias`."""

    name: ClassVar[str] = "iam.account_alias"
    only: ClassVar[str] = ONLY
    sections: ClassVar[frozenset[Section]] = frozenset({Section.ACCOUNT_ALIAS})
    writes: ClassVar[frozenset[tuple[str, str]]] = frozenset(
        {("iam:CreateAccountAlias", "*"), ("iam:DeleteAccountAlias", "*")}
    )
    rereads: ClassVar[frozenset[str]] = frozenset({"iam:ListAccountAliases"})
    example: ClassVar[Mapping[str, Any]] = {ONLY: {"alias": "example-corp-shop"}}

    def parse(self, name: str, declared: Mapping[str, Any], context: Context) -> AccountAliasSpec:
        return AccountAliasSpec(read(AccountAliasDeclaration, declared, context).alias)

    def schema(self) -> Mapping[str, Any]:
        return json_schema(AccountAliasDeclaration)

    def identity(self, name: str) -> str:
        return name

    def observed(self, snapshot: Snapshot) -> Mapping[str, AccountAliasSpec]:
        return {ONLY: AccountAliasSpec(_there(snapshot))}

    def is_there(self, observed: AccountAliasSpec) -> bool:
        return observed.alias is not None

    def arn(self, name: str, spec: AccountAliasSpec, context: Context | Snapshot) -> str:
        """The account's: an alias has none."""
        return arn(context, "root", "", "")

    def references(self, name: str, spec: AccountAliasSpec, context: Context) -> frozenset[ResourceKey]:
        return frozenset()

    def calls(self, change: Change[AccountAliasSpec], snapshot: Snapshot) -> Sequence[Call]:
        """CreateAccountAlias takes the place of the present one, so there is no moment without an alias."""
        there, wanted = _there(snapshot), change.desired.alias
        if wanted == there or wanted is UNMANAGED:
            return ()
        if wanted is None:
            return (_call("DeleteAccountAlias", there, frozenset({"NoSuchEntity"})),)
        return (_call("CreateAccountAlias", wanted),)

    def reread(self, name: str, context: Context) -> Reread:
        answer = yield iam_read("ListAccountAliases", ANYWHERE, "AccountAliases")
        found = [{"name": ONLY, "alias": alias} for alias in (answer or {}).get("AccountAliases", [])]
        gone = {} if found else {"absent": {"aliases": [ONLY]}}
        return {Section.ACCOUNT_ALIAS: {"aliases": found, **gone}}

    def protected(self, name: str, spec: AccountAliasSpec, context: Context) -> str | None:
        return None

    def risks(
        self, name: str, desired: AccountAliasSpec, applied: AccountAliasSpec | None, snapshot: Snapshot
    ) -> tuple[str, ...]:
        there = None if snapshot.unread([Section.ACCOUNT_ALIAS]) else _there(snapshot)
        was_approved = applied is not None and applied.alias == desired.alias
        return ("sign_in_address_dies",) if there and there != desired.alias and not was_approved else ()


def _there(snapshot: Snapshot) -> str | None:
    rows = snapshot.body(Section.ACCOUNT_ALIAS)["aliases"]
    return str(rows[0]["alias"]) if rows else None


def _call(operation: str, alias: str | Unmanaged | None, accepts: frozenset[str] = frozenset()) -> Call:
    return Call("iam", operation, {"AccountAlias": alias}, frozenset({(f"iam:{operation}", ANYWHERE)}), accepts)
