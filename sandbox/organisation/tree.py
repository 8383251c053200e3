"""The Organizations tree, kept in moto's own organisation so that Organizations calls see it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from unittest.mock import patch

from sandbox.scp import backend_of
from sandbox.world import Account, world


class Tree:
    def __init__(self, management: str) -> None:
        self._backend = backend_of(management)
        with _account_id(management):
            self._backend.create_organization(region="us-east-1", FeatureSet="ALL")
        self._ous = {"/": self._backend.org.root_id}
        self._backend.accounts[0].name = "management"
        self._backend.enable_policy_type(RootId=self._backend.org.root_id, PolicyType="SERVICE_CONTROL_POLICY")
        self._note(management, self._backend.accounts[0], "/")

    @property
    def org_id(self) -> str:
        return str(self._backend.org.id)

    def add(self, account: str, name: str, ou: str = "/", tags: Mapping[str, str] | None = None) -> None:
        """A member account under the OU path, whose OUs are made as needed."""
        labels = [{"Key": key, "Value": value} for key, value in (tags or {}).items()]
        with _account_id(account):
            self._backend.create_account(AccountName=name, Email=f"aws+{account}@example.com", Tags=labels)
        member = self._backend.accounts[-1]
        member.parent_id = self._ou(ou)
        self._note(account, member, ou)

    def _ou(self, path: str) -> str:
        path = path.rstrip("/") or "/"
        if path not in self._ous:
            parent, _, name = path.rpartition("/")
            made = self._backend.create_organizational_unit(ParentId=self._ou(parent or "/"), Name=name)
            self._ous[path] = made["OrganizationalUnit"]["Id"]
        return str(self._ous[path])

    def _note(self, account: str, member: object, ou: str) -> None:
        name = getattr(member, "name", account)
        world.accounts[account] = Account(account, name, ou=ou, org_id=self.org_id, member=member)


@contextmanager
def _account_id(account: str) -> Iterator[None]:
    """moto makes account ids up; this gives it the one we want."""
    with patch("moto.organizations.utils.make_random_account_id", return_value=account):
        yield
