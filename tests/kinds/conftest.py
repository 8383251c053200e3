"""Accounts in the simulated AWS, each entered over HTTP under session policies as narrow as what is sent."""

import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from provisioning.aws.assume import AccountEntry
from provisioning.aws.call_context import lease_deadline
from provisioning.aws.clients import forget_clients
from provisioning.aws.reading import read_sections
from provisioning.aws.reread import drive
from provisioning.aws.session import AwsSession, enter
from provisioning.aws.settings import AwsSettings
from provisioning.core.change import Call, Read
from provisioning.core.kind import Context, Kind
from provisioning.core.session_policy import LOOK_POLICY, session_policy
from provisioning.core.snapshot import Complete, Section, Snapshot, overlay, with_facts
from sandbox.client import Sandbox
from tests.kinds.reconcile import calls_for

PEOPLE = ["ann", "ben"]
GROUPS = {"Auditors": {}}
QUICK = AwsSettings(connect_timeout=2.0, read_timeout=10.0, margin=1.0)


@dataclass(frozen=True)
class Account:
    """One account, seen and changed as an apply does it."""

    account_id: str
    external_id: str
    sandbox: Sandbox
    attested: list[dict[str, Any]] = field(default_factory=list)
    inactive_since: dict[str, str] = field(default_factory=dict)

    @property
    def context(self) -> Context:
        return Context(self.account_id, sign_in=frozenset({"dora"}))

    def entered(self, policy: str) -> AbstractContextManager[AwsSession]:
        role = f"arn:aws:iam::{self.account_id}:role/firstline/FirstlineApply"
        entry = AccountEntry(self.account_id, "aws", role, self.external_id)
        return enter(entry, session_name="run-1.1", session_policy=policy, settings=QUICK)

    def look(self, kind: Kind[Any], name: str) -> Snapshot:
        """The bulk read of what the kind needs, with what was attested, as a look puts them together."""
        (declared,) = kind.example.values()
        asked = kind.asks(name, declared, self.context)
        sections = (kind.sections | asked.keys()) - {Section.ATTESTATIONS}
        with self.entered(LOOK_POLICY) as session:
            snapshot = read_sections(session, sections, asked)[0]
        snapshot = with_facts(snapshot, Section.ACCESS_KEYS, {"inactive_since": self.inactive_since})
        if Section.ATTESTATIONS not in kind.sections:
            return snapshot
        word = Complete({"attested": [*self.attested]}, datetime.now(UTC))
        return replace(snapshot, sections={**snapshot.sections, Section.ATTESTATIONS: word})

    def reread(self, kind: Kind[Any], name: str) -> Snapshot:
        """The one resource, each read under a policy that allows nothing else."""
        return drive(_NarrowReader(self), kind.reread(name, self.context), self.account_id, "aws")  # type: ignore[arg-type]

    def send(self, calls: Iterable[Call]) -> None:
        """Send each under a policy that allows what it names and nothing else."""
        for call in calls:
            with self.entered(session_policy(call.actions)) as session:
                session.send(call)

    def plan(self, kind: Kind[Any], name: str, desired: Any) -> tuple[Call, ...]:
        """What the resource needs now."""
        return calls_for(kind, name, desired, self.look(kind, name))

    def apply(self, kind: Kind[Any], name: str, declared: dict[str, Any]) -> Any:
        """Make it so; the spec that was applied. What no call can do, a person did and attests."""
        desired = kind.parse(name, declared, self.context)
        self.send(self.plan(kind, name, desired))
        if Section.ATTESTATIONS in kind.sections:
            at = datetime.now(UTC).isoformat()
            self.attested.append({"kind": kind.name, "name": name, "value": declared, "at": at})
        return desired

    def seen_again(self, kind: Kind[Any], name: str) -> Snapshot:
        """The bulk read with the re-read laid over it, as an apply compares before each write."""
        return overlay(self.look(kind, name), self.reread(kind, name))


@dataclass(frozen=True)
class _NarrowReader:
    account: Account

    def read(self, read: Read) -> Any:
        with self.account.entered(session_policy(read.actions)) as session:
            return session.read(read)


Accounts = Callable[[int], list[Account]]


@pytest.fixture
def accounts(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Accounts]:
    """Makes that many accounts nobody has touched, of two users and a group each."""

    def make(number: int) -> list[Account]:
        ids = [f"{index:012}" for index in range(100000000001, 100000000001 + number)]
        sandbox.organisation(
            accounts=[{"id": one, "name": f"dev-{one}", "users": PEOPLE, "groups": GROUPS} for one in ids]
        )
        for variable, value in sandbox.hub_credentials("apply").items():
            monkeypatch.setenv(variable.upper(), value)
        forget_clients()
        return [Account(one, sandbox.external_id, sandbox) for one in ids]

    with lease_deadline(math.inf):
        yield make
    forget_clients()


@pytest.fixture
def account(accounts: Accounts) -> Account:
    """One account nobody has touched."""
    return accounts(1)[0]
