"""Whom AWS writes to or calls beside the root user: billing, operations, security (Account Management API).

Read and changed in the account itself. The contacts are people: their names, addresses and numbers are masked in logs
and history.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Field, StringConstraints

from provisioning.core.change import Call, Change, Read, ResourceKey
from provisioning.core.errors import DeclarationError, Reason
from provisioning.core.fields import UNMANAGED, Unmanaged
from provisioning.core.kind import Context, Kind, Reread
from provisioning.core.plain import Json
from provisioning.core.section_rows import contact_row
from provisioning.core.snapshot import Section, Snapshot
from provisioning.kinds.declaration import Declaration, json_schema, read, refuse, undeclared
from provisioning.kinds.iam_names import arn
from provisioning.kinds.iam_reads import ANYWHERE

ONLY = "account"
_EMAIL = r"[\w+=.#|!&-]+@[\w.-]+\.\w+"
_PHONE = r"[\s0-9()+-]+"


@dataclass(frozen=True)
class Contact:
    """One person or desk."""

    full_name: str
    title: str
    email: str
    phone: str

    def to_plain(self) -> Json:
        return {"full_name": self.full_name, "title": self.title, "email": self.email, "phone": self.phone}


@dataclass(frozen=True)
class AlternateContactsSpec:
    """Each contact; None for none."""

    billing: Contact | Unmanaged | None = UNMANAGED
    operations: Contact | Unmanaged | None = UNMANAGED
    security: Contact | Unmanaged | None = UNMANAGED


def _clean(value: str) -> str:
    if value != value.strip() or not value.strip():
        raise refuse("Give text without white space at its ends.")
    return value


Clean = AfterValidator(_clean)


class ContactDeclaration(Declaration):
    """All four: PutAlternateContact replaces the whole contact."""

    full_name: Annotated[str, Field(min_length=1, max_length=64), Clean] = Field(description="AWS: Name")
    title: Annotated[str, Field(min_length=1, max_length=50), Clean] = Field(description="AWS: Title")
    email: Annotated[str, StringConstraints(pattern=f"^{_EMAIL}$", max_length=254)] = Field(
        description="AWS: EmailAddress", json_schema_extra={"format": "email"}
    )
    phone: Annotated[str, StringConstraints(pattern=f"^{_PHONE}$", max_length=25), Clean] = Field(
        description="Digits, spaces and + - ( ). AWS: PhoneNumber"
    )


class AlternateContactsDeclaration(Declaration):
    """The fields of `account.alternate_contacts`."""

    billing: ContactDeclaration | None = undeclared(description="Invoices; null for none. AWS: BILLING")
    operations: ContactDeclaration | None = undeclared(description="Outages; null for none. AWS: OPERATIONS")
    security: ContactDeclaration | None = undeclared(description="Incidents; null for none. AWS: SECURITY")


class AlternateContactsKind(Kind[AlternateContactsSpec]):
    """`account.alternate_contacts`."""

    name: ClassVar[str] = "account.alternate_contacts"
    only: ClassVar[str] = ONLY
    sections: ClassVar[frozenset[Section]] = frozenset({Section.ALTERNATE_CONTACTS})
    writes: ClassVar[frozenset[tuple[str, str]]] = frozenset(
        {("account:PutAlternateContact", "*"), ("account:DeleteAlternateContact", "*")}
    )
    rereads: ClassVar[frozenset[str]] = frozenset({"account:GetAlternateContact"})
    example: ClassVar[Mapping[str, Any]] = {
        ONLY: {
            "billing": {
                "full_name": "Accounts Payable",
                "title": "Finance desk",
                "email": "billing@example.com",
                "phone": "+1 555 0100",
            },
            "security": {
                "full_name": "Security Operations",
                "title": "On call",
                "email": "security@example.com",
                "phone": "+1 555 0199",
            },
        }
    }

    def parse(self, name: str, declared: Mapping[str, Any], context: Context) -> AlternateContactsSpec:
        model = read(AlternateContactsDeclaration, declared, context)
        found = {field.name: _declared(getattr(model, field.name)) for field in fields(AlternateContactsSpec)}
        if all(value is UNMANAGED for value in found.values()):
            raise DeclarationError([Reason("", "Declare at least one of billing, operations and security.")])
        return AlternateContactsSpec(**found)

    def schema(self) -> Mapping[str, Any]:
        return json_schema(AlternateContactsDeclaration)

    def identity(self, name: str) -> str:
        return name

    def observed(self, snapshot: Snapshot) -> Mapping[str, AlternateContactsSpec]:
        rows = {row["name"]: row for row in snapshot.body(Section.ALTERNATE_CONTACTS)["contacts"]}
        return {
            ONLY: AlternateContactsSpec(
                **{one.name: _seen(rows.get(one.name)) for one in fields(AlternateContactsSpec)}
            )
        }

    def is_there(self, observed: AlternateContactsSpec) -> bool:
        return any(getattr(observed, field.name) is not None for field in fields(observed))

    def arn(self, name: str, spec: AlternateContactsSpec, context: Context | Snapshot) -> str:
        """The account's: contacts have none."""
        return arn(context, "root", "", "")

    def references(self, name: str, spec: AlternateContactsSpec, context: Context) -> frozenset[ResourceKey]:
        return frozenset()

    def calls(self, change: Change[AlternateContactsSpec], snapshot: Snapshot) -> Sequence[Call]:
        there = self.observed(snapshot)[ONLY]
        pairs = ((field.name, getattr(change.desired, field.name)) for field in fields(there))
        return [
            _call(kind, wanted) for kind, wanted in pairs if wanted is not UNMANAGED and wanted != getattr(there, kind)
        ]

    def reread(self, name: str, context: Context) -> Reread:
        found, gone = [], []
        for field in fields(AlternateContactsSpec):
            answer = yield _read(field.name)
            if answer is None:
                gone.append(field.name)
            else:
                found.append(contact_row(field.name, answer["AlternateContact"]))
        return {Section.ALTERNATE_CONTACTS: {"contacts": found, "absent": {"contacts": gone}}}

    def protected(self, name: str, spec: AlternateContactsSpec, context: Context) -> str | None:
        return None

    def risks(
        self, name: str, desired: AlternateContactsSpec, applied: AlternateContactsSpec | None, snapshot: Snapshot
    ) -> tuple[str, ...]:
        return ()


def _declared(value: ContactDeclaration | Unmanaged | None) -> Contact | Unmanaged | None:
    return Contact(**value.model_dump()) if isinstance(value, ContactDeclaration) else value


def _seen(row: Mapping[str, str] | None) -> Contact | None:
    if row is None:
        return None
    return Contact(*(row[name].strip() for name in ("full_name", "title", "email", "phone")))


def _read(kind: str) -> Read:
    action = frozenset({("account:GetAlternateContact", ANYWHERE)})
    return Read("account", "GetAlternateContact", {"AlternateContactType": kind.upper()}, action)


def _call(kind: str, wanted: Contact | None) -> Call:
    operation = "DeleteAlternateContact" if wanted is None else "PutAlternateContact"
    params = {"AlternateContactType": kind.upper()}
    if wanted is not None:
        params |= {"Name": wanted.full_name, "Title": wanted.title, "EmailAddress": wanted.email}
        params |= {"PhoneNumber": wanted.phone}
    accepts = frozenset({"ResourceNotFoundException"}) if wanted is None else frozenset()
    return Call("account", operation, params, frozenset({(f"account:{operation}", ANYWHERE)}), accepts)
