"""Rendering whole accounts: contributions of all their assignments, merged and read by the kinds."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from accounts.models import Account
from iam_templates.at_payer import Payer, may_be_elsewhere, parted
from iam_templates.contribution import contribution
from iam_templates.declaration import Declaration, item_reasons, parse_declaration
from iam_templates.mode import read_mode
from iam_templates.models import Assignment, BaselineVersion
from iam_templates.singletons import as_written
from provisioning.core.desired import DesiredAccount, Origin
from provisioning.core.errors import DeclarationError, Reason
from provisioning.core.merge import merge
from provisioning.core.plain import canonical
from provisioning.kinds import all_kinds
from provisioning.services.keep_at_payer import find_payer

Outcome = DesiredAccount | tuple[Reason, ...]


class Renderer:
    """Renders accounts within one operation; what is alike in many accounts is rendered once.

    Two accounts render alike when the same assignments reach them and the facts that those use are equal. A `sampled`
    renderer is for questions about a fleet: of accounts that differ in such facts only, it lets the kinds read the
    items of one, because their ids don't decide whether AWS takes a declaration.
    """

    def __init__(self, sampled: bool = False) -> None:
        self._kinds = all_kinds()
        self._sampled = sampled
        self._read: set[tuple[str, ...]] = set()
        self._declarations: dict[int, Declaration] = {}
        self._elsewhere: dict[int, bool] = {}
        self._outcomes: dict[tuple[Any, ...], Outcome] = {}

    @cached_property
    def payer(self) -> Payer | None:
        """The management account, if there is one."""
        found = find_payer()
        return Payer(found.account_id, found.partition) if found else None

    def outcome(self, account: Account, assignments: Sequence[Assignment]) -> Outcome:
        """The account's desired state, or every reason why there is none."""
        try:
            found = self._outcome(facts_of(account), assignments)
        except DeclarationError as error:
            found = error.reasons
        return as_written(found, self._kinds) if isinstance(found, tuple) else found

    def _outcome(self, facts: dict[str, str], assignments: Sequence[Assignment]) -> Outcome:
        used = {"environment", "partition"}.union(*(self._declaration(row.version).used for row in assignments))
        if any(self._may_be_elsewhere(row.version) for row in assignments):
            used = used | {"account_id"}
        key = (
            *(_fingerprint(row) for row in assignments),
            *((name, facts[name]) for name in sorted(used) if name in facts),
        )
        if key not in self._outcomes:
            self._outcomes[key] = self._render(facts, assignments)
        return self._outcomes[key]

    def _render(self, facts: dict[str, str], assignments: Sequence[Assignment]) -> Outcome:
        parts: list[DesiredAccount] = []
        reasons: list[Reason] = []
        for row in assignments:
            try:
                parts.append(self._contribution(row, facts))
            except DeclarationError as error:
                reasons += [Reason(reason.pointer, f"{row.version}: {reason.message}") for reason in error.reasons]
        return tuple(sorted(reasons)) or self._merged(parts, facts, assignments)

    def _merged(
        self, parts: Sequence[DesiredAccount], facts: dict[str, str], assignments: Sequence[Assignment]
    ) -> Outcome:
        merged = merge(parts, lambda kind, name: self._kinds[kind].identity(name))
        elsewhere = any(self._may_be_elsewhere(row.version) for row in assignments)
        desired = parted(merged, facts["account_id"], self.payer, self._kinds) if elsewhere else merged
        alike = (facts["environment"], facts["partition"], *map(_fingerprint, assignments))
        if self._sampled and alike in self._read:
            return desired
        rows = [(item.kind, item.name, item.declared) for item in desired.items]
        if reasons := item_reasons(rows, facts, self._kinds):
            return tuple(sorted(reasons))
        self._read.add(alike)
        return desired

    def _contribution(self, row: Assignment, facts: dict[str, str]) -> DesiredAccount:
        version = row.version
        origin = Origin(
            baseline=version.baseline_id,
            version=version.number,
            assignment=str(row.id),
            author=version.author,
            assigned_by=tuple(sorted({row.created_by, row.moved_by or row.created_by})),
            approved_for_production=version.approved_for_production_at is not None,
        )
        declaration = self._declaration(version)
        return contribution(declaration, row.parameters, read_mode(row.mode), facts, origin, self._kinds)

    def _may_be_elsewhere(self, version: BaselineVersion) -> bool:
        if version.pk not in self._elsewhere:
            self._elsewhere[version.pk] = may_be_elsewhere(self._declaration(version).resources, self._kinds)
        return self._elsewhere[version.pk]

    def _declaration(self, version: BaselineVersion) -> Declaration:
        if version.pk not in self._declarations:
            self._declarations[version.pk] = parse_declaration(version.content, self._kinds)
        return self._declarations[version.pk]


def _fingerprint(row: Assignment) -> str:
    """All that a rendering takes from an assignment; it may be moved while a renderer lives."""
    return canonical(
        [row.id.hex, row.version_id, str(row.version.approved_for_production_at), row.parameters, row.mode]
    )


def facts_of(account: Account) -> dict[str, str]:
    """What placeholders may say of an account."""
    return {
        "account_id": account.account_id,
        "account_name": account.name,
        "environment": account.environment,
        "ou_path": account.ou_path,
        "partition": account.partition,
        "owner_team": account.owner_team,
    }
