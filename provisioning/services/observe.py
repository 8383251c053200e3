"""Looking at one account: enter, read what is declared, compare. Touches AWS and no database: it runs on a thread."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from provisioning.aws.reading import read_sections
from provisioning.aws.session import AwsSession
from provisioning.core.assess import asked_names, assess, needed_sections
from provisioning.core.assessment import Applied, Assessment, Inputs
from provisioning.core.change import ResourceKey
from provisioning.core.guard import Limits, Violation, guard
from provisioning.core.permissions.drift import Checked, check_account
from provisioning.core.permissions.holders import World
from provisioning.core.plan import Plan, PlannedChange, in_safe_order
from provisioning.core.policy_document import read_document, trusted_principals
from provisioning.core.snapshot import Complete, Section, Snapshot, Unreadable, with_facts
from provisioning.kinds import all_kinds
from provisioning.services.ask_simulator import ask_simulator
from provisioning.services.known_permissions import with_checks, world_of
from provisioning.services.work import Work


@dataclass(frozen=True)
class Observation:
    """What one look found, before any of it is stored."""

    snapshot: Snapshot
    facts: dict[str, Any]
    assessment: Assessment
    violations: tuple[Violation, ...]
    world: World
    """What checks are answered from."""
    checked: Checked = field(default_factory=Checked)


def observe(
    session: AwsSession,
    work: Work,
    owned_too: Iterable[ResourceKey] = (),
    on_page: Callable[[], None] | None = None,
) -> Observation:
    """Read and compare through an open session. A look whose diff is not empty reads GetAccountSummary too, for the
    quotas. `owned_too`: created by the apply that looks, not yet in the ledger; `on_page`: runs after each request.
    """
    kinds = all_kinds()
    desired = work.desired
    asked = asked_names(desired.items, work.context, kinds)
    sections = needed_sections(desired.items, desired.closed, kinds, work.kept) | asked.keys()
    if desired.checks:
        sections |= {Section.IAM_DETAILS}
    snapshot, facts = read_sections(session, sections - {Section.ATTESTATIONS}, asked, on_page=on_page)
    snapshot = with_facts(snapshot, Section.ACCESS_KEYS, {"inactive_since": work.inactive_keys})
    if Section.ATTESTATIONS in sections:
        snapshot = _with(snapshot, {Section.ATTESTATIONS: _attested(work)})
    inputs = Inputs(desired.items, desired.closed, snapshot, work.context, _owned(work, owned_too), kinds, work.kept)
    assessment = assess(inputs)
    has_changes = any(item.change for item in assessment.items)
    if has_changes and Section.IAM_DETAILS in sections and Section.IAM_SUMMARY not in sections:
        summary, _ = read_sections(session, frozenset({Section.IAM_SUMMARY}))
        snapshot = _with(snapshot, summary.sections)
    violations = guarded(assessment, snapshot, work)
    world = world_of(snapshot, work.scps)
    checked = check_account(desired.checks, world, _to_make(assessment, violations))
    if settings.FIRSTLINE.ask_simulator and checked.outcomes:
        checked = ask_simulator(session, checked, snapshot)
    return Observation(snapshot, facts, with_checks(assessment, checked), violations, world, checked)


def _to_make(assessment: Assessment, violations: Iterable[Violation]) -> tuple[PlannedChange, ...]:
    """The changes that nothing forbids, in a safe order."""
    forbidden = {violation.key for violation in violations}
    items = [item for item in assessment.items if item.key not in forbidden]
    references = {item.key: item.references for item in items}
    return in_safe_order([item.change for item in items if item.change], references)


def _with(snapshot: Snapshot, sections: Mapping[Section, Complete | Unreadable]) -> Snapshot:
    return replace(snapshot, sections={**snapshot.sections, **sections})


def _attested(work: Work) -> Complete:
    """What the database knew when the work began: no call to AWS shows it."""
    return Complete({"attested": [dict(row) for row in work.attested]}, datetime.now(UTC))


def guarded(assessment: Assessment, snapshot: Snapshot, work: Work) -> tuple[Violation, ...]:
    """Every reason why a change this assessment asks for must not be made."""
    changes = tuple(item.change for item in assessment.items if item.change is not None)
    summary = {} if snapshot.unread([Section.IAM_SUMMARY]) else snapshot.body(Section.IAM_SUMMARY)
    limits = Limits(
        own_access=own_access(snapshot, work.context.own_roles),
        break_glass=work.context.break_glass,
        protected={item.key: item.protected for item in assessment.items if item.protected},
        quotas=summary.get("quotas", {}),
        counts=summary.get("counts", {}),
    )
    return guard(Plan(work.account_id, changes), limits)


def own_access(snapshot: Snapshot, own_roles: frozenset[str]) -> frozenset[str]:
    """ARNs no plan may touch: the roles we enter by, their policies and boundaries, and whoever may take them."""
    if snapshot.unread([Section.IAM_DETAILS]):
        return own_roles
    ours = [role for role in snapshot.body(Section.IAM_DETAILS)["roles"] if role["arn"] in own_roles]
    attached = {arn for role in ours for arn in role["attached"]}
    boundaries = {role["boundary"] for role in ours if role["boundary"]}
    trusted = {name for role in ours for name in trusted_principals(read_document(role["trust"]))}
    return own_roles | attached | boundaries | {name.removeprefix("aws:") for name in trusted}


def _owned(work: Work, owned_too: Iterable[ResourceKey]) -> dict[ResourceKey, Applied]:
    kinds = all_kinds()
    extra = {replace(key, name=kinds[key.kind].identity(key.name)): Applied(None) for key in owned_too}
    return {**extra, **work.owned}
