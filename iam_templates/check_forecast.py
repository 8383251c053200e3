"""What the checks of a declaration would find in an account that held just what it declares. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from iam_templates.declaration import (
    SAMPLE_ORIGIN,
    Declaration,
    Kinds,
    checks_with,
    rows_of,
    sample_environments,
    sample_values,
)
from iam_templates.render import render
from provisioning.core.assess import assess
from provisioning.core.assessment import Inputs
from provisioning.core.desired import DesiredItem, Mode
from provisioning.core.errors import DeclarationError, Reason
from provisioning.core.merge import pointer
from provisioning.core.permissions.answers import Outcome, Result, answer_check
from provisioning.core.permissions.forecast import after_calls, empty_account
from provisioning.core.permissions.holders import World
from provisioning.core.plan import in_safe_order
from provisioning.core.snapshot import Section, Snapshot
from provisioning.kinds.context import context_of
from provisioning.kinds.managed_documents import MANAGED_DOCUMENTS

_OF_IAM = {Section.IAM_DETAILS, Section.IAM_ROLES}


class CheckFailsError(DeclarationError):
    """A declaration contradicts a check of its own; each reason says what was expected and what is found."""

    code = "check_fails"


@dataclass(frozen=True)
class Foretold:
    """What one check would find, and in which environment ('' for those without values of their own)."""

    index: int
    environment: str
    outcome: Outcome

    @property
    def reason(self) -> Reason:
        """Where it stands, and why it does not hold."""
        check, found = self.outcome.check, self.outcome.to_plain()["found"].replace("_", " ")
        where = f" (with the values of environment {self.environment})" if self.environment else ""
        told = f"{check.key}: expected {check.expect}, found {found}. {self.outcome.sentence}{where}"
        return Reason(pointer("checks", self.index), told)


def foretell(declaration: Declaration, kinds: Kinds) -> tuple[Foretold, ...]:
    """Each check in each sample environment. The declaration must be in order (`check_declaration`)."""
    if not declaration.checks:
        return ()
    return tuple(
        Foretold(index, environment, answer_check(check, world))
        for environment in sample_environments(declaration)
        for values in (sample_values(declaration, environment)[0],)
        for world in (World(_account(declaration, values, kinds), MANAGED_DOCUMENTS),)
        for index, check in enumerate(checks_with(declaration, values))
    )


def refuse_failing(declaration: Declaration, kinds: Kinds) -> tuple[Reason, ...]:
    """Raise CheckFailsError when a check fails; returns the warnings of those that cannot be told."""
    told = foretell(declaration, kinds)
    if failing := [one.reason for one in told if one.outcome.result is Result.FAILS]:
        raise CheckFailsError(failing)
    return tuple(dict.fromkeys(one.reason for one in told if one.outcome.result is Result.CANNOT_TELL))


def _account(declaration: Declaration, values: Mapping[str, Any], kinds: Kinds) -> Snapshot:
    """The account after everything of IAM that is declared was made in an empty one."""
    rows = rows_of(render(declaration.resources, values, declaration.free))
    account_id, partition = values["account_id"], values["partition"]
    empty = empty_account(account_id, partition)
    items = tuple(
        DesiredItem(kind, name, fields, Mode.ENFORCE, (SAMPLE_ORIGIN,))
        for kind, name, fields in rows
        if Section.IAM_DETAILS in kinds[kind].sections and kinds[kind].sections <= _OF_IAM
    )
    context = context_of(rows, account_id, partition)
    found = assess(Inputs(items, (), empty, context, {}, kinds)).items
    changes = in_safe_order([one.change for one in found if one.change], {one.key: one.references for one in found})
    return after_calls(empty, (call for change in changes for call in change.calls))
