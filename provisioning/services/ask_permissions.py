"""Asking what somebody may do: of an account as it was last seen, as it is declared, or of documents alone.

No AWS call is made, for whoever asks holds no AWS credentials; so every answer says what it rests on and how old it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from access.roles import Actor, Permission
from accounts.models import Account
from accounts.scps import scps_of
from provisioning.core.assess import assess, needed_sections
from provisioning.core.assessment import Inputs
from provisioning.core.desired import DesiredCheck, DesiredItem
from provisioning.core.errors import DeclarationError, NotFoundError, Reason
from provisioning.core.kind import Kind
from provisioning.core.permissions.answers import Answered, ask, request_of
from provisioning.core.permissions.forecast import after_calls, empty_account
from provisioning.core.permissions.holders import find_holder
from provisioning.core.plan import in_safe_order
from provisioning.core.policy_document import PolicyDocumentError, Use, parse_document
from provisioning.core.policy_evaluation import NamedDocument, Policies, evaluate
from provisioning.core.snapshot import Section, Snapshot
from provisioning.kinds import all_kinds
from provisioning.kinds.managed_policies import managed_policies
from provisioning.services.known_permissions import world_of
from provisioning.services.require import require, require_account
from provisioning.services.stored_snapshot import newest_snapshot
from provisioning.services.work import Work, load_work

OBSERVED, DESIRED = "observed", "desired"


@dataclass(frozen=True)
class Documents:
    """Policies that are given instead of an account's, as JSON data."""

    identity: Sequence[Any]
    boundary: Any = None
    resource: Any = None


@dataclass(frozen=True)
class Question:
    """What is asked. `state` and `considers` are of an account; documents are taken as they are."""

    actions: Sequence[str]
    resources: Sequence[str] = ("*",)
    context: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    considers: str = "identity"
    state: str = OBSERVED


@dataclass(frozen=True)
class Asked:
    """The answers and what they rest on. `observed_at` is None where nothing observed is behind them."""

    answers: tuple[Answered, ...]
    principal_arn: str
    account_id: str = ""
    state: str = ""
    considers: str = "identity"
    observed_at: datetime | None = None

    @property
    def decision(self) -> str:
        """What all answers agree on, or `mixed`."""
        found = {one.answer.decision.value for one in self.answers}
        return found.pop() if len(found) == 1 else "mixed"

    @property
    def managed_policies_date(self) -> str:
        """The date of the shipped texts of AWS's own policies."""
        return managed_policies().data_date


def ask_of_account(*, account_id: str, holder: str, principal: str, question: Question, actor: Actor) -> Asked:
    """Ask about a user, role or group of an account.

    Raises NotAllowedError, NotFoundError (no such account, or it was never looked at), DeclarationError (no such
    principal, or its identities were not read).
    """
    account = Account.objects.filter(pk=account_id).first()
    account = require_account(actor, Permission.VIEW, account, f"There is no account {account_id}.")
    observed_at, snapshot = _snapshot(account, question.state)
    if unread := snapshot.unread([Section.IAM_DETAILS]):
        told = f"the account's identities were not read ({unread[Section.IAM_DETAILS]}): declare something of IAM"
        raise DeclarationError([Reason("/account_id", told)])
    found = find_holder(snapshot, holder, principal)
    if found is None:
        raise DeclarationError([Reason(f"/as/{holder}", f"there is no {holder} {principal} in the account")])
    world = world_of(snapshot, scps_of(account) if question.considers == "full" else None)
    answers = ask(found, world, _as_check(holder, principal, question))
    return Asked(answers, found.arn, account_id, question.state, question.considers, observed_at)


def ask_of_documents(*, documents: Documents, principal_arn: str, question: Question, actor: Actor) -> Asked:
    """Ask about documents alone. Raises NotAllowedError, DeclarationError with every fault of the documents."""
    require(actor, Permission.VIEW)
    policies = _policies(documents)
    answers = tuple(
        Answered(action, resource, evaluate(request_of(principal_arn, action, resource, question.context), policies))
        for action in question.actions
        for resource in question.resources
    )
    return Asked(answers, principal_arn)


