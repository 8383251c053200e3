"""Everything the sandbox holds beside moto's own backends. One per process, as moto's state is."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

from moto.core.base_backend import BackendDict
from moto.iam.models import IAMBackend, iam_backends
from moto.moto_api._internal import mock_random

from sandbox.budgets.model import Budget
from sandbox.calls import CallLog
from sandbox.faults import FaultTable
from sandbox.sessions import Session
from sandbox.stale import ReadMemory

PARTITION = "aws"


@dataclass
class Account:
    """An AWS account that exists. `member` is moto's object of it, None outside an organisation.

    Nobody enters it before `enterable_at`, seconds since the epoch: a role of a new account is not known at once.
    """

    id: str
    name: str
    environment: str = ""
    ou: str = ""
    org_id: str = ""
    status: str = "ACTIVE"
    root_mfa: bool = True
    enterable_at: float = 0.0
    root_access_keys: bool = False
    root_device: str = "virtual"
    member: Any = None
    trail: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class World:
    lock: threading.RLock = field(default_factory=threading.RLock)
    accounts: dict[str, Account] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    budgets: dict[str, dict[str, Budget]] = field(default_factory=dict)
    providers: dict[str, dict[str, Any]] = field(default_factory=dict)
    contacts: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)
    analyzers: dict[str, dict[tuple[str, str], Any]] = field(default_factory=dict)
    log: CallLog = field(default_factory=CallLog)
    faults: FaultTable = field(default_factory=FaultTable)
    reads: ReadMemory = field(default_factory=ReadMemory)
    hub: dict[str, str] = field(default_factory=dict)
    page_limit: int = 0
    creations: list[Any] = field(default_factory=list)
    creation_polls: int = 2
    creation_role_after: float = 0.0

    def reset(self, seed: int = 0) -> None:
        """Empties everything; the same seed then gives the same ids and keys again."""
        with self.lock:
            BackendDict.reset()
            mock_random.seed(seed)
            stores: tuple[dict[str, Any], ...] = (self.accounts, self.sessions, self.budgets, self.hub)
            for store in (*stores, self.providers, self.contacts, self.analyzers):
                store.clear()
            self.page_limit = 0
            self.creations.clear()
            self.creation_polls, self.creation_role_after = 2, 0.0
            self.log.clear()
            self.faults.clear()
            self.reads.clear()

    def iam(self, account: str) -> IAMBackend:
        return iam_backends[account][PARTITION]

    def account_budgets(self, account: str) -> dict[str, Budget]:
        return self.budgets.setdefault(account, {})

    def page_size(self, asked: int) -> int:
        """AWS may always give fewer items than asked for; a test can make it do so."""
        return min(asked, self.page_limit) if self.page_limit else asked

    def is_suspended(self, account: str) -> bool:
        known = self.accounts.get(account)
        return known is not None and known.status != "ACTIVE"

    def set_status(self, account: str, status: str) -> None:
        """ACTIVE, SUSPENDED, PENDING_CLOSURE ...; anything but ACTIVE can't be entered. Raises KeyError."""
        known = self.accounts[account]
        known.status = status
        if known.member is not None:
            known.member.status = known.member.state = status

    def org_id(self, account: str) -> str:
        known = self.accounts.get(account)
        return known.org_id if known else ""


world = World()
