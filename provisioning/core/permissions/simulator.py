"""IAM's own policy simulator beside our answers: what to ask it, and where it disagrees. Pure.

SimulatePrincipalPolicy knows no resource policy for roles, no session policy and no SCP with conditions (IAM API
Reference), so that neither answer is the truth by itself.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from provisioning.core.change import Read
from provisioning.core.permissions.answers import Outcome
from provisioning.core.permissions.holders import find_holder
from provisioning.core.policy_evaluation import Decision
from provisioning.core.snapshot import Snapshot

ACTION = "iam:SimulatePrincipalPolicy"
_TYPES = {"aws:sourceip": "ip", "aws:currenttime": "date", "aws:epochtime": "numeric"}
_DECISIONS = {"allowed": Decision.ALLOWED, "explicitDeny": Decision.DENIED, "implicitDeny": Decision.DENIED}


def question(outcome: Outcome, snapshot: Snapshot) -> Read | None:
    """The read that asks the simulator the same; None where there is nobody to ask about."""
    check = outcome.check
    holder = find_holder(snapshot, check.holder, check.principal) if outcome.answers else None
    if holder is None:
        return None
    params = {
        "PolicySourceArn": holder.arn,
        "ActionNames": list(check.actions),
        "ResourceArns": list(check.resources),
        "ContextEntries": [_entry(key, values) for key, values in check.context.items()],
    }
    return Read("iam", "SimulatePrincipalPolicy", params, frozenset({(ACTION, holder.arn)}), "EvaluationResults")


def disagreements(outcome: Outcome, results: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """`action on resource` -> the simulator's decision, where it differs from ours; what we cannot tell is left out."""
    theirs = {(one["EvalActionName"], one["EvalResourceName"]): one for one in results}
    return {
        f"{ours.action} on {ours.resource}": theirs[ours.action, ours.resource]["EvalDecision"]
        for ours in outcome.answers
        if (ours.action, ours.resource) in theirs
        and ours.answer.decision is not Decision.CANNOT_TELL
        and _differs(outcome, ours.answer.decision, theirs[ours.action, ours.resource])
    }


def _differs(outcome: Outcome, ours: Decision, theirs: Mapping[str, Any]) -> bool:
    by_organisation = theirs.get("OrganizationsDecisionDetail", {}).get("AllowedByOrganizations", True)
    if outcome.check.considers == "identity" and not by_organisation:
        return False  # it weighed SCPs, which this check leaves out
    return _DECISIONS.get(theirs["EvalDecision"]) is not ours


def _entry(key: str, values: tuple[str, ...]) -> dict[str, Any]:
    kind = _TYPES.get(key.lower()) or ("boolean" if set(values) <= {"true", "false"} else "string")
    listed = f"{kind}List" if len(values) > 1 else kind
    return {"ContextKeyName": key, "ContextKeyType": listed, "ContextKeyValues": list(values)}
