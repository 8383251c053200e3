"""The contract of a resource kind. A new kind is one file in kinds/ and one test file."""

from abc import ABC, abstractmethod
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, TypeVar

from provisioning.core.change import Call, Change, Read, ResourceKey
from provisioning.core.diff import Difference
from provisioning.core.snapshot import Section, Snapshot

Spec = TypeVar("Spec")
Reread = Generator[Read, Any, Mapping[Section, Mapping[str, Any]]]


@dataclass(frozen=True)
class DeclaredGroup:
    """A group declared for an account. `members`: the users it lists (lower case); None where it leaves them open."""

    name: str
    path: str | None = None
    members: frozenset[str] | None = None


@dataclass(frozen=True)
class Context:
    """The facts of one account that a declaration is read with.

    `customer_policies`: name (lower case) -> path of the customer managed policies declared for this account.
    `users`, `groups`: what else is declared for it, by name (lower case).
    `sign_in`: the users (lower case) whose declaration says how they sign in. `named`: kind -> names (lower case) of
    all that is declared.
    `own_roles`: ARNs of the roles Firstline enters by; `break_glass`: role and user names nobody may touch.
    """

    account_id: str
    partition: str = "aws"
    customer_policies: Mapping[str, str] = field(default_factory=dict)
    users: frozenset[str] = frozenset()
    groups: Mapping[str, DeclaredGroup] = field(default_factory=dict)
    sign_in: frozenset[str] = frozenset()
    named: Mapping[str, frozenset[str]] = field(default_factory=dict)
    own_roles: frozenset[str] = frozenset()
    break_glass: frozenset[str] = frozenset()


class Kind(ABC, Generic[Spec]):
    """One kind of resource: how it is declared, observed, compared and changed. Pure: no I/O of its own."""

    name: ClassVar[str]
    sections: ClassVar[frozenset[Section]]
    example: ClassVar[Mapping[str, Any]]
    """A full declaration `{name: fields}` with one item: docs, JSON Schema and the shared tests use it."""
    immutable: ClassVar[frozenset[str]] = frozenset()
    """Fields no API can change: their drift has remedy `person`."""
    writes: ClassVar[frozenset[tuple[str, str]]] = frozenset()
    """(IAM action, resource of the account, e.g. role/*) of every call it may make: the apply role is printed so."""
    rereads: ClassVar[frozenset[str]] = frozenset()
    """IAM actions of every read that `reread` may ask for."""
    only: ClassVar[str] = ""
    """The item's name where an account has exactly one of the kind: it is declared by its fields alone."""
    at_payer: ClassVar[bool] = False
    """Whether an item may say `at: payer`: it is then kept, for its member, by the management account."""
    is_rule: ClassVar[bool] = False
    """Its items say what may be of things that people make: nothing is created, owned, adopted or `extra`."""
    runbook: ClassVar[str] = ""
    """The page of docs/ that tells a person what to do, where only a person can."""

    watched: ClassVar[bool] = False
    """Observed and never written: no call repairs it, so all of its drift is a person's."""

    @property
    def is_attested(self) -> bool:
        """Whether it is known by people's word alone: there is nothing to call for, to own or to adopt."""
        return Section.ATTESTATIONS in self.sections

    def for_payer(self, name: str, declared: Mapping[str, Any], member: str) -> tuple[str, Mapping[str, Any]]:
        """The name and fields by which the payer keeps an item of a member. Raises DeclarationError."""
        raise NotImplementedError(f"{self.name} is never kept at the payer")

    @abstractmethod
    def parse(self, name: str, declared: Mapping[str, Any], context: Context) -> Spec:
        """Read one item's fields. Raises DeclarationError with *every* reason; pointers are relative to the item."""

    def asks(self, name: str, declared: Mapping[str, Any], context: Context) -> Mapping[Section, frozenset[str]]:
        """The sections that are read name by name, and for this item by which names ('*': all of the account).

        They may be further ones than the kind's own.
        """
        return {}

    @abstractmethod
    def schema(self) -> Mapping[str, Any]:
        """JSON Schema of one item's fields."""

    @abstractmethod
    def identity(self, name: str) -> str:
        """The name as AWS compares it (IAM: ignoring case and path)."""

    @abstractmethod
    def observed(self, snapshot: Snapshot) -> Mapping[str, Spec]:
        """Everything of this kind that the snapshot holds, by name as AWS stores it. A pure function."""

    def inventory(self, snapshot: Snapshot) -> Mapping[str, Mapping[str, Any]]:
        """Name -> {'arn', 'path'} of everything of this kind that is there; for `closed` scopes and counts."""
        return {
            name: {"arn": self.arn(name, spec, snapshot), "path": "/"} for name, spec in self.observed(snapshot).items()
        }

    @abstractmethod
    def arn(self, name: str, spec: Spec, context: "Context | Snapshot") -> str:
        """The ARN of the resource in this account."""

    @abstractmethod
    def references(self, name: str, spec: Spec, context: Context) -> frozenset[ResourceKey]:
        """What must exist before it and go after it, among what Firstline manages. Names as declared."""

    @abstractmethod
    def calls(self, change: Change[Spec], snapshot: Snapshot) -> Sequence[Call]:
        """The exact calls in a safe order; () where nothing is to do or only a person can act.

        Any prefix is safe: the boundary in the create call, *who* narrowed before *what* widens, *who* widened last.
        Depends only on the rows of this one resource in the snapshot, so it also works on what `reread` returns.
        """

    @abstractmethod
    def reread(self, name: str, context: Context) -> Reread:
        """Yield the least reads that show this one resource; return section bodies that hold it alone (or not)."""

    @abstractmethod
    def protected(self, name: str, spec: Spec, context: Context) -> str | None:
        """Why this resource is never touched (service-linked, SSO, our own access path, break glass), or None."""

    @abstractmethod
    def risks(self, name: str, desired: Spec, applied: Spec | None, snapshot: Snapshot) -> tuple[str, ...]:
        """Codes of what is high risk in `desired` and was not in what was last applied: `admin_grant`,
        `unknown_policy`, `trusts_other_account`, `trusts_anyone`, `trusts_federated`, `boundary_removed`,
        `arn_changes`."""

    def person(self, name: str, difference: Difference, snapshot: Snapshot) -> str | None:
        """Reason code when only a person can repair this difference of `name` (beyond immutable fields), or None."""
        return None

    def is_there(self, observed: Spec) -> bool:
        """Whether what is observed is something somebody made: where it is not, there is nothing to adopt."""
        return True

    def subject(self, name: str, context: Context) -> ResourceKey | None:
        """The declared item that a rule is about, or None: while it is still to be made, nothing else is amiss."""
        return None

    def settled_by(self, difference: Difference, context: Context) -> ResourceKey | None:
        """The other declared item whose own change brings what is missing here, or None. It comes before `person`."""
        return None