def holders_of(account: Account) -> list[tuple[str, str]]:
    """(role, group or user; name) of everybody that the newest look saw, for a form to offer."""
    found = newest_snapshot(account, [Section.IAM_DETAILS])
    if found is None or found[1].unread([Section.IAM_DETAILS]):
        return []
    body = found[1].body(Section.IAM_DETAILS)
    parts = (("role", "roles"), ("group", "groups"), ("user", "users"))
    return [(holder, row["name"]) for holder, part in parts for row in body.get(part, ())]


def _snapshot(account: Account, state: str) -> tuple[datetime | None, Snapshot]:
    if state == DESIRED:
        return _desired(account)
    seen = newest_snapshot(account, [Section.IAM_DETAILS])
    if seen is None:
        raise NotFoundError(f"Account {account.pk} was not looked at yet: POST to its looks.")
    return seen[0].last_seen_at, seen[1]


def _desired(account: Account) -> tuple[datetime | None, Snapshot]:
    """What was last seen, with everything that is declared made; an empty account where nothing was seen."""
    work, kinds = load_work(account.pk), all_kinds()
    items = tuple(_granting(item, work) for item in work.desired.items if _grants(kinds[item.kind]))
    seen = newest_snapshot(account, needed_sections(items, work.desired.closed, kinds))
    at, snapshot = (seen[0].last_seen_at, seen[1]) if seen else (None, empty_account(account.pk, account.partition))
    found = assess(Inputs(items, work.desired.closed, snapshot, work.context, work.owned, kinds))
    if unread := [name for name in found.unread if Section.IAM_DETAILS in kinds[name].sections]:
        told = f"{', '.join(unread)} could not be read at the last look, so nobody knows what making it would change"
        raise DeclarationError([Reason("/state", told)])
    made = in_safe_order(
        [one.change for one in found.items if one.change], {one.key: one.references for one in found.items}
    )
    return at, after_calls(snapshot, (call for change in made for call in change.calls))


def _grants(kind: Kind[Any]) -> bool:
    """Whether items of this kind have a say in what anybody may do."""
    return Section.IAM_DETAILS in kind.sections and not kind.is_rule


def _granting(item: DesiredItem, work: Work) -> DesiredItem:
    """The item without what other sections show of it, such as how a user signs in: that grants nothing."""
    kind = all_kinds()[item.kind]
    fields = {
        name: value for name, value in item.declared.items() if not kind.asks(item.name, {name: value}, work.context)
    }
    return replace(item, declared=fields)


def _as_check(holder: str, principal: str, question: Question) -> DesiredCheck:
    actions, resources = tuple(question.actions), tuple(question.resources)
    return DesiredCheck(holder, principal, actions, resources, question.context, "", question.considers)


def _policies(documents: Documents) -> Policies:
    reasons: list[Reason] = []
    identity = tuple(
        _named(f"identity policy {number}", document, "identity", f"/documents/identity/{number - 1}", reasons)
        for number, document in enumerate(documents.identity, 1)
    )
    boundary = _optional("boundary", documents.boundary, "identity", reasons)
    resource = _optional("resource", documents.resource, "any", reasons)
    if reasons:
        raise DeclarationError(reasons)
    return Policies(identity, boundary, resource=resource)


def _optional(name: str, document: Any, use: Use, reasons: list[Reason]) -> NamedDocument | None:
    what = "boundary" if name == "boundary" else "resource policy"
    return None if document is None else _named(what, document, use, f"/documents/{name}", reasons)


def _named(source: str, document: Any, use: Use, where: str, reasons: list[Reason]) -> NamedDocument:
    try:
        return NamedDocument(source, parse_document(document, use).json)
    except PolicyDocumentError as error:
        reasons += [Reason(where + fault.pointer, fault.message) for fault in error.reasons]
    return NamedDocument(source, None)
