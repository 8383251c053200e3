"""What checks are answered from: a snapshot, the shipped texts of AWS's own policies, and the SCPs of the account."""

from dataclasses import replace

from accounts.scps import Levels
from provisioning.core.assessment import Assessment
from provisioning.core.permissions.drift import KIND, Checked
from provisioning.core.permissions.holders import World
from provisioning.core.policy_evaluation import NamedDocument
from provisioning.core.snapshot import Snapshot
from provisioning.kinds.managed_documents import MANAGED_DOCUMENTS
from provisioning.kinds.managed_policies import managed_policies


def world_of(snapshot: Snapshot, scps: Levels | None) -> World:
    """Everything that is known of one account. Reads nothing before it is asked for."""
    levels = None if scps is None else tuple(tuple(_named(one.source, one.document) for one in at) for at in scps)
    return World(snapshot, MANAGED_DOCUMENTS, levels, managed_policies().data_date)


def with_checks(assessment: Assessment, checked: Checked) -> Assessment:
    """The assessment with what the account's checks found; the same where it has none."""
    if not checked.outcomes:
        return assessment
    origins = {one.check.key: one.check.origins for one in checked.outcomes}
    return replace(
        assessment,
        others=tuple((finding, origins[finding.key.name]) for finding in checked.findings),
        undecided={KIND: checked.undecided},
        unread={**assessment.unread, **checked.unread},
        # Named here, the kind has a verdict of its own even when every check holds.
        unmanaged={**assessment.unmanaged, KIND: 0},
    )


def _named(source: str, document: str | None) -> NamedDocument:
    return NamedDocument(source, document or None)
