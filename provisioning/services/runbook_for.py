"""The page that tells a person what to do about one drift."""

from provisioning.core.runbooks import runbook_of
from provisioning.kinds import all_kinds
from provisioning.models import Drift


def runbook_for(drift: Drift) -> str:
    """A path in the repository with an anchor; '' where no person has to act."""
    if drift.remedy != Drift.Remedy.PERSON:
        return ""
    kind = all_kinds().get(drift.kind)
    return runbook_of(drift.reason, kind.runbook if kind else "")
